"""The same county twice, in any chunks; every file complete; what is asked too much is said."""

from datetime import date

import pytest

from contracts.errors import InputError
from contracts.registers import REGISTERS, file_headers
from generator import county_months, generate


def bytes_of(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_seed_gives_the_same_bytes(county, months, tmp_path):
    generate(tmp_path, months=months)
    assert bytes_of(tmp_path / "410721") == bytes_of(county)


def test_another_seed_gives_other_people(county, months, tmp_path):
    generate(tmp_path, months=months[:1], seed=2)
    name = "2024-07/population.csv"
    assert (tmp_path / "410721" / name).read_bytes() != (county / name).read_bytes()


def test_people_are_made_in_chunks_without_memory_of_one_another(county, months, tmp_path, monkeypatch):
    monkeypatch.setattr(county_months, "CHUNK", 3 * 97)
    made = []
    whole = county_months.registers
    monkeypatch.setattr(
        county_months, "registers", lambda populace, people: made.append(people.height) or whole(populace, people)
    )
    generate(tmp_path, months=months)
    assert len(made) > 5
    assert max(made) == 3 * 97
    assert bytes_of(tmp_path / "410721") == bytes_of(county)


def test_a_months_files_do_not_depend_on_how_many_months_follow(county, months, tmp_path):
    generate(tmp_path, months=months[:1])
    assert bytes_of(tmp_path / "410721" / "2024-07") == bytes_of(county / "2024-07")


def test_every_register_of_every_month_has_a_file_with_every_header(county, months, read):
    for month in ("2024-07", "2024-08", "2024-09"):
        for register in REGISTERS:
            assert read(county / month, register).columns == list(file_headers(register)), (month, register)


def test_the_summary_counts_the_rows_that_were_written(months, read, tmp_path):
    summary = generate(tmp_path, people=400, months=months[:2], xlsx=["population", "claim"])
    for month, counts in summary.rows.items():
        assert counts == {name: read(tmp_path / "410721" / month, name).height for name in REGISTERS}
    assert "已生成 410721 400 人的仿真名册" in summary.text()
    assert (tmp_path / "410721/2024-07/population.xlsx").exists()


def test_a_register_is_in_one_form_only(months, tmp_path):
    generate(tmp_path, people=300, months=months[:1], xlsx=True)
    generate(tmp_path, people=300, months=months[:1], xlsx=False)
    assert {path.suffix for path in (tmp_path / "410721/2024-07").iterdir()} == {".csv"}


@pytest.mark.parametrize("months", [(), (date(2024, 7, 1), date(2024, 9, 1)), (date(2024, 8, 1), date(2024, 7, 1))])
def test_months_that_do_not_follow_one_another_are_refused(months, tmp_path):
    with pytest.raises(InputError, match="月份须连续"):
        generate(tmp_path, months=months)


def test_more_people_than_have_identity_numbers_are_refused(months, tmp_path):
    with pytest.raises(InputError, match="容不下"):
        generate(tmp_path, people=60_000_000, months=months)
    assert not list(tmp_path.rglob("*.csv"))
