"""Officers reconcile: a slip of what was sent and answered, one of the whole book; the same again is the same bytes."""

import pytest

from contracts.errors import BookError, NotAllowedError
from contracts.months import parse_month
from ledger import audit, proving
from month import closing, reconciling
from month.reconciling import Statement
from tests import homes

JULY = parse_month("2024-07")
PEOPLE = [homes.resident_id(born) for born in ("1940-03-05", "1938-02-11", "1935-06-07", "1936-01-02")]
MAKER, CHECKER = homes.actor(homes.MAKER), homes.actor(homes.CHECKER)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Four elders' July: one paid, one paid with a remark, one returned, one not answered."""
    made = homes.make_home(tmp_path_factory.mktemp("reconciled") / "home")
    homes.hand_in(made, "2024-07", population=[homes.person(one) for one in PEOPLE], account=map(homes.account, PEOPLE))
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    with homes.opened(made.database_url) as book, book.reading() as conn:
        found = conn.exec_driver_sql("SELECT instruction_id FROM instruction ORDER BY line_no")
        first, second, third, _ = [one for (one,) in found]
    path = made.path / "回盘.csv"
    told = ((first, "成功", ""), (second, "成功", "账户即将到期"), (third, "退票", "户名不符"))
    path.write_text("\n".join(["指令号,状态,原因", *(",".join(row) for row in told), ""]), "gb18030")
    closing.read_results(made, homes.COUNTY, path, MAKER)
    return made


def sent(home, statement=None, by=MAKER, **how):
    return reconciling.reconcile_sent(home, homes.COUNTY, JULY, by, statement, **how)


def state(home):
    with homes.opened(home.database_url) as book, book.reading() as conn:
        return audit.head(conn), sorted(path.name for path in home.reports.rglob("*"))


def test_looking_writes_and_notes_nothing_and_anybody_may(home):
    before = state(home)
    slip = sent(home, by=CHECKER, only_look=True)
    assert (slip.path, slip.differences, state(home)) == (None, 0, before)
    with pytest.raises(NotAllowedError):
        sent(home, by=CHECKER)


def test_what_was_sent_is_told_by_what_became_of_it_in_heads_fen_and_a_hash_total(home):
    lines = sent(home).text.splitlines()
    for label in ("到账", "到账、另有说明", "退回", "尚无结果"):
        assert sum(line.startswith(f"  {label}:1 笔,50.00 元,校验和 ") for line in lines) == 2  # the batch, and all
    assert sum(line.startswith("  送出:4 笔,200.00 元") for line in lines) == 2
    assert any(line.endswith(":与账上所记相同") for line in lines)
    assert lines[-1] == "结论:相符"


def test_the_same_again_is_the_same_bytes_and_noted_once(home):
    first = sent(home)
    content, before = first.path.read_bytes(), state(home)
    again = sent(home)
    assert (again.path.read_bytes(), again.digest, state(home)) == (content, first.digest, before)
    assert (home.store / "slips" / f"{first.digest}.txt").read_bytes() == content


def test_a_bank_statement_is_compared_with_what_arrived(home):
    assert sent(home, Statement(15000, 5000), only_look=True).differences == 0
    still = sent(home, Statement(20000, 5000), only_look=True)
    assert (still.differences, "恰为尚无结果的金额" in still.text) == (1, True)
    other = sent(home, Statement(20001, 5000), only_look=True)
    assert (other.differences, "相差 50.01 元\n" in other.text) == (1, True)


def test_the_whole_book_is_told_to_the_fen_and_proves_itself(home):
    slip = reconciling.reconcile_book(home, homes.COUNTY, MAKER)
    assert slip.differences == 0
    assert "历月应付:200.00 元" in slip.text
    assert "已付到账:100.00 元" in slip.text
    assert "0 组,请逐组核对" in slip.text
    with homes.opened(home.database_url) as book, book.reading() as conn:
        assert proving.prove(conn).problems == ()


def test_an_answer_that_the_book_has_otherwise_than_its_original_says_it_is_a_difference(home, tmp_path):
    import sqlite3

    spoilt = homes.copied(home, tmp_path / "home")
    with sqlite3.connect(spoilt.path / "book.sqlite") as conn:
        conn.execute("DROP TRIGGER bank_event_no_update")
        conn.execute("UPDATE bank_event SET event = 'accepted', return_reason = NULL WHERE event = 'returned'")
    conn.close()
    slip = reconciling.reconcile_sent(spoilt, homes.COUNTY, JULY, MAKER, only_look=True)
    assert (slip.differences, "与账上所记有 2 笔不同" in slip.text) == (1, True)


def test_a_month_in_which_nothing_went_out_has_no_slip(home):
    with pytest.raises(BookError, match="本月没有放行的批次"):
        reconciling.reconcile_sent(home, homes.COUNTY, parse_month("2024-08"), MAKER)
