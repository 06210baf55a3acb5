"""What a file says beside its rows: totals, batch numbers. Whoever knows which row that is sets it aside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import polars as pl

from contracts.codes import RefusalCode
from contracts.columns import columns_of
from contracts.registers import FILES
from intake.layouts import kept_layout
from intake.numbering import in_table
from intake.opening import open_register
from intake.readings import read_columns
from intake.receiving import Received, original_path
from intake.refusals import ADVICE, note, refused_frame

TOTALS = "汇总行"


def written_rows(received: Received, store: Path) -> pl.DataFrame:
    """Every written row of the tables that were read, in order: source_row as in `received`, and text.

    The text is what its cells say from left to right with one blank between them. `received`: one file, not a list.
    """
    layout = kept_layout(store, received.register, received.layout_digest)
    opened = open_register(original_path(store, received.file_name, received.digest), received.register, layout)
    tables = [header.table.cells for header in opened.headers] if opened else []
    told = pl.concat_str(pl.exclude("source_row"), separator=" ", ignore_nulls=True)
    text = told.str.replace_all(r"\s+", " ").str.strip_chars()
    none = pl.DataFrame(schema={"source_row": pl.Int64, "text": pl.String})
    rows = [in_table(cells.select("source_row", text=text), place) for place, cells in enumerate(tables)]
    return pl.concat([none, *rows]).filter(pl.col("text") != "")


def set_aside(received: Received, rows: Collection[int]) -> Received:
    """The same, where these rows (source_row) are no data but totals: they are listed as such, nothing else of them."""
    is_one = pl.col("source_row").is_in(list(rows))
    sheets = pl.concat([frame.select("source_sheet", "source_row") for frame in (received.cells, received.refused)])
    listed = [
        {
            **note(received.register, RefusalCode.NOT_DATA, reason=TOTALS, advice=ADVICE[RefusalCode.NOT_DATA]),
            "source_file": received.file_name,
            "source_sheet": sheet,
            "source_row": row,
        }
        for sheet, row in sheets.filter(is_one).unique().sort("source_row").iter_rows()
    ]
    return replace(
        received,
        cells=received.cells.filter(~is_one),
        refused=pl.concat([received.refused.filter(~is_one), refused_frame(listed)]),
        changed=received.changed.filter(~is_one),
    )


def values(received: Received) -> pl.DataFrame:
    """What the cells of every row say, typed, also of rows that will be refused; null where a cell cannot be read."""
    columns = list(columns_of(FILES[received.register]))
    return read_columns(received.cells, columns).rows.select("source_row", *(facts.name for facts in columns))
