"""The register of funds: an order takes its shares, what comes back returns them, none goes above unnamed."""

from datetime import date

import pytest

from contracts.codes import Control, FundLevel
from contracts.errors import BookError, InputError, NotAllowedError, StoppedError
from contracts.months import parse_month
from ledger.funds import Allocation
from month import closing, funding, signing
from tests import homes

JULY = parse_month("2024-07")
PEOPLE = [homes.resident_id(born) for born in ("1940-03-05", "1938-02-11", "1935-06-07")]
MAKER, CHECKER, RELEASER = (homes.actor(name) for name in (homes.MAKER, homes.CHECKER, homes.RELEASER))
SHARES = """documents:
  shared: {title: 资金分担办法, number: 示〔2023〕1号}
funding:
  - benefits: [old_age_allowance]
    effective_from: 2023-01-01
    issued_on: 2023-01-01
    status: in_force
    source: {document: shared, clause: 第一条, quote: 省与县各负其责}
    shares: {province: 1/3, county: 2/3}
"""


def allocation(level, fen, **more):
    given = {"document_no": "新财社〔2024〕8号", "purpose": "高龄津贴", "dated_on": date(2024, 6, 3), **more}
    return Allocation(level=level, fen=fen, **given)


def money(home):
    """Level → allocated, paid, returned, waiting, left; of levels that have any."""
    return {
        one.level: (one.allocated_fen, one.paid_fen, one.returned_fen, one.waiting_fen, one.left_fen)
        for one in funding.register_of(home, homes.COUNTY).balances
        if one.allocated_fen or one.paid_fen or one.waiting_fen
    }


def allocate(home, level, fen, by=RELEASER, **more):
    return funding.allocate(home, homes.COUNTY, allocation(level, fen, **more), by)


def run_month(home, **override):
    homes.run(home, "2024-07", **override)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Three elders of 50 yuan each; the province bears a third."""
    made = homes.make_home(tmp_path_factory.mktemp("funds") / "home")
    (made.overlay / homes.COUNTY).mkdir(parents=True)
    (made.overlay / homes.COUNTY / "funding.yaml").write_text(SHARES, "utf-8")
    homes.hand_in(made, "2024-07", population=[homes.person(one) for one in PEOPLE], account=map(homes.account, PEOPLE))
    return made


def test_the_money_of_a_month_from_its_allocation_to_what_comes_back(home):
    assert funding.register_of(home, homes.COUNTY) == funding.Register((), ())
    with pytest.raises(NotAllowedError):
        allocate(home, FundLevel.PROVINCE, 50_00, by=MAKER)
    assert allocate(home, FundLevel.PROVINCE, 50_00)
    assert not allocate(home, FundLevel.PROVINCE, 50_00)
    with pytest.raises(InputError, match="冲销指标须写明理由"):
        allocate(home, FundLevel.PROVINCE, -50_00)
    allocate(home, FundLevel.COUNTY, 99_99)

    with pytest.raises(StoppedError, match=r"^410721 · 县\(区\)指标余额 99.99 元,待发 100.00 元,差 0.01 元"):
        run_month(home)
    with pytest.raises(BookError, match="文件不存在"):
        signing.approve(home, homes.COUNTY, JULY, CHECKER)
    run_month(home, override=(homes.CHECKER, "县级预算明日下达"))
    (let_go,) = homes.overridden(home, "2024-07")
    assert let_go.override.control == Control.FUNDS
    assert "县级预算明日下达" in let_go.told

    signing.approve(home, homes.COUNTY, JULY, CHECKER)
    allocate(home, FundLevel.COUNTY, -99_99, reason="登记错了")
    with pytest.raises(BookError, match="没有可以冲销的这笔指标"):
        allocate(home, FundLevel.COUNTY, -99_99, reason="再冲一次")
    with pytest.raises(BookError, match=r"超出指标,不能放行:.*差 100\.00 元"):
        signing.release(home, homes.COUNTY, JULY, RELEASER)
    assert allocate(home, FundLevel.COUNTY, 99_99)
    signing.release(home, homes.COUNTY, JULY, RELEASER)
    assert money(home) == {
        FundLevel.PROVINCE: (50_00, 50_00, 0, 0, 0),
        FundLevel.COUNTY: (99_99, 100_00, 0, 0, -1),
    }

    with homes.opened(home.database_url) as book, book.reading() as conn:
        first = conn.exec_driver_sql("SELECT instruction_id FROM instruction ORDER BY line_no").scalar()
    answer = home.path / "回盘.csv"
    answer.write_text(f"指令号,状态,原因\n{first},退票,户名不符\n", "gb18030")
    closing.read_results(home, homes.COUNTY, answer, MAKER)
    told = money(home)
    assert told[FundLevel.PROVINCE] == (50_00, 50_00, 16_67, 0, 16_67)
    assert told[FundLevel.COUNTY] == (99_99, 100_00, 33_33, 0, 33_32)
