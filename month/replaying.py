"""A past cycle rebuilt from its stored inputs in a folder of its own, and compared to the byte with what was kept.

The inputs are the manifest of the cycle's last run, the files received, the layouts, the law, and what officers had
decided of register gaps. Files are read anew from the originals. Nothing in the home and in the book changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

import intake
import rulebook
from contracts.actor import system_user
from contracts.code_version import code_version
from contracts.codes import BatchState, Benefit, Outcome
from contracts.columns import headers
from contracts.errors import BookError, InputError, PolicyError
from contracts.files import digest_of, own_folder
from contracts.manifest import Manifest, RegisterInput
from contracts.months import month_text
from contracts.registers import label_of
from contracts.settings import Home
from contracts.tables import Coordinated
from ledger import batches, cycles, holds, keeping, versions
from ledger.book import Book, opened
from ledger.cycles import Cycle, Run
from ledger.versions import KEY
from month.gathering import digest_of_decisions
from month.month import Choices, Month, is_as_left
from month.running import work
from month.stages import ACCEPTING, REPLAYED
from month.store import Store, Tables
from payments import profiles
from payments.outbox import folder_of
from payments.render import write_batch

DECIDED = ("outcome", "amount_fen", "would_be_fen", "winner", "rate_id", "fact_code")
BY_SETTINGS = ("doubtful_rows",)  # worked out by settings that no manifest holds; it decides no money


@dataclass(frozen=True)
class Difference:
    """One thing that was not rebuilt as it was kept. `kind`: 输入, 表, 核定 or 文件. Never a person's data."""

    kind: str
    name: str
    what: str


@dataclass(frozen=True)
class Replay:
    """What a replay compared, and every difference."""

    county: str
    pay_month: date
    sequence: int
    run_id: int
    known_on: date
    manifest_digest: str
    pack_digest: str
    code_then: str  # empty for runs of before it was noted
    code_now: str
    tables: int
    tables_not_kept: tuple[str, ...]
    decisions: int  # keys of the window
    files: int
    differences: tuple[Difference, ...]

    @property
    def is_other_code(self) -> bool:
        """Whether the cycle was made by another version of the program."""
        return self.code_then != self.code_now


class OnlyRead(Book):
    """The book for a replay: whoever would write is refused."""

    def writing(self) -> NoReturn:
        """Refuse."""
        raise BookError("重放不写总账,而重算要写:总账中缺少当时已有的内容", "请检查总账是否完整")


class Replayed(Month):
    """A month being replayed: thresholds were passed when it was run, and nothing is posted."""

    @cached_property
    def is_replay(self) -> bool:
        """Always."""
        return True

    def before(self, table: str, schema: pl.Schema) -> pl.DataFrame | None:
        """A table of the run before, which was looked at when it was provided."""
        return self.tables.before(table, schema)


@dataclass(frozen=True)
class Scratch:
    """The folder of a replay: a home whose store has the real one's inputs, and the book read only."""

    real: Home
    home: Home
    book: Book

    def share_inputs(self) -> None:
        """Show the replay what the real home holds: settings, layouts, the law and bank profiles."""
        self.home.store.mkdir(parents=True)
        kept = (self.real.store / name for name in ("layouts", "packs", profiles.KEPT))
        for path in (self.real.settings_file, self.real.profiles, *kept):
            if path.exists():
                _link(path, self.home.path / path.relative_to(self.real.path))

    def share_original(self, register: str, file_name: str, digest: str) -> Path:
        """A received file, but not what was read from it; InputError where it is missing."""
        original = intake.original_path(self.real.store, file_name, digest)
        if not original.is_file():
            raise _missing(f"“{label_of(register)}”名册的原件", file_name)
        shared = intake.original_path(self.home.store, file_name, digest)
        if not shared.exists():
            _link(original, shared)
        return original

    def month(self, manifest: Manifest, maker: str) -> Month:
        """A month to work out anew, with what officers had decided of register gaps."""
        tables = Store(self.home).begin(manifest)
        tables.write("decisions", self._decisions(manifest))
        begun = Replayed(self.home, self.book, tables)
        begun.keep_choices(Choices(maker=maker, system_user=system_user()))
        return begun

    def stored_tables(self, manifest: Manifest) -> Tables:
        """The real tables of a manifest, which may have been cleared away."""
        return Store(self.real).of(manifest)

    def _decisions(self, manifest: Manifest) -> pl.DataFrame:
        """As they were: from the real tables, or from the book where they are still the same."""
        kept = self.stored_tables(manifest)
        with self.book.reading() as conn:
            now = holds.gap_decisions(conn, manifest.county, manifest.pay_month)
        for decisions in (*([kept.read("decisions")] if kept.has("decisions") else []), now):
            if digest_of_decisions(decisions) == manifest.decisions_digest:
                return decisions
        raise _missing("名册缺口的处理决定(decisions)", month_text(manifest.pay_month))


def replay(
    home: Home,
    county: str,
    pay_month: date,
    sequence: int | None = None,
    on_stage: Callable[[str], None] = lambda step: None,
) -> Replay:
    """Rebuild a cycle, the month's last where none is named, and compare; InputError where a stored input is gone."""
    with opened(home.database_url) as real, own_folder() as folder:
        book = OnlyRead(real.engine)
        scratch = Scratch(home, Home(folder), book)
        scratch.share_inputs()
        cycle, run = run_of(book, county, pay_month, sequence)
        return _compared(scratch, cycle, run, on_stage)


def run_of(book: Book, county: str, pay_month: date, sequence: int | None) -> tuple[Cycle, Run]:
    """The cycle asked for and the last run it was made by; BookError where there is none.

    A supplement that was opened for what had become payable has no run of its own: the one before made it.
    """
    with book.reading() as conn:
        found = cycles.cycles_of(conn, county, pay_month)
        until = [cycle for cycle in found if sequence is None or cycle.sequence <= sequence]
        runs = [run for cycle in until for run in cycles.runs_of(conn, cycle.cycle_id)]
    if not runs or sequence not in (None, until[-1].sequence):
        named = f"第 {sequence} 期" if sequence is not None else "任何一期"
        raise BookError(f"总账中没有本月的{named}", "请核对月份和期次", f"{county} {month_text(pay_month)}")
    return until[-1], runs[-1]


def _compared(scratch: Scratch, cycle: Cycle, run: Run, on_stage: Callable[[str], None]) -> Replay:
    """Check the inputs, rebuild where they are what they were, and compare."""
    manifest = run.manifest
    altered = _altered_inputs(scratch, manifest)
    tables = decided = 0
    not_kept: tuple[str, ...] = ()
    found = list(altered)
    if not altered:
        month = _rebuilt(scratch, run, on_stage)
        stored = scratch.stored_tables(manifest)
        names = [name for name in _tables_of(month.tables) if name not in BY_SETTINGS]
        not_kept = tuple(name for name in names if not stored.has(name))
        tables = len(names) - len(not_kept)
        found += _table_differences(month.tables, stored, [name for name in names if stored.has(name)])
        decided, differing = decision_differences(month, run)
        found += differing
    files, unlike = _file_differences(scratch, cycle)
    return Replay(
        county=manifest.county,
        pay_month=manifest.pay_month,
        sequence=cycle.sequence,
        run_id=run.run_id,
        known_on=manifest.known_on,
        manifest_digest=manifest.digest(),
        pack_digest=manifest.pack_digest,
        code_then=run.code_version,
        code_now=code_version(),
        tables=tables,
        tables_not_kept=not_kept,
        decisions=decided,
        files=files,
        differences=(*found, *unlike),
    )


def _altered_inputs(scratch: Scratch, manifest: Manifest) -> list[Difference]:
    """Stored inputs that are no longer what their digest says; InputError where one is missing."""
    given = [register for register in manifest.registers if register.file_digest]
    found = [Difference("输入", register.name, what) for register in given for what in _altered(scratch, register)]
    if not (scratch.real.store / "packs" / manifest.pack_digest).is_dir():
        raise _missing("政策", f"packs/{manifest.pack_digest}")
    try:
        rulebook.load_kept(scratch.home.store, manifest.pack_digest)
    except PolicyError:
        found.append(Difference("输入", "packs", "政策与清单的摘要不符"))
    return found


def _altered(scratch: Scratch, given: RegisterInput) -> Iterator[str]:
    """What of a register's files, and of the layouts they are read with, is not as it was received."""
    if digest_of(scratch.share_original(given.name, given.file_name, given.file_digest)) != given.file_digest:
        yield "名册原件的 SHA-256 与清单不符"
        return
    store = scratch.real.store
    for part in intake.files_of(store, given.file_name, given.file_digest, given.layout_digest):
        if digest_of(scratch.share_original(given.name, part.file_name, part.file_digest)) != part.file_digest:
            yield f"名册原件 {part.file_name} 的 SHA-256 与清单不符"
        layout = store / "layouts" / f"{part.layout_digest}.yaml"
        if part.layout_digest and not layout.is_file():
            raise _missing(f"“{label_of(given.name)}”名册的版式", layout.name)
        if part.layout_digest and digest_of(layout) != part.layout_digest:
            yield "版式的 SHA-256 与清单不符"


def _rebuilt(scratch: Scratch, run: Run, on_stage: Callable[[str], None]) -> Month:
    provide_previous(scratch, run.manifest)
    month = scratch.month(run.manifest, run.maker)
    for stage in REPLAYED:
        on_stage(stage.name)
        work(month, stage)
    return month


def provide_previous(scratch: Scratch, manifest: Manifest) -> None:
    """Have the accepted rows of the run before: those stored, or rebuilt from that run's own manifest."""
    if manifest.previous_month is None:
        return
    before = _run_made_from(scratch.book, manifest.county, manifest.previous_month, manifest.previous_digest)
    stored = scratch.stored_tables(before.manifest)
    with scratch.book.reading() as conn:
        noted = keeping.known(conn, manifest.county, manifest.previous_digest)
    left = noted or [f"accepted_{given.name}" for given in before.manifest.registers]
    if all(is_as_left(stored, table, noted) for table in left):
        _link(stored.folder, scratch.home.path / stored.folder.relative_to(scratch.real.path))
        return
    if altered := _altered_inputs(scratch, before.manifest):
        what = f"上一次运行({month_text(before.manifest.pay_month)})的输入已不是当时的:{altered[0].what}"
        raise BookError(what, "请从备份恢复存档目录(store)后再试", altered[0].name)
    provide_previous(scratch, before.manifest)
    month = scratch.month(before.manifest, before.maker)
    for stage in ACCEPTING:
        work(month, stage)


def _run_made_from(book: Book, county: str, pay_month: date, digest: str) -> Run:
    with book.reading() as conn:
        made = cycles.run_made_from(conn, county, pay_month, digest)
    if made is None:
        raise _missing("上一次运行的清单", month_text(pay_month))
    return made


def _tables_of(tables: Tables) -> list[str]:
    return sorted(path.stem for path in tables.folder.glob("*.parquet"))


def _table_differences(rebuilt: Tables, stored: Tables, names: list[str]) -> list[Difference]:
    return [
        Difference("表", name, "重算的 SHA-256 与存档不同")
        for name in names
        if digest_of(rebuilt.path(name)) != digest_of(stored.path(name))
    ]


def decision_differences(month: Month, run: Run) -> tuple[int, list[Difference]]:
    """How many keys of the window were compared with the book as of the run, and what differs, by benefit."""
    window = month.manifest.window()
    with month.book.reading() as conn:
        booked = versions.newest(conn, month.manifest.county, window[0], window[-1], run.run_id)
        rates = versions.rate_numbers(conn)
    booked = booked.join(rates, on="rate_no", how="left").select(*KEY, *DECIDED, is_booked=pl.lit(True))
    rebuilt = month.tables.scan("coordinated").filter(pl.col("benefit_month").is_in(window)).select(*KEY, *DECIDED)
    decided = rebuilt.with_columns(is_rebuilt=pl.lit(True)).collect()
    both = decided.join(booked, on=KEY, how="full", coalesce=True, suffix="_booked")
    is_only_rebuilt, is_gone = pl.col("is_booked").is_null(), pl.col("is_rebuilt").is_null()
    is_not_met = (pl.col("outcome_booked") == Outcome.NOT_MET.value).fill_null(False)
    labels = headers(Coordinated)
    is_in_both = ~is_only_rebuilt & ~is_gone
    told = {
        "只在重算中": is_only_rebuilt,
        "只在总账中": is_gone & ~is_not_met,
        **{f"{labels[name]}不同": is_in_both & pl.col(name).ne_missing(pl.col(f"{name}_booked")) for name in DECIDED},
    }
    counted = both.group_by("benefit").agg(**{what: is_so.sum() for what, is_so in told.items()}).sort("benefit")
    return both.height, [
        Difference("核定", Benefit.label_of(row["benefit"]), f"{what} {row[what]} 人月")
        for row in counted.iter_rows(named=True)
        for what in told
        if row[what]
    ]


def _file_differences(scratch: Scratch, cycle: Cycle) -> tuple[int, list[Difference]]:
    """How many payment files of the cycle there are, and which differ, written again, from the book or the home."""
    with scratch.book.reading() as conn:
        every = batches.batches_of(conn, cycle.county, cycle.pay_month)
    live = every.filter((pl.col("cycle_id") == cycle.cycle_id) & (pl.col("state") != BatchState.VOIDED.value))
    return live.height, [
        Difference("文件", row["file_name"] or row["batch_id"], what)
        for row in live.iter_rows(named=True)
        for what in _unlike(scratch, cycle, row)
    ]


def _unlike(scratch: Scratch, cycle: Cycle, row: dict[str, Any]) -> Iterator[str]:
    """In what a batch's file (row: ledger.batches.batches_of), written again and as sent, is not the booked one."""
    if row["file_name"] is None:
        yield "已编批而尚未写出文件"
        return
    yield from _rewritten_unlike(scratch, cycle, row)
    if row["state"] == "rejected":
        return
    sent = folder_of(scratch.real, cycle.county, cycle.pay_month, row["state"]) / row["file_name"]
    if not sent.is_file():
        yield "发放目录中没有该文件"
    elif digest_of(sent) != row["file_digest"]:
        yield "发放目录中的文件与总账登记的摘要不同"


def _rewritten_unlike(scratch: Scratch, cycle: Cycle, row: dict[str, Any]) -> Iterator[str]:
    """In what the file written again by the profile it was claimed with differs from the booked one."""
    try:
        claimed = profiles.of_batch(scratch.home, row["profile"], row["profile_digest"])
    except InputError as told:
        yield f"{told.what},无法重写"
        return
    folder = folder_of(scratch.home, cycle.county, cycle.pay_month, row["state"])
    again = write_batch(scratch.book, folder, cycle.county, row["batch_id"], claimed.profile)
    if (again.name, digest_of(again)) == (row["file_name"], row["file_digest"]):
        return
    now = claimed.profile.writer
    other = f":当时由 {claimed.writer} 写出,现为 {now},请用 disburse verify 逐笔核对" if claimed.writer != now else ""
    yield f"重写的文件与总账登记的摘要不同{other}"


def _link(path: Path, shown_at: Path) -> None:
    shown_at.parent.mkdir(parents=True, exist_ok=True)
    shown_at.symlink_to(path.resolve(), target_is_directory=path.is_dir())


def _missing(what: str, where: str) -> InputError:
    return InputError(f"存档中没有{what},不能重放", "请从备份恢复存档目录(store)后再试", where)
