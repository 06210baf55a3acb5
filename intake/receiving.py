"""A county's file becomes text cells named as in the contract; its bytes are kept as they came, by their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import polars as pl

from contracts.codes import CellChange, RefusalCode
from contracts.columns import CellKind, ColumnFacts, columns_of, empty
from contracts.errors import InputError
from contracts.files import digest_of, have_bytes, whole_file
from contracts.registers import FILES, REQUIRED_REGISTERS, label_of
from contracts.tables import ChangedCell
from intake.bundles import FilePart, bundle_name, digest_of_list, is_bundle, listing, parts_listed
from intake.cells import counted_from_1900
from intake.headers import Header
from intake.households import Part, in_number_order, numbered, parts_of, rows_of, whose_column
from intake.inbox import part_named
from intake.kinds import content_of
from intake.layouts import CountyLayout, find_layout, keep_layout, kept_layout, letters_of_place
from intake.numbering import in_ranges, in_table
from intake.opening import SHEETS_AT_MOST, Opened, open_register
from intake.raw import RawTable, UnreadableError
from intake.readings import read_column
from intake.refusals import ADVICE, LINE_BREAK_ADVICE, SCHEMA, masked, note, refused_frame
from intake.rewording import reworded
from intake.spoilt import EXACT_DIGITS
from intake.strangers import sort_rows

WHO = ("person_id", "old_id")  # a register of number changes names two of each
FATAL = (
    RefusalCode.FILE_UNREADABLE,
    RefusalCode.FILE_EMPTY,
    RefusalCode.HEADER_MISSING,
    RefusalCode.HEADER_REPEATED,
    RefusalCode.LAYOUT_MISFIT,
    RefusalCode.SHEETS_SEVERAL,
)
MARK_ADVICE = {
    RefusalCode.NUMERIC_ID.value: ADVICE[RefusalCode.NUMERIC_ID],
    RefusalCode.CELL_ERROR.value: ADVICE[RefusalCode.CELL_ERROR],
    RefusalCode.TEXT_INVALID.value: LINE_BREAK_ADVICE,
}

# What names a reading of a file: raised where the same bytes would be read otherwise; the words of refusals count too.
READER_VERSION = 4
READING = hashlib.sha256(f"{READER_VERSION} {sorted(SCHEMA.items())}".encode()).hexdigest()[:8]


_READ_HERE: dict[Path, tuple[str, ...]] = {}  # the digests of the readings that this process made


@dataclass(frozen=True)
class Received:
    """One register as it came.

    `cells`: source_file, source_sheet, source_row (the file's own, from 1) and one text column per column of the
    contract. `refused` (RefusedRow): what concerns the whole file (source_row 0), cells damaged before we saw a text,
    and the rows that are no data (NOT_DATA). `changed` (ChangedCell): what the county's layout put into cells. Persons
    of a household's row, and rows of further sheets and files, have numbers above their own (intake/numbering.py).
    """

    register: str
    file_name: str
    digest: str
    cells: pl.DataFrame = field(repr=False)
    refused: pl.DataFrame = field(repr=False)
    changed: pl.DataFrame = field(repr=False)
    layout_digest: str = ""  # of the county's layout it was read with

    @cached_property
    def identities(self) -> dict[str, pl.DataFrame]:
        """Its columns of identity numbers by which people are told apart, each as readings.read_column gives it."""
        columns = columns_of(FILES[self.register])
        wanted = [facts for facts in columns if facts.name in WHO and facts.name in self.cells.columns]
        return {facts.name: read_column(self.cells[facts.name], facts) for facts in wanted}

    def problem(self) -> InputError | None:
        """Why nothing of this file can be used, for an officer; None where its rows can go on."""
        fatal = self.refused.filter(_is_fatal())
        if fatal.is_empty():
            return None
        told = pl.format("{}:{}", "source_file", "reason") if is_bundle(self.file_name) else pl.col("reason")
        reasons = ";".join(fatal.select(told).to_series().unique(maintain_order=True))
        return InputError(f"“{label_of(self.register)}”名册不能使用:{reasons}", fatal["advice"][0], self.file_name)

    def parts(self, store: Path) -> tuple[FilePart, ...]:
        """The files it came in."""
        return files_of(store, self.file_name, self.digest, self.layout_digest)

    def refused_rows(self) -> pl.DataFrame:
        """What was refused at reading (RefusedRow), with the numbers of the files' own rows."""
        return whose_column(self.refused)


def receive(path: Path, register: str, store: Path, layout: CountyLayout | None = None) -> Received:
    """Keep a file's bytes and read its cells. The same file again changes nothing.

    Nothing in a file raises; InputError where it cannot be opened at all.
    """
    part = _keep(path, store, layout)
    return kept(register, part.file_name, part.file_digest, store, part.layout_digest)


def receive_all(files: Sequence[tuple[Path, CountyLayout | None]], register: str, store: Path) -> Received:
    """The same for a register that came in several files, each read with its own layout.

    One of them that cannot be used makes the register one that cannot be used: its people would be missing.
    """
    if len(files) == 1:
        return receive(files[0][0], register, store, files[0][1])
    parts = [_keep(path, store, layout) for path, layout in files]
    name, digest = bundle_name(register, parts), digest_of_list(parts)
    have_bytes(original_path(store, name, digest), listing(parts))
    return kept(register, name, digest, store)


def _keep(path: Path, store: Path, layout: CountyLayout | None) -> FilePart:
    content = content_of(path)
    digest = hashlib.sha256(content).hexdigest()
    have_bytes(original_path(store, path.name, digest), content)
    if layout:
        keep_layout(layout, store)
    return FilePart(file_name=path.name, file_digest=digest, layout_digest=layout.digest if layout else "")


def kept(register: str, file_name: str, digest: str, store: Path, layout_digest: str = "") -> Received:
    """A register received earlier, from the store alone. InputError where the store does not hold it."""
    parts = files_of(store, file_name, digest, layout_digest)
    read = [_reading(register, part, store) for part in parts]
    changed, refused, cells = _joined(read, SHEETS_AT_MOST)
    if refused.filter(_is_fatal()).height:
        cells = cells.clear()
    return Received(register, file_name, digest, cells, _if_empty(register, cells, refused), changed, layout_digest)


def layout_digest_of(register: str, file_name: str, layouts: Path, store: Path) -> str:
    """The county's layout for a file received before; empty for none, and for a list, whose files have their own."""
    layout = None if is_bundle(file_name) else find_layout(layouts, register, part_named(file_name))
    if layout:
        keep_layout(layout, store)
    return layout.digest if layout else ""


def files_of(store: Path, file_name: str, digest: str, layout_digest: str = "") -> tuple[FilePart, ...]:
    """The files of an input: those of its list, or the one file it is. InputError where the store has no such list."""
    if is_bundle(file_name):
        listed = original_path(store, file_name, digest)
        parts = parts_listed(listed)
        if digest_of(listed) != digest:
            raise InputError("存档中该名册的文件清单已不是收到时的", "请从备份恢复存档目录(store)后再试", file_name)
        return parts
    return (FilePart(file_name=file_name, file_digest=digest, layout_digest=layout_digest),)


def _reading(register: str, part: FilePart, store: Path) -> tuple[pl.DataFrame, ...]:
    """What a layout changed, the refusals and the cells of a file, read once by a process.

    A reading that another process left is not believed: who can write in the store could have changed it.
    """
    original = original_path(store, part.file_name, part.file_digest)
    layout = kept_layout(store, register, part.layout_digest)
    with_layout = f"-{part.layout_digest[:16]}" if layout else ""
    reading = f"{part.file_digest}-{register}{original.suffix}-{READING}{with_layout}"
    files = [original.with_name(f"{reading}{kind}.arrow") for kind in ("-changed", "-refused", "")]
    from_file = pl.lit(part.file_name).alias("source_file")
    if _digests(files) == _READ_HERE.get(files[-1], ()):
        changed, refused, cells = (pl.read_ipc(file) for file in files)
    else:
        require_original(original, part)
        changed, refused, cells = read = _read(original, register, layout)
        for target, frame in zip(files, read, strict=True):
            with whole_file(target) as temporary:
                frame.write_ipc(temporary, compression="zstd")  # columns that say the same again and again
        _READ_HERE[files[-1]] = _digests(files)
    return changed.with_columns(from_file), refused.with_columns(from_file), cells.select(from_file, pl.all())


def _digests(files: Sequence[Path]) -> tuple[str, ...]:
    return tuple(digest_of(file) if file.exists() else "" for file in files)


def require_original(original: Path, part: FilePart) -> None:
    """InputError where the bytes that were received are not to be had any more."""
    if not original.exists():
        raise InputError("存档中没有该名册的原件", "请检查存档目录是否完整", part.file_name)
    if digest_of(original) != part.file_digest:
        raise InputError("存档中该名册的原件已不是收到时的", "请从备份恢复存档目录(store)后再试", part.file_name)


def _joined(read: Sequence[tuple[pl.DataFrame, ...]], tables_each: int) -> tuple[pl.DataFrame, ...]:
    """What was read of several sheets or files, kind by kind, each row with a number of its own."""
    return tuple(
        pl.concat([in_table(frame, place * tables_each) for place, frame in enumerate(of_kind)])
        for of_kind in zip(*read, strict=True)
    )


def _is_fatal() -> pl.Expr:
    return pl.col("code").cast(pl.String).is_in([code.value for code in FATAL])


def _if_empty(register: str, cells: pl.DataFrame, refused: pl.DataFrame) -> pl.DataFrame:
    """A register that must have people, and has a header only, is a file that is empty."""
    if register not in REQUIRED_REGISTERS or cells.height:
        return refused
    is_empty = pl.col("code") == RefusalCode.NO_ROWS.value
    return refused.with_columns(
        code=pl.when(is_empty).then(pl.lit(RefusalCode.FILE_EMPTY.value, RefusalCode.dtype())).otherwise("code"),
        advice=pl.when(is_empty).then(pl.lit(ADVICE[RefusalCode.FILE_EMPTY])).otherwise("advice"),
    )


def original_path(store: Path, file_name: str, digest: str) -> Path:
    """Where the bytes of a received file are kept."""
    return store / "received" / f"{digest}{Path(file_name).suffix.lower()}"


def _read(original: Path, register: str, layout: CountyLayout | None) -> tuple[pl.DataFrame, ...]:
    """What a layout changed, the refusals and the cells of a file; its name is no part of the content."""
    try:
        opened = open_register(original, register, layout)
    except UnreadableError as broken:
        return _nothing(register, [note(register, broken.code, reason=broken.reason, advice=broken.advice)])
    if opened is None:
        return _nothing(register, [note(register, RefusalCode.FILE_EMPTY, reason="文件是空的")])
    if any(header.matched.is_broken() for header in opened.headers):
        return _nothing(register, _about_headers(opened))
    read = [_of_sheet(register, header, layout) for header in opened.headers]
    changed, refused, cells = _joined(read, 1)
    notes = [
        *_about_headers(opened),
        *(_ignored(register, table) for table in opened.ignored),
        *(told for header in opened.headers for told in _hidden(register, header.table)),
    ]
    if all(frames[2].is_empty() for frames in read):
        notes.append(note(register, RefusalCode.NO_ROWS))
    return changed, pl.concat([refused_frame(notes), refused]), cells


def _of_sheet(register: str, header: Header, layout: CountyLayout | None) -> tuple[pl.DataFrame, ...]:
    """The same for one sheet below its header."""
    rows = sort_rows(register, header)
    parts = parts_of(header)
    persons = [_of_part(register, header, rows.data, part) for part in parts]
    refused = pl.concat([rows.listed, *(frame for person in persons for frame in person.refused)])
    by_layout = [
        reworded(register, person.cells, part.places, layout) for part, person in zip(parts, persons, strict=True)
    ]
    changed = pl.concat(
        [
            empty(ChangedCell),
            *(frame for words in by_layout for frame in words.changed),
            *(frame for person in persons for frame in person.emptied),
        ]
    )
    cells = pl.concat([words.cells for words in by_layout])
    return changed, refused, in_number_order(cells) if len(parts) > 1 else cells


def _about_headers(opened: Opened) -> list[dict[str, object]]:
    """What is to be said of the headers, each once; of which sheet, where there are several."""
    if len(opened.headers) == 1:
        return opened.headers[0].matched.notes
    return [
        {**told, "source_sheet": header.table.sheet, "reason": f"工作表“{header.table.sheet}”:{told['reason']}"}
        for header in opened.headers
        for told in header.matched.notes
    ]


def _ignored(register: str, table: RawTable) -> dict[str, object]:
    hidden = "隐藏的" if table.is_hidden else ""
    reason = f"{hidden}工作表“{table.sheet}”有 {table.written_rows()} 行内容未读取"
    return note(register, RefusalCode.SHEET_IGNORED, reason=reason)


def _hidden(register: str, table: RawTable) -> Iterator[dict[str, object]]:
    """What is written in a sheet where whoever opens it does not look."""
    rows, places = table.written_and_hidden()
    where = f"工作表“{table.sheet}”" if table.sheet else "表"
    if rows:
        reason = f"{where}中隐藏的 {len(rows)} 行也已读取(第 {in_ranges(rows)} 行)"
        yield note(register, RefusalCode.HIDDEN_CELLS, reason=reason)
    if places:
        reason = f"{where}中隐藏的列也已读取({'、'.join(map(letters_of_place, places))})"
        yield note(register, RefusalCode.HIDDEN_CELLS, reason=reason)


class _Person(NamedTuple):
    """One person of each row: the refusals of his damaged cells, those that were emptied (ChangedCell), his cells."""

    refused: list[pl.DataFrame]
    emptied: list[pl.DataFrame]
    cells: pl.DataFrame


def _of_part(register: str, header: Header, rows: pl.DataFrame, part: Part) -> _Person:
    marks = header.table.marks
    his = rows_of(part, rows, marks, header.matched.places.get("person_id"))
    damaged = _marked(register, header, part, his)
    refused = [_refused_cells(register, header.table.sheet, one) for one in damaged if one.decides]
    emptied = [_emptied_cells(header.table.sheet, one) for one in damaged if not one.decides]
    return _Person(refused, emptied, _named(register, header, part, his, damaged))


def _nothing(register: str, notes: Sequence[dict[str, object]]) -> tuple[pl.DataFrame, ...]:
    return empty(ChangedCell), refused_frame(notes), _no_cells(register)


def _no_cells(register: str) -> pl.DataFrame:
    names = [facts.name for facts in columns_of(FILES[register])]
    return pl.DataFrame(schema={"source_sheet": pl.String, "source_row": pl.Int64, **dict.fromkeys(names, pl.String)})


def _named(register: str, header: Header, part: Part, rows: pl.DataFrame, damaged: Sequence[_Damaged]) -> pl.DataFrame:
    """The cells under the names of the contract; empty where the file has no such column, or the cell is damaged."""
    places = part.places
    rows_of_column: dict[str, list[int]] = {one.header: one.hits["source_row"].to_list() for one in damaged}

    def cell(facts: ColumnFacts) -> pl.Expr:
        if facts.name not in places:
            return pl.lit(None, pl.String).alias(facts.name)
        text = pl.col(str(places[facts.name]))
        if header.table.is_1904 and facts.kind in (CellKind.DAY, CellKind.MONTH):
            text = counted_from_1900(text)
        if damaged := rows_of_column.get(facts.header):
            text = pl.when(~pl.col("source_row").is_in(damaged)).then(text)
        return text.alias(facts.name)

    columns = columns_of(FILES[register])
    return rows.select(pl.lit(header.table.sheet).alias("source_sheet"), "source_row", *map(cell, columns))


class _Damaged(NamedTuple):
    """Cells of a column, damaged as their text does not show (source_row, text, code). `decides`: they refuse."""

    header: str
    kind: CellKind
    decides: bool
    hits: pl.DataFrame


def _marked(register: str, header: Header, part: Part, rows: pl.DataFrame) -> list[_Damaged]:
    """Cells that were numbers, errors or hold a line break, as far as their column cares.

    A line break refuses its row in any column: rows after it may have been swallowed.
    """
    table = header.table
    columns = {part.places[facts.name]: facts for facts in columns_of(FILES[register]) if facts.name in part.places}
    seen = part.own | set(columns) if part.person else set(table.marks["place"].unique()) - part.apart
    found = []
    for place in sorted(seen & set(table.marks["place"].unique())):
        facts = columns.get(place)
        kind = facts.kind if facts else CellKind.TEXT
        name = facts.header if facts else header.texts[place].strip()[:20]
        marks = table.marks.filter(pl.col("place") == place).with_columns(numbered(part))
        cells = rows.select("source_row", text=pl.col(str(place))).join(marks, on="source_row", how="inner")
        hits = cells.filter(_matters(kind, is_read=facts is not None))
        breaks = pl.col("code") == RefusalCode.TEXT_INVALID
        decides = pl.lit(facts is None or facts.decides) | breaks
        found += [_Damaged(name, kind, True, hits.filter(decides)), _Damaged(name, kind, False, hits.filter(~decides))]
    return [one for one in found if one.hits.height]


def _matters(kind: CellKind, *, is_read: bool) -> pl.Expr:
    """Which marks refuse a row: a line break anywhere, an error in a column that is read, a number that lost digits."""
    code = pl.col("code")
    broken = code == RefusalCode.TEXT_INVALID
    if not is_read:
        return broken
    lost = code == RefusalCode.NUMERIC_ID
    if kind in (CellKind.KEY, CellKind.DIVISION):
        lost &= pl.col("text").str.len_chars() > EXACT_DIGITS
    elif kind not in (CellKind.RESIDENT_ID, CellKind.ACCOUNT):
        lost = pl.lit(False)
    return broken | (code == RefusalCode.CELL_ERROR) | lost


def _refused_cells(register: str, sheet: str, damaged: _Damaged) -> pl.DataFrame:
    return damaged.hits.select(
        register=pl.lit(register),
        source_file=pl.lit(""),
        source_sheet=pl.lit(sheet),
        source_row="source_row",
        source_column=pl.lit(damaged.header),
        code=pl.col("code").cast(RefusalCode.dtype()),
        reason=pl.col("code").replace_strict({code: RefusalCode(code).label for code in MARK_ADVICE}),
        advice=pl.col("code").replace_strict(MARK_ADVICE),
        value_masked=masked(damaged.kind, "text"),
        person_no=pl.lit(None, pl.Int64),
    )


def _emptied_cells(sheet: str, damaged: _Damaged) -> pl.DataFrame:
    return damaged.hits.select(
        source_file=pl.lit(""),
        source_sheet=pl.lit(sheet),
        source_row="source_row",
        source_column=pl.lit(damaged.header),
        change=pl.lit(CellChange.LEFT_EMPTY.value, CellChange.dtype()),
        value_masked=masked(damaged.kind, "text"),
    )
