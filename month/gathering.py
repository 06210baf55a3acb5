"""From a county's inbox, settings and law to the manifest of a run, and the month that works on it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

import intake
import rulebook
from contracts.actor import Actor
from contracts.codes import Control
from contracts.errors import InputError, StoppedError
from contracts.files import own_folder
from contracts.manifest import Manifest, RegisterInput
from contracts.months import add_months, month_text
from contracts.registers import INBOX_FILES, MATCH_LISTS, REGISTER_LABELS, REQUIRED_REGISTERS, label_of
from contracts.settings import CountySettings, Home
from ledger import cycles, history, holds, identity, overrides, people, receipts
from ledger.book import Book
from month import failures
from month.month import Choices, Counts, Month, kept_open
from month.officers import require_to_run
from month.store import Store, Tables
from month.witnessing import require_current

Files = tuple[intake.FoundFile, ...]  # of one register, by part


def months_apart(first: date, last: date) -> int:
    """How many months `first` lies before `last`."""
    return (last.year - first.year) * 12 + last.month - first.month


def receive_all(home: Home, county: str, pay_month: date) -> list[RegisterInput]:
    """Take in the newest files of every register up to the pay month and keep the originals.

    A register that a database holds is asked for now. A match list is an input only where a county has handed one in.
    """
    with own_folder() as folder:
        found = intake.find_inputs(home.inbox_of(county), pay_month, home.settings().of(county).parts)
        found |= _from_databases(home, county, pay_month, found, folder)
        wanted = [register for register in INBOX_FILES if register in found or register not in MATCH_LISTS]
        return [_received(home, county, pay_month, register, found.get(register, ())) for register in wanted]


def _from_databases(
    home: Home, county: str, pay_month: date, found: Mapping[str, Files], folder: Path
) -> dict[str, Files]:
    """The registers that databases hold, as files; InputError where one lies in the month's inbox as well."""
    fetched: dict[str, Files] = {}
    for register, source in home.settings().of(county).sources.items():
        in_inbox = [file for file in found.get(register, ()) if file.inbox_month == pay_month]
        if in_inbox:
            raise InputError(
                f"“{label_of(register)}”名册既在收件目录里,又设了数据库来源",
                "请只留一个:移走文件,或删去 disburse.toml 中的该来源",
                in_inbox[0].path.name,
            )
        fetched[register] = (intake.FoundFile(register, intake.fetch(register, source, folder), pay_month),)
    return fetched


def _received(home: Home, county: str, pay_month: date, register: str, files: Files) -> RegisterInput:
    """A register as it came. Of one in parts the newest file says for which month it is, the oldest how old it is."""
    if not files:
        if register in REQUIRED_REGISTERS:
            raise InputError(
                f"没有收到{REGISTER_LABELS[register]}名册",
                f"请把文件放到 inbox/{county}/{month_text(pay_month)}/{register}.csv(或 .xlsx)",
                county,
            )
        return RegisterInput(name=register)
    layouts = home.layouts_of(county)
    told = [(file.path, intake.find_layout(layouts, register, file.part)) for file in files]
    received = intake.receive_all(told, register, home.store)
    months = [file.inbox_month for file in files]
    settings = home.settings().of(county)
    new = [file.part for file in files if file.inbox_month == pay_month]
    return RegisterInput(
        name=register,
        file_name=received.file_name,
        file_digest=received.digest,
        inbox_month=month_text(max(months)),
        carried_months=months_apart(min(months), pay_month),
        layout_digest=received.layout_digest,
        lacking=tuple(part for part in settings.parts.get(register, ()) if part not in new),
        current_list=settings.current_lists.get(register),
    )


def known_registers(
    home: Home, book: Book, county: str, pay_month: date, known_on: date, by: Actor
) -> tuple[RegisterInput, ...]:
    """Every register as it was known on a day; files not seen before are noted as received."""
    received = receive_all(home, county, pay_month)
    receipts.note_received(book, county, received, known_on, by)
    with book.reading() as conn:
        known = [receipts.known_by(conn, county, register, known_on) for register in received]
    return tuple(
        now if then.file_digest == now.file_digest else _as_read_now(home, county, then)
        for then, now in zip(known, received, strict=True)
    )


def _as_read_now(home: Home, county: str, register: RegisterInput) -> RegisterInput:
    """A file received before, with the county's present layout for a file of that name."""
    layouts = home.layouts_of(county)
    digest = intake.layout_digest_of(register.name, register.file_name, layouts, home.store)
    return register.model_copy(update={"layout_digest": digest})


def kept_input(home: Home, register: RegisterInput) -> intake.Received:
    """A received register, from the store."""
    return intake.kept(register.name, register.file_name, register.file_digest, home.store, register.layout_digest)


def oldest_month(manifest: Manifest, given: RegisterInput) -> str:
    """The inbox month of a register's oldest file, where it is not the pay month; else empty."""
    return month_text(add_months(manifest.pay_month, -given.carried_months)) if given.carried_months else ""


def go_live(settings: CountySettings, first_pay_month: date | None, pay_month: date, *, has_history: bool) -> date:
    """The first benefit month that is computed; InputError where earlier months were never paid here."""
    first = min(first_pay_month or pay_month, pay_month)
    chosen = settings.go_live_month or first
    if chosen < first and not (settings.pay_backlog or has_history):
        raise InputError(
            f"go_live_month {month_text(chosen)} 早于首个发放月 {month_text(first)}",
            "更早的月份须先导入发放历史(disburse import-history),或设置 pay_backlog = true 由本系统补发",
            "disburse.toml",
        )
    return chosen


def digest_of_decisions(decisions: pl.DataFrame) -> str:
    """SHA-256 over what officers decided of register gaps, in any order."""
    return hashlib.sha256(decisions.sort(decisions.columns).write_csv().encode()).hexdigest()


def make_manifest(
    home: Home, book: Book, county: str, pay_month: date, known_on: date, by: Actor
) -> tuple[Manifest, pl.DataFrame]:
    """Gather the inputs of a run; the manifest of the newest run again where nothing has changed since."""
    settings = home.settings().of(county)
    pack_digest = rulebook.keep(rulebook.folders(home.overlay), home.store)
    with book.reading() as conn:
        first = cycles.first_pay_month(conn, county)
        has_history = history.has_history(conn, county)
        latest = cycles.latest_run(conn, county)
        decisions = holds.gap_decisions(conn, county, pay_month)
        known = identity.of_county(conn, county)
    gathered = Manifest(
        county=county,
        pay_month=pay_month,
        known_on=known_on,
        go_live_month=go_live(settings, first, pay_month, has_history=has_history),
        lookback_months=settings.lookback_months,
        pack_digest=pack_digest,
        registers=known_registers(home, book, county, pay_month, known_on, by),
        decisions_digest=digest_of_decisions(decisions),
        identity_digest=known.digest(),
        previous_month=latest.manifest.pay_month if latest else None,
        previous_digest=latest.manifest.digest() if latest else "",
    )
    if latest is None:
        return gathered, decisions
    before = latest.manifest
    same_start = {"previous_month": before.previous_month, "previous_digest": before.previous_digest}
    if gathered.model_copy(update=same_start) == before:
        return before, decisions
    return gathered, decisions


def begin(home: Home, county: str, pay_month: date, known_on: date, choices: Choices) -> Month:
    """Gather the inputs of a month; one older than the book's newest is taken as it was stored.

    NotAllowedError where the maker, or the officer who lets the run go on, may not do so in this county; StoppedError
    where a month is passed over, or known on an earlier day than the last run, and no reason is given.
    """
    require_to_run(home, county, choices)
    failures.forget(home, county, pay_month)
    with kept_open(home) as book:
        require_current(home, book)
        _require_in_order(book, county, pay_month, known_on, choices)
        month = Month(home, book, _begun_tables(home, book, county, pay_month, known_on, choices.by))
        month.keep_choices(choices)
        return month


def _require_in_order(book: Book, county: str, pay_month: date, known_on: date, choices: Choices) -> None:
    """Stop what is more often a slip of the keyboard than meant, until somebody says why; the log has the reason.

    Months post in order and none goes back: a month passed over can never be the pay month any more. On an earlier day
    than the last run's less is known: what came since would be taken back.
    """
    with book.reading() as conn:
        latest = cycles.latest_run(conn, county)
        newest = cycles.newest_cycle(conn, county)
    if latest is None or newest is None or pay_month < newest.pay_month:
        return
    told = []
    if pay_month > (following := add_months(newest.pay_month, 1)):
        told.append(f"下一个发放月是 {month_text(following)},办了 {month_text(pay_month)} 就不能再办它")
    if known_on < latest.known_on:
        told.append(f"知悉日 {known_on} 早于上次运行的 {latest.known_on},其后才知道的都不算")
    if not told:
        return
    where = f"{county} {month_text(pay_month)}"
    if not choices.override_reason.strip():
        raise StoppedError(";".join(told), "请核对月份和知悉日;确要这样办的,请加 --reason 理由", where)
    with book.writing() as conn:
        why = overrides.Override(Control.ORDER.value, ";".join(told), choices.override_reason)
        overrides.note(conn, county, pay_month, choices.by, why)


def _begun_tables(home: Home, book: Book, county: str, pay_month: date, known_on: date, by: Actor) -> Tables:
    """The tables of the month's manifest, made anew or as it was stored."""
    with book.reading() as conn:
        newest = cycles.newest_cycle(conn, county)
        stored = cycles.latest_run(conn, county, pay_month)
    if newest is not None and pay_month < newest.pay_month:
        if stored is None:
            raise InputError(
                f"{month_text(newest.pay_month)} 已经发放,{month_text(pay_month)} 不能再作为发放月",
                "更早月份的差额会在最新发放月里补发或追回",
                county,
            )
        return Store(home).begin(stored.manifest)
    manifest, decisions = make_manifest(home, book, county, pay_month, known_on, by)
    tables = Store(home).begin(manifest)
    tables.write("decisions", decisions)
    number_people(home, book, manifest)
    return tables


def number_people(home: Home, book: Book, manifest: Manifest) -> None:
    """Give every person of every received register a number, in the order of identity numbers."""
    received = [kept_input(home, register) for register in manifest.registers if register.file_digest]
    people.number_people(book, intake.ids_in(received))


def tell_manifest(month: Month) -> Counts:
    """The stage `manifest`: what was gathered, counted."""
    received = [register for register in month.manifest.registers if register.file_digest]
    carried = [register for register in received if register.carried_months]
    return {
        "收到名册": len(received),
        "沿用旧月名册": len(carried),
        "未收到名册": len(month.manifest.registers) - len(received),
    }
