"""Files are kept as they came, and read once."""

import polars as pl
import pytest

from contracts.errors import InputError
from intake import kept, receive


def test_the_bytes_are_kept_by_their_digest(store, tmp_path, write_csv, row):
    path = write_csv(tmp_path / "population.csv", "population", [row("population")])
    received = receive(path, "population", store)
    assert (store / "received" / f"{received.digest}.csv").read_bytes() == path.read_bytes()


def test_the_same_file_again_changes_nothing(store, tmp_path, write_csv, row):
    path = write_csv(tmp_path / "population.csv", "population", [row("population")])
    receive(path, "population", store)
    before = {file: file.stat().st_mtime_ns for file in (store / "received").iterdir()}
    receive(path, "population", store)
    assert {file: file.stat().st_mtime_ns for file in (store / "received").iterdir()} == before


def test_a_register_received_is_read_from_the_store_alone(store, tmp_path, write_csv, row):
    path = write_csv(tmp_path / "population.csv", "population", [row("population")])
    received = receive(path, "population", store)
    path.unlink()
    again = kept("population", received.file_name, received.digest, store)
    assert again.cells.equals(received.cells)
    assert again.refused.equals(received.refused)


def test_cells_lost_from_the_store_are_read_again_from_the_original(store, tmp_path, write_csv, row):
    received = receive(write_csv(tmp_path / "a.csv", "population", [row("population")]), "population", store)
    for derived in (store / "received").glob("*.arrow"):
        derived.unlink()
    assert kept("population", "a.csv", received.digest, store).cells.equals(received.cells)


def test_an_original_missing_from_the_store_is_said(store):
    with pytest.raises(InputError, match="没有该名册的原件"):
        kept("population", "a.csv", "0" * 64, store)


def test_rows_keep_their_numbers_past_blank_lines(store, tmp_path, write_csv, row, resident_id):
    path = write_csv(tmp_path / "p.csv", "population", [row("population"), row("population", resident_id(serial=2))])
    header, first, second = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([header, first, "," * header.count(","), second]) + "\n", "utf-8")
    cells = receive(path, "population", store).cells
    assert cells["source_row"].to_list() == [2, 4]
    assert cells["person_id"].to_list() == [resident_id(), resident_id(serial=2)]


def test_parquet_gives_the_same_cells_as_csv(store, tmp_path, write_csv, row):
    path = write_csv(tmp_path / "low_income.csv", "low_income", [row("low_income")])
    pl.read_csv(path, infer_schema=False).write_parquet(tmp_path / "low_income.parquet")
    names = ["source_row", "person_id", "category", "from_month"]
    as_csv, as_parquet = (
        receive(tmp_path / f"low_income.{suffix}", "low_income", store).cells.select(names)
        for suffix in ("csv", "parquet")
    )
    assert as_csv.equals(as_parquet)
