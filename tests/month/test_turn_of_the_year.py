"""The last day of a year and the first of the next: each month is paid once, and ages turn with the month."""

import pytest
from sqlalchemy import select

from ledger.book import opened, read_frame
from ledger.tables import obligation, person
from tests import homes

OLD, TURNS_80_IN_JANUARY = homes.resident_id("1940-03-05"), homes.resident_id("1945-01-31")
BOTH = (OLD, TURNS_80_IN_JANUARY)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """December run on the last day of the year, January twice on its first day, on the same registers."""
    made = homes.make_home(tmp_path_factory.mktemp("year") / "home", go_live_month='"2024-12"')
    registers = {"population": [homes.person(one) for one in BOTH], "account": [homes.account(one) for one in BOTH]}
    homes.hand_in(made, "2024-12", **registers)
    homes.run(made, "2024-12", known_on="2024-12-31")
    homes.sign(made, "2024-12")
    for _ in range(2):
        homes.run(made, "2025-01", known_on="2025-01-01")
    return made


def test_each_month_is_owed_once_and_an_age_counts_from_the_first_of_its_month(home):
    with opened(home.database_url) as book, book.reading() as conn:
        owed = select(person.c.person_id, obligation.c.benefit_month, obligation.c.kind).select_from(
            obligation.join(person, person.c.person_no == obligation.c.person_no)
        )
        rows = read_frame(conn, owed).select("person_id", "benefit_month", "kind").rows()
    assert sorted((who, f"{month:%Y-%m}", kind) for who, month, kind in rows) == sorted(
        [(OLD, "2024-12", "regular"), (OLD, "2025-01", "regular"), (TURNS_80_IN_JANUARY, "2025-01", "regular")]
    )
