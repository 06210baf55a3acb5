"""The steps of a month, in order. Each returns counts for the catalogue: labels in Chinese, `…金额` in fen."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

import calculators
import intake
import rulebook
from contracts.codes import Benefit, Doubt, ListChange, MissingRegister, Outcome, RefusalCode
from contracts.columns import conformed, empty, headers, polars_schema
from contracts.errors import InputError, StoppedError
from contracts.manifest import Manifest, RegisterInput
from contracts.months import add_months, month_text, parse_month
from contracts.registers import (
    INBOX_FILES,
    MATCH_LISTS,
    REGISTER_LABELS,
    REGISTERS,
    REQUIRED_REGISTERS,
    accepted_schema,
    empty_register,
    label_of,
)
from contracts.settings import CountySettings, Home
from contracts.tables import Entitled, IntakeCount, ListedChange, RefusedRow, RegisterGap
from ledger import cycles, history, holds, people, receipts
from ledger.book import Book, open_book
from month.month import EVIDENCED_POPULATION, Choices, Counts, Month, standing_table, total_fen
from month.store import Store

Step = tuple[str, Callable[[Month], Counts]]
Files = tuple[intake.FoundFile, ...]  # of one register, by part


def months_apart(first: date, last: date) -> int:
    """How many months `first` lies before `last`."""
    return (last.year - first.year) * 12 + last.month - first.month


def receive_all(home: Home, county: str, pay_month: date) -> list[RegisterInput]:
    """Take in the newest files of every register up to the pay month and keep the originals.

    A register that a database holds is asked for now. A match list is an input only where a county has handed one in.
    """
    with TemporaryDirectory(prefix="intake-") as folder:
        found = intake.find_inputs(home.inbox_of(county), pay_month, home.settings().of(county).parts)
        found |= _from_databases(home, county, pay_month, found, Path(folder))
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
    home: Home, book: Book, county: str, pay_month: date, known_on: date, system_user: str
) -> tuple[RegisterInput, ...]:
    """Every register as it was known on a day; files not seen before are noted as received."""
    received = receive_all(home, county, pay_month)
    receipts.note_received(book, county, received, known_on, system_user)
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
    home: Home, book: Book, county: str, pay_month: date, known_on: date, system_user: str
) -> tuple[Manifest, pl.DataFrame]:
    """Gather the inputs of a run; the manifest of the newest run again where nothing has changed since."""
    settings = home.settings().of(county)
    pack_digest = rulebook.keep(rulebook.folders(home.overlay), home.store)
    with book.reading() as conn:
        first = cycles.first_pay_month(conn, county)
        has_history = history.has_history(conn, county)
        latest = cycles.latest_run(conn, county)
        decisions = holds.gap_decisions(conn, county, pay_month)
    gathered = Manifest(
        county=county,
        pay_month=pay_month,
        known_on=known_on,
        go_live_month=go_live(settings, first, pay_month, has_history=has_history),
        lookback_months=settings.lookback_months,
        pack_digest=pack_digest,
        registers=known_registers(home, book, county, pay_month, known_on, system_user),
        decisions_digest=digest_of_decisions(decisions),
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
    """Gather the inputs of a month; one older than the book's newest is taken as it was stored."""
    book = open_book(home.database_url)
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
        stage = Store(home).begin(stored.manifest)
    else:
        manifest, decisions = make_manifest(home, book, county, pay_month, known_on, choices.system_user)
        stage = Store(home).begin(manifest)
        stage.write("decisions", decisions)
        number_people(home, book, manifest)
    month = Month(home, book, stage)
    month.keep_choices(choices)
    return month


def number_people(home: Home, book: Book, manifest: Manifest) -> None:
    """Give every person of every received register a number, in the order of identity numbers."""
    received = [kept_input(home, register) for register in manifest.registers if register.file_digest]
    people.number_people(book, intake.ids_in(received))


def begun(month: Month) -> Counts:
    """What the manifest holds."""
    received = [register for register in month.manifest.registers if register.file_digest]
    carried = [register for register in received if register.carried_months]
    return {
        "收到名册": len(received),
        "沿用旧月名册": len(carried),
        "未收到名册": len(month.manifest.registers) - len(received),
    }


def _previous(month: Month, table: str, schema: pl.Schema) -> pl.DataFrame | None:
    """A table of the run before, whatever version of the program kept it; None where there was none."""
    manifest = month.manifest
    if manifest.previous_month is None:
        return None
    before = Store(month.home).stage(manifest.county, manifest.previous_month, manifest.previous_digest)
    return conformed(before.read(table), schema) if before.has(table) else None


def accept(month: Month, register: str) -> Counts:
    """Check one register or match list row by row; where rows are refused or gone, the last accepted rows stand."""
    given = month.manifest.given(register)
    previous = _previous(month, f"accepted_{register}", accepted_schema(register))
    standing = previous if previous is not None else empty_register(register)
    if not given.file_digest:
        _require_new(month, given)
        return _keep(month, given, standing, empty(RefusedRow), empty(RegisterGap))
    received = kept_input(month.home, given)
    if _is_refused_whole(received, given):
        if register in REQUIRED_REGISTERS and (problem := received.problem()):
            raise problem
        _require_new(month, given, is_usable=False)
        return _keep(month, given, standing, received.refused_rows(), empty(RegisterGap))
    _require_new(month, given)
    numbers = people.number_people(month.book, intake.ids_in([received]))
    accepted = intake.accept(received, numbers, month.manifest.known_on, is_current_list=given.current_list is not None)
    month.stage.write(f"refused_{register}", accepted.refused)  # to be looked at where a threshold stops the register
    if not _is_taken_anyway(month, given):
        intake.check_refused(accepted, month.settings)
        intake.check_shrink(register, accepted.rows, _running(previous, given), month.settings)
    decisions = month.stage.read("decisions")
    listed = _with_months(month, given, accepted, previous, decisions)
    stood = intake.stand_in(listed, previous, decisions)
    return _keep(month, given, stood.rows, accepted.refused, stood.gaps, accepted)


def _is_refused_whole(received: intake.Received, given: RegisterInput) -> bool:
    """Whether nothing of a file can be used, or nothing without the months that no setting gives its rows."""
    lacks_months = (received.refused["code"] == RefusalCode.MONTHS_ABSENT.value).any()
    return received.problem() is not None or (lacks_months and given.current_list is None)


def _running(previous: pl.DataFrame | None, given: RegisterInput) -> pl.DataFrame | None:
    """The rows from before whose people the newest file has to name: of a current list those that still ran."""
    if previous is None or given.current_list is None:
        return previous
    return intake.running_rows(previous, parse_month(given.inbox_month))


def _with_months(
    month: Month,
    given: RegisterInput,
    accepted: intake.Accepted,
    previous: pl.DataFrame | None,
    decisions: pl.DataFrame,
) -> intake.Accepted:
    """The accepted rows; those of a current list with their months, what it changes kept as list_changes_<register>."""
    if given.current_list is None:
        return accepted
    listed = intake.months_of_list(accepted, previous, parse_month(given.inbox_month), given.current_list, decisions)
    month.stage.write(f"list_changes_{given.name}", listed.changes)
    return replace(accepted, rows=listed.rows)


def _require_new(month: Month, given: RegisterInput, *, is_usable: bool = True) -> None:
    """Stop without a usable file of the pay month where the county's settings say so; an officer may let it go on."""
    if (given.is_new and is_usable) or month.settings.without_file(given.name) is not MissingRegister.STOP:
        return
    if not _goes_on(month):
        if not is_usable:
            lacking, last = "报送的不能使用", _month_standing_before(month, given)
        elif given.inbox_month == month_text(month.manifest.pay_month):
            lacking, last = f"没有报齐(缺 {'、'.join(given.lacking)})", oldest_month(month.manifest, given)
        else:
            lacking, last = "没有报送", given.inbox_month
        raise StoppedError(
            f"“{label_of(given.name)}”名册本月{lacking},{f'最近一次为 {last}' if last else '从未收到可用的'}",
            "请补报;确需沿用的,由复核人员同意并写明理由:disburse run --override-by 姓名 --reason 理由",
            month.manifest.county,
        )


def _goes_on(month: Month) -> bool:
    """Whether an officer lets this run go on, or the month was paid long ago and is only compared."""
    return month.choices.override is not None or month.is_replay


def _is_taken_anyway(month: Month, given: RegisterInput) -> bool:
    """Whether an officer took this very file, or the run goes on whatever a threshold says."""
    if _goes_on(month):
        return True
    with month.book.reading() as conn:
        return receipts.accepted_by(conn, month.manifest.county, given.name, given.file_digest) is not None


def _keep(
    month: Month,
    given: RegisterInput,
    rows: pl.DataFrame,
    refused: pl.DataFrame,
    gaps: pl.DataFrame,
    accepted: intake.Accepted | None = None,
) -> Counts:
    counted = {
        "register": given.name,
        "file_name": given.file_name or None,
        "inbox_month": given.inbox_month or None,
        "is_refused_whole": bool(given.file_digest) and accepted is None,
        "standing_month": given.inbox_month if accepted else _month_standing_before(month, given),
        "lacking_parts": "、".join(given.lacking) or None,
        "carried_months": given.carried_months,
        "rows_in": accepted.rows_in if accepted else 0,
        "rows_unfolded": accepted.rows_unfolded if accepted else 0,
        "rows_accepted": accepted.rows.height if accepted else 0,
        "rows_refused": accepted.rows_refused if accepted else 0,
        "rows_collapsed": accepted.rows_collapsed if accepted else 0,
        "rows_listed": accepted.rows_listed if accepted else 0,
        "people_standing_in": gaps.height,
    }
    month.stage.write(f"accepted_{given.name}", rows)
    month.stage.write(f"refused_{given.name}", refused)
    month.stage.write(f"gaps_{given.name}", gaps)
    month.stage.write(f"counts_{given.name}", pl.DataFrame([counted], schema=polars_schema(IntakeCount)))
    return {
        "行数": rows.height,
        **{headers(IntakeCount)[name]: value for name, value in counted.items() if type(value) is int},
        **({f"单元格:{change.label}": count for change, count in accepted.changes.items()} if accepted else {}),
    }


def oldest_month(manifest: Manifest, given: RegisterInput) -> str:
    """The inbox month of a register's oldest file, where it is not the pay month; else empty."""
    return month_text(add_months(manifest.pay_month, -given.carried_months)) if given.carried_months else ""


def _month_standing_before(month: Month, given: RegisterInput) -> str | None:
    """The inbox month of the rows that the run before went by."""
    before = _previous(month, f"counts_{given.name}", polars_schema(IntakeCount))
    return None if before is None else before["standing_month"].item()


def gather(month: Month, prefix: str) -> pl.DataFrame:
    """One table of a kind over all registers, and over the match lists received."""
    return pl.concat([month.stage.read(f"{prefix}_{given.name}") for given in month.manifest.registers])


def match_lists(month: Month) -> Counts:
    """Bring deaths and departures of the match lists into the population, and list what asks for an officer's look."""
    lists = {name: month.stage.read(f"accepted_{name}") for name in MATCH_LISTS}
    population = month.stage.write(
        EVIDENCED_POPULATION, intake.evidenced_population(month.stage.read("accepted_population"), lists)
    )
    listed = pl.concat([rows.select("person_no") for rows in lists.values()]).unique()
    with month.book.reading() as conn:
        identities = people.identities(conn, listed)
    matches = intake.matched(population, lists, identities, month.manifest.window()[0], month.manifest.pay_month)
    month.stage.write("matched", matches)
    given = {day: population.filter(pl.col(f"{day}_from") != "population") for day in ("died_on", "moved_out_on")}
    return {
        "行数": population.height,
        "据名单补记死亡的人数": given["died_on"]["person_no"].n_unique(),
        "据名单补记迁出的人数": given["moved_out_on"]["person_no"].n_unique(),
        "须核实的人数": matches["person_no"].n_unique(),
    }


def list_refused(month: Month) -> Counts:
    """Gather what was refused, the gaps, and what the registers together leave in doubt."""
    refused = month.stage.write("refused_rows", gather(month, "refused"))
    month.stage.write("intake_counts", gather(month, "counts"))
    gaps = month.stage.write("register_gaps", gather(month, "gaps"))
    doubtful = month.stage.write("doubtful_rows", _doubts(month))
    changes = month.stage.write("list_changes", _list_changes(month))
    return {
        "行数": refused.height,
        "拒收行数": refused.filter(pl.col("code") != RefusalCode.NOT_DATA.value)
        .select("register", "source_file", "source_sheet", "source_row")
        .n_unique(),
        "沿用上次的人数": gaps["person_no"].n_unique(),
        **{doubt.label: _people_in(doubtful, doubt) for doubt in Doubt},
        **{
            f"在册名单:{change.label}": changes.filter(pl.col("change") == change.value)["person_no"].n_unique()
            for change in ListChange
        },
    }


def _list_changes(month: Month) -> pl.DataFrame:
    """What the current lists of the month change (ListedChange)."""
    lists = [given.name for given in month.manifest.registers if month.stage.has(f"list_changes_{given.name}")]
    return pl.concat([empty(ListedChange), *(month.stage.read(f"list_changes_{name}") for name in lists)])


def _doubts(month: Month) -> pl.DataFrame:
    """What the registers and match lists of the month together leave in doubt (DoubtfulRow)."""
    registers = {register: month.stage.read(standing_table(register)) for register in REGISTERS}
    with month.book.reading() as conn:
        identities = people.identities(conn, registers["population"])
    return intake.doubts(registers, month.stage.read("matched"), identities, month.settings.shared_account_most)


def _people_in(doubtful: pl.DataFrame, doubt: Doubt) -> int:
    return doubtful.filter(pl.col("doubt") == doubt.value)["person_no"].n_unique()


def return_refused(month: Month) -> list[Path]:
    """Write each register's refused rows as a workbook to send back; a register without any has none."""
    folder = month.home.reports / month.manifest.county / month_text(month.manifest.pay_month)
    returned = [
        intake.write_returned(
            kept_input(month.home, given),
            month.stage.read(f"refused_{given.name}"),
            month.home.store,
            folder / f"returned_{given.name}.xlsx",
        )
        for given in month.manifest.registers
        if given.file_digest and month.stage.has(f"refused_{given.name}")
    ]
    return [path for path in returned if path]


def work_out_facts(month: Month) -> Counts:
    """Read from the registers what holds for each person in each computed month."""
    followed = month.followed_run
    with month.book.reading() as conn:
        known = people.with_versions(conn, month.manifest.county, followed)
    plan = calculators.facts(month.registers, month.rules, month.scope, known.lazy())
    table = month.stage.write("facts", plan.collect().sort("person_no", "benefit_month"))
    return {"行数": table.height, "人数": table["person_no"].n_unique()}


def entitle(month: Month, benefit: Benefit) -> Counts:
    """What the law owes under one benefit, before exclusions, claims, suspensions and choose-higher."""
    rules = month.rules.benefits.get(benefit)
    rows = (
        calculators.CALCULATORS[benefit](month.stage.scan("facts"), rules).collect().sort("person_no", "benefit_month")
        if rules
        else empty(Entitled)
    )
    month.stage.write(f"entitled_{benefit}", rows)
    return {"行数": rows.height, "人数": rows["person_no"].n_unique(), "应享金额": total_fen(rows["would_be_fen"])}


def coordinate(month: Month) -> Counts:
    """Exclusions, claims, suspensions and choose-higher: one outcome per person, benefit and month."""
    entitled = pl.concat([month.stage.scan(f"entitled_{benefit}") for benefit in Benefit])
    rows = (
        calculators.coordinate(entitled, month.registers, month.scope)
        .collect()
        .sort("person_no", "benefit", "benefit_month")
    )
    month.stage.write("coordinated", rows)
    month.stage.write("rate_catalogue", month.rules.catalogue)
    counts = dict(rows["outcome"].value_counts().iter_rows())
    return {
        "行数": rows.height,
        "人数": rows["person_no"].n_unique(),
        **{outcome.label: counts.get(outcome.value, 0) for outcome in Outcome if outcome is not Outcome.NOT_MET},
        "应发金额": total_fen(rows["amount_fen"]),
    }


def accepting_steps() -> list[Step]:
    """One step for each register and match list."""
    return [(f"accepted_{name}", partial(accept, register=name)) for name in INBOX_FILES]


def deciding_steps() -> list[Step]:
    """Every step between the manifest and what is decided, in order, under the names of the graph."""
    return [
        *accepting_steps(),
        (EVIDENCED_POPULATION, match_lists),
        ("refused_rows", list_refused),
        ("facts", work_out_facts),
        *((f"entitled_{benefit}", partial(entitle, benefit=benefit)) for benefit in Benefit),
        ("coordinated", coordinate),
    ]
