"""A digest in the book is worth what lies under it: originals, manifests and the heads beside the payment files."""

import hashlib
import re

import pytest
from sqlalchemy import select

from contracts.months import parse_month
from ledger.book import opened
from ledger.tables import instruction
from month import closing, proving, signing
from payments.outbox import HEAD
from tests import homes

JULY = parse_month("2024-07")
ONE, TWO = homes.resident_id("1940-03-05"), homes.resident_id("1941-03-05")
COUNTY = homes.COUNTY


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """July was paid; one line of it came back."""
    home = homes.make_home(tmp_path_factory.mktemp("proving") / "home")
    people = [homes.person(one) for one in (ONE, TWO)]
    homes.hand_in(home, "2024-07", population=people, account=[homes.account(one) for one in (ONE, TWO)])
    homes.run(home, "2024-07")
    homes.sign(home, "2024-07")
    answer = home.path / "answer.csv"
    with opened(home.database_url) as book, book.reading() as conn:
        line = conn.execute(select(instruction.c.instruction_id)).scalars().first()
    answer.write_text(f"指令号,处理结果,原因\n{line},退票,账户不存在\n", "utf-8")
    closing.read_results(home, COUNTY, answer, homes.actor(homes.MAKER))
    return home


@pytest.fixture
def home(lived, tmp_path):
    return homes.copied(lived, tmp_path / "home")


def found(home):
    with opened(home.database_url) as book, book.reading() as conn:
        return list(proving.prove(home, conn).problems)


def original(home, like):
    """The original in the store whose first line holds a word."""
    received = (home.store / "received").iterdir()
    return next(path for path in received if path.suffix == ".csv" and like in path.read_text("utf-8-sig"))


def test_an_honest_home_proves_itself_with_its_files(home):
    with opened(home.database_url) as book, book.reading() as conn:
        proof = proving.prove(home, conn)
    assert proof.problems == ()
    counts = {one.what: one.count for one in proof.checked}
    assert (counts["名册原件"], counts["回盘原件"], counts["运行清单"]) == (2, 1, 1)
    assert counts["数据目录和付款文件旁记下的链尾"] > 2


@pytest.mark.parametrize(
    ("like", "name"), [("出生日期", f"{COUNTY} 人口 population.csv"), ("处理结果", f"{COUNTY} 回盘 ")]
)
def test_an_original_that_is_gone_or_changed_is_found(home, like, name):
    path = original(home, like)
    path.write_bytes(path.read_bytes() + b" ")
    (told,) = found(home)
    assert told.startswith(name)
    assert told.endswith("存档里的原件被改动")
    path.unlink()
    (told,) = found(home)
    assert told.startswith(name)
    assert told.endswith("存档里没有原件")


def test_a_manifest_that_is_not_the_one_of_the_run_is_found(home):
    (manifest,) = (home.store / COUNTY / "2024-07").glob("*/manifest.json")
    digest = hashlib.sha256(original(home, "出生日期").read_bytes()).hexdigest()
    honest = manifest.read_text("utf-8")
    manifest.write_text(honest.replace(digest, "0" * 64), "utf-8")
    (told,) = found(home)
    assert re.fullmatch(f"{COUNTY} 2024-07 的运行清单 [0-9a-f]{{16}} 被改动", told)
    manifest.write_text("{}", "utf-8")
    assert found(home)[0].endswith("已损坏")


def test_a_released_file_has_the_head_of_the_chain_beside_it(home):
    (sidecar,) = (home.outbox / COUNTY / "2024-07").glob("*.sha256")
    lines = sidecar.read_text("utf-8").splitlines()
    (witness,) = (line.removeprefix(HEAD) for line in lines if line.startswith(HEAD))
    heads = [line.split()[0] for line in home.heads.read_text().splitlines()]
    assert witness in heads
    assert re.fullmatch(r"[0-9a-f]{64}  \S+", lines[0])
    signing.release(home, COUNTY, JULY, homes.actor(homes.RELEASER))
    assert sidecar.read_text("utf-8").splitlines() == lines


def test_a_head_beside_a_file_that_is_not_in_the_chain_is_found(home):
    (sidecar,) = (home.outbox / COUNTY / "2024-07").glob("*.sha256")
    sidecar.write_text(re.sub(r"(?<=: )[0-9a-f]{64}", "f" * 64, sidecar.read_text("utf-8")), "utf-8")
    (told,) = found(home)
    assert sidecar.name in told
    assert "这份总账是旧的" in told
