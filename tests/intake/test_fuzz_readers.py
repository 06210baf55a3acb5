"""Whatever stands in a file of any kind, nothing crashes, no row is lost, and no wrong row is taken."""

import csv
import io
import random
from datetime import date, datetime

import polars as pl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.columns import columns_of
from contracts.registers import REGISTERS, accepted, file_headers
from intake import accept, receive
from tests.effort import tries

NAMES = [facts.name for facts in columns_of(REGISTERS["population"])]
HEADERS = list(file_headers("population"))
QUICK = settings(max_examples=tries(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
SLOW = settings(QUICK, max_examples=tries(15))  # a workbook is read in a process of its own

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.one_of(st.integers(-(10**18), 10**18), st.floats(allow_nan=False, allow_infinity=False, width=64))
INSTANTS = st.datetimes(datetime(1900, 3, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - a spreadsheet knows no zone
DAYS = st.one_of(st.dates(date(1900, 3, 1), date(2100, 1, 1)), INSTANTS)
CELLS = st.one_of(
    st.none(), st.booleans(), NUMBERS, DAYS, TEXTS, st.sampled_from(["合计", "身份证号", "=1/0", "#N/A", "'"])
)


@pytest.fixture
def people(row, resident_id):
    """The cells of three people, in the order of the contract."""
    rows = [row("population", resident_id(serial=serial), name=f"样本{serial}") for serial in (1, 2, 3)]
    return [[cells.get(name) for name in NAMES] for cells in rows]


@pytest.fixture
def taken(store, number_people, known_on):
    """A file → its accepted rows, after the count of its rows."""

    def take(path):
        received = receive(path, "population", store)
        found = accept(received, number_people([received]), known_on)
        assert found.rows_in == found.rows.height + found.rows_refused + found.rows_collapsed + found.rows_listed
        accepted("population").validate(found.rows)
        return found.rows

    return take


@pytest.fixture
def clean(people, taken, tmp_path):
    """What a file with nothing wrong gives."""
    rows = taken(as_text(tmp_path / "clean.csv", [HEADERS, *people]))
    assert rows.height == 3
    return content(rows)


def content(rows):
    return rows.drop("person_no", "source_file", "source_sheet", "source_row").rows()


def as_text(path, rows, encoding="utf-8"):
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    path.write_bytes(written.getvalue().encode(encoding, "ignore"))
    return path


def as_workbook(path, rows):
    with xlsxwriter.Workbook(path, {"nan_inf_to_errors": True}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet()
        for number, cells in enumerate(rows):
            for place, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                elif cell is not None:
                    sheet.write(number, place, cell)
    return path


def as_columns(path, rows):
    columns = {name: [cells[place] for cells in rows] for place, name in enumerate(HEADERS)}
    pl.DataFrame([pl.Series(name, cells, dtype=pl.String) for name, cells in columns.items()]).write_parquet(path)
    return path


def with_cell(people, row, place, cell):
    """The three people, one cell replaced."""
    changed = [list(cells) for cells in people]
    changed[row][place] = cell
    return changed


def only_this_cell_differs(found, clean, row, place):
    """The other two people are as they are, and of the third only the cell that was touched can be otherwise."""
    others = [cells for number, cells in enumerate(clean) if number != row]
    names = [name for name in NAMES if name != "person_id"]
    touched = names.index(NAMES[place]) if NAMES[place] in names else None
    strange = [cells for cells in found if cells not in clean]
    assert [cells for cells in found if cells in others] == others
    assert len(strange) <= 1
    for cells in strange:
        assert touched is not None
        assert [cell for at, cell in enumerate(cells) if at != touched] == [
            cell for at, cell in enumerate(clean[row]) if at != touched
        ]


@SLOW
@given(cell=CELLS, row=st.integers(0, 2), place=st.integers(0, len(NAMES) - 1))
def test_any_typed_cell_of_a_workbook_touches_its_own_row_alone(cell, row, place, people, clean, taken, tmp_path):
    people = with_cell(people, row, place, cell)
    rows = taken(as_workbook(tmp_path / "fuzz.xlsx", [HEADERS, *people]))
    only_this_cell_differs(content(rows), clean, row, place)


@QUICK
@given(cell=TEXTS, row=st.integers(0, 2), place=st.integers(0, len(NAMES) - 1))
def test_any_text_of_a_parquet_file_touches_its_own_row_alone(cell, row, place, people, clean, taken, tmp_path):
    people = with_cell(people, row, place, cell)
    rows = taken(as_columns(tmp_path / "fuzz.parquet", people))
    only_this_cell_differs(content(rows), clean, row, place)


@QUICK
@given(
    values=st.one_of(
        st.lists(st.integers(-(2**62), 2**62), min_size=3, max_size=3),
        st.lists(st.floats(), min_size=3, max_size=3),
        st.lists(st.booleans(), min_size=3, max_size=3),
        st.lists(st.dates(), min_size=3, max_size=3),
        st.lists(st.binary(max_size=6), min_size=3, max_size=3),
        st.lists(st.lists(st.integers(0, 9), max_size=2), min_size=3, max_size=3),
    ),
    place=st.integers(0, len(NAMES) - 1),
)
def test_a_parquet_column_of_any_type_is_read_or_refused(values, place, people, clean, taken, tmp_path):
    path = as_columns(tmp_path / "fuzz.parquet", people)
    pl.read_parquet(path).with_columns(pl.Series(HEADERS[place], values, strict=False)).write_parquet(path)
    rows = taken(path)
    touched = NAMES[place]
    if touched == "person_id":
        assert rows.is_empty()  # no number, truth or day is an identity number
    kept = rows.select(name for name in NAMES if name not in ("person_id", touched))
    expected = pl.DataFrame(clean, schema=[name for name in NAMES if name != "person_id"], orient="row")
    assert set(kept.rows()) <= set(expected.select(kept.columns).rows())


@SLOW
@given(length=st.floats(0, 1), suffix=st.sampled_from(["xlsx", "parquet"]))
def test_a_file_cut_anywhere_gives_nothing_or_what_it_holds(length, suffix, people, clean, taken, tmp_path):
    write = as_workbook if suffix == "xlsx" else as_columns
    whole = write(tmp_path / f"whole.{suffix}", [HEADERS, *people] if suffix == "xlsx" else people).read_bytes()
    cut = tmp_path / f"cut.{suffix}"
    cut.write_bytes(whole[: int(len(whole) * length)])
    assert content(taken(cut)) in ([], clean)


@SLOW
@given(seed=st.integers(0, 2**32), suffix=st.sampled_from(["xlsx", "parquet"]))
def test_a_file_with_bytes_overwritten_is_no_crash(seed, suffix, people, taken, tmp_path):
    write = as_workbook if suffix == "xlsx" else as_columns
    damaged = bytearray(
        write(tmp_path / f"d.{suffix}", [HEADERS, *people] if suffix == "xlsx" else people).read_bytes()
    )
    draw = random.Random(seed)
    for _ in range(8):
        damaged[draw.randrange(len(damaged))] = draw.randrange(256)
    path = tmp_path / f"damaged.{suffix}"
    path.write_bytes(bytes(damaged))
    assert taken(path).height <= 3


@SLOW
@given(order=st.permutations(range(len(NAMES))), extra=TEXTS)
def test_columns_in_any_order_beside_a_strange_one_give_the_same_rows(order, extra, people, clean, taken, tmp_path):
    rows = [[*(cells[place] for place in order), extra] for cells in people]
    path = as_text(tmp_path / "order.csv", [[*(HEADERS[place] for place in order), "另记"], *rows])
    found = content(taken(path))
    assert set(found) <= set(clean)


@QUICK
@given(header=st.lists(TEXTS, min_size=1, max_size=16))
def test_a_header_of_other_words_takes_nobody(header, people, taken, tmp_path):
    path = as_text(tmp_path / "header.csv", [header, *people])
    assert taken(path).is_empty()


@QUICK
@given(
    written=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030", "big5", "shift_jis", "latin-1"]),
    name=st.text(st.characters(codec="gb2312"), min_size=1, max_size=6),
)
def test_a_name_in_any_encoding_is_that_name_or_refused(written, name, people, taken, tmp_path):
    people = with_cell(people, 1, 1, name)
    rows = taken(as_text(tmp_path / "encoded.csv", [HEADERS, *people], written))
    if written in ("utf-8", "utf-8-sig", "utf-16", "gb18030"):
        assert set(rows["name"]) - {"样本1", "样本3"} <= {name.strip()}
    else:
        assert rows.is_empty()
