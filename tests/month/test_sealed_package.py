"""The package of a sealed month: whole, the same bytes again, and checked by a file that stands alone."""

import csv
import hashlib
import io
import json
import shutil
import zipfile
from functools import partial

import pytest

from contracts.errors import BookError, NotAllowedError
from contracts.months import parse_month
from month import closing, packaging, reconciling
from tests import homes
from tests.homes import check_package as check
from tests.ledger.laws import breaches

JULY = parse_month("2024-07")
PEOPLE = [homes.resident_id(born) for born in ("1940-03-05", "1938-02-11", "1935-06-07", "1936-01-02")]
IN_HOME = [homes.resident_id(born) for born in ("1950-02-03", "1951-02-03")]
CHECKER, MAKER = homes.actor(homes.CHECKER), homes.actor(homes.MAKER)


def instructions(home):
    with homes.opened(home.database_url) as book, book.reading() as conn:
        found = conn.exec_driver_sql("SELECT instruction_id FROM instruction ORDER BY batch_id, line_no")
        return [one for (one,) in found]


def answer(home, name, *rows):
    path = home.path / name
    path.write_text("\n".join(["指令号,状态,原因", *(",".join(row) for row in rows), ""]), "gb18030")
    return closing.read_results(home, homes.COUNTY, path, MAKER)


@pytest.fixture(scope="module")
def closed(tmp_path_factory):
    """Four elders' July: three were paid, one came back; a register in parts, two people in a home."""
    made = homes.make_home(tmp_path_factory.mktemp("sealed") / "home", parts='{ account = ["一", "二"] }')
    parts = {"account-一": map(homes.account, PEOPLE[:2]), "account-二": map(homes.account, PEOPLE[2:])}
    cared_for = {"institution": [homes.institution()], "low_income": map(homes.in_institution, IN_HOME)}
    homes.hand_in(made, "2024-07", population=[homes.person(one) for one in (*PEOPLE, *IN_HOME)], **cared_for, **parts)
    homes.run(made, "2024-07")
    homes.sign(made, "2024-07")
    first, second, third, fourth, *to_home = instructions(made)
    paid = [(one, "成功", "") for one in (first, second, *to_home)]
    answer(made, "回盘.csv", *paid, (third, "退票", "户名不符"))
    answer(made, "晚.csv", (fourth, "成功", ""))
    reconciling.reconcile_sent(made, homes.COUNTY, JULY, MAKER)
    return made, closing.close_month(made, homes.COUNTY, JULY, CHECKER)


@pytest.fixture
def package(closed):
    return closed[1].packages[0].package


def test_a_package_is_checked_without_the_program_and_says_what_was_looked_at(closed, package):
    sealed = closed[1].packages[0]
    code, said = check(package, "--head", sealed.head, "--seal", sealed.seal.digest[:16])
    assert code == 0, said
    assert said.splitlines()[0] == "410721 2024-07 第 1 期"
    told = [line for line in said.splitlines() if line.startswith("✓")]
    assert len(told) == 12
    assert "✓ 批次、指令、明细各处之和相等(6)" in told
    assert "✓ 供养人员名单与总账相符(2)" in told
    assert "✓ 回盘有来源,未答复的与封存相符(6)" in told


def test_without_what_was_printed_it_says_what_it_cannot_know(package):
    code, said = check(package)
    assert (code, "没有给出结账时印出的链尾" in said) == (0, True)


def parts_of(package):
    with zipfile.ZipFile(package) as opened:
        return {info.filename: opened.read(info) for info in opened.infolist()}


def packed(target, parts):
    """A package of these parts whose list of contents speaks true of them."""
    about = json.loads(parts["package.json"])
    about["parts"] = [
        {"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in parts.items()
        if name != "package.json"
    ]
    with zipfile.ZipFile(target, "w") as opened:
        for name, content in (parts | {"package.json": json.dumps(about).encode()}).items():
            opened.writestr(name, content)
    return target


def one_of(parts, start, end=""):
    return next(name for name in sorted(parts) if name.startswith(start) and name.endswith(end))


def change(table, column, value, parts):
    """Another value in a row of the book."""
    name = f"book/{table}.csv"
    first, *others = list(csv.DictReader(io.StringIO(parts[name].decode())))
    assert first[column] != value
    text = io.StringIO()
    writer = csv.DictWriter(text, first, lineterminator="\n")
    writer.writeheader()
    writer.writerows([first | {column: value}, *others])
    parts[name] = text.getvalue().encode()


def spoil(start, end, parts):
    parts[one_of(parts, start, end)] += b"x"


def lose(start, end, parts):
    del parts[one_of(parts, start, end)]


def tell(name, act, parts):
    told = json.loads(parts[name])
    act(told)
    parts[name] = json.dumps(told, ensure_ascii=False).encode()


def seal_anew(parts):
    """The seal and its entry made to fit a changed table: what only the printed head can tell."""
    seals, log = json.loads(parts["seals.json"]), json.loads(parts["log.json"])
    seal, entry = seals[-1], log[-1]
    tables = json.loads(seal["tables_json"])
    for name in tables:
        tables[name]["digest"] = hashlib.sha256(parts[f"book/{name}.csv"]).hexdigest()
    seal["tables_json"] = json.dumps(tables, sort_keys=True)
    from month import check_package as checker

    seal["digest"] = checker.derived(json.dumps([seal[name] for name in checker.SEALED], ensure_ascii=False))
    entry["detail_json"] = json.dumps(json.loads(entry["detail_json"]) | {"seal": seal["digest"]})
    entry["hash"] = checker.derived(json.dumps(checker.chained(entry), ensure_ascii=False))
    about = json.loads(parts["package.json"]) | {"seal": seal["digest"], "head": entry["hash"]}
    parts["seals.json"], parts["log.json"] = json.dumps(seals).encode(), json.dumps(log).encode()
    parts["package.json"] = json.dumps(about).encode()


def another_cell(was, becomes, parts):
    """A roster that says another thing in one of its cells, as a workbook that opens."""
    name = one_of(parts, "rosters/")
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(parts[name])) as before, zipfile.ZipFile(changed, "w") as after:
        for inner in before.namelist():
            content = before.read(inner)
            assert inner != "xl/worksheets/sheet1.xml" or was.encode() in content
            after.writestr(inner, content.replace(was.encode(), becomes.encode()))
    parts[name] = changed.getvalue()


TAMPERED = {
    "an account": (partial(change, "instruction", "account_no", "9900000000"), "instruction.csv 不是封存时的内容"),
    "an amount owed": (partial(change, "obligation", "amount_fen", "9000"), "obligation.csv 不是封存时的内容"),
    "an answer": (partial(change, "bank_event", "event", "returned"), "bank_event.csv 不是封存时的内容"),
    "a signature": (partial(change, "approval", "officer", "别人"), "approval.csv 不是封存时的内容"),
    "a manifest": (partial(change, "run", "manifest_digest", "0" * 64), "的清单与其摘要不符"),
    "a table gone": (partial(lose, "book/hold", ""), "缺少 book/hold.csv"),
    "a table more": (lambda parts: parts.update({"book/more.csv": b"a\n1\n"}), "book/more.csv 不在封存之列"),
    "a register": (partial(spoil, "received/", ".csv"), "的内容与其摘要不符"),
    "a register gone": (partial(lose, "received/", ".parts"), "名册原件不在包里"),
    "the law": (partial(spoil, "packs/", ".yaml"), "所用的政策不在包里,或被改动"),
    "the law gone": (partial(lose, "packs/", ".yaml"), "所用的政策不在包里,或被改动"),
    "a bank's form": (partial(spoil, "profiles/", ".txt"), "的内容与其摘要不符"),
    "a control slip": (partial(spoil, "slips/", ".txt"), "的内容与其摘要不符"),
    "a control slip gone": (partial(lose, "slips/", ".txt"), "不在包里"),
    "a payment file": (partial(spoil, "files/", ""), "的付款文件不在包里,或被改动"),
    "a payment file gone": (partial(lose, "files/", ""), "的付款文件不在包里,或被改动"),
    "a payment file more": (lambda parts: parts.update({"files/a.txt": b"1"}), "1 个付款文件不属于这一期"),
    "whom a roster names": (partial(another_cell, IN_HOME[0], IN_HOME[1]), ".roster.xlsx 与总账不符"),
    "whose money is whose": (partial(another_cell, "2 人", "3 人"), ".roster.xlsx 与总账不符"),
    "a roster gone": (partial(lose, "rosters/", ""), ".roster.xlsx 不在包里"),
    "a roster that is none": (lambda parts: parts.update({one_of(parts, "rosters/"): b"x"}), "读不下去"),
    "a roster with a declaration": (partial(another_cell, "<worksheet", "<!DOCTYPE a><worksheet"), "读不下去"),
    "a roster more": (lambda parts: parts.update({"rosters/a.xlsx": b"1"}), "1 份供养人员名单不属于这一期"),
    "an entry of the log": (partial(tell, "log.json", lambda log: log[1].update(actor="别人")), "第 2 条的内容被改动"),
    "an entry gone": (partial(tell, "log.json", lambda log: log.pop(2)), "审计记录第 3 条缺失"),
    "the end of the log": (partial(tell, "log.json", lambda log: log.pop()), "结账记录与各期封存不是同样的"),
    "the seal": (partial(tell, "seals.json", lambda seals: seals[0].update(reason="好")), "的封存被改动"),
    "the month": (partial(tell, "package.json", lambda about: about.update(pay_month="2024-06")), "清单写的 pay_month"),
    "no seal": (partial(tell, "seals.json", list.clear), "不是完整的封存包"),
    "nonsense": (lambda parts: parts.update({"log.json": b"{"}), "不是完整的封存包"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_changed_is_found_also_where_the_list_of_contents_was_made_to_fit(closed, package, tmp_path, what):
    act, told = TAMPERED[what]
    shutil.copy(package.with_name(packaging.CHECKER.name), tmp_path)
    parts = parts_of(package)
    assert check(packed(tmp_path / "same.zip", parts))[0] == 0
    act(parts)
    code, said = check(packed(tmp_path / "other.zip", parts))
    assert code > 0
    assert told in said


AGREED = {
    "who signed": (partial(change, "approval", "officer", homes.RELEASER), "不是三个人"),
    "what is owed": (partial(change, "obligation", "amount_fen", "1"), "付出的多于应付的"),
    "what a line pays": (partial(change, "instruction", "amount_fen", "1"), "笔数或金额与明细不符"),
    "a return hidden": (partial(change, "bank_event", "event", "unknown"), "没有最终答复的笔数或金额与封存不符"),
    "whose answer": (partial(change, "bank_event", "source_digest", "0" * 64), "条回盘的文件不在包里"),
    "what was signed": (partial(change, "approval", "content_digest", "0" * 64), "所签的不是它的内容"),
    "which file": (partial(change, "batch_event", "file_digest", "0" * 64), "的付款文件不在包里"),
    "a remark": (partial(change, "instruction", "name", "别人"), "所给的链尾不是这个包的"),
}


@pytest.mark.parametrize("what", AGREED)
def test_a_month_forged_through_to_its_seal_contradicts_itself_or_what_was_printed(closed, package, tmp_path, what):
    act, told = AGREED[what]
    shutil.copy(package.with_name(packaging.CHECKER.name), tmp_path)
    parts = parts_of(package)
    act(parts)
    seal_anew(parts)
    forged = packed(tmp_path / "forged.zip", parts)
    code, said = check(forged, "--head", closed[1].packages[0].head)
    assert code == 1
    assert told in said
    assert "所给的链尾不是这个包的" in said
    assert check(forged, "--seal", closed[1].packages[0].seal.digest)[0] == 1


def test_a_damaged_file_and_a_part_that_is_there_twice_are_found(package, tmp_path):
    shutil.copy(package.with_name(packaging.CHECKER.name), tmp_path)
    whole = package.read_bytes()
    with zipfile.ZipFile(package) as opened:
        places = [info.header_offset + 30 + len(info.filename.encode()) for info in opened.infolist()][::7]
    for place in places:  # where a part's own bytes begin
        (tmp_path / "flipped.zip").write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert check(tmp_path / "flipped.zip")[0] > 0
    (tmp_path / "cut.zip").write_bytes(whole[:-1000])
    assert check(tmp_path / "cut.zip")[0] == 2
    shutil.copy(package, tmp_path / "twice.zip")
    with zipfile.ZipFile(tmp_path / "twice.zip", "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr(one_of(opened.namelist(), "files/"), b"another")
    assert check(tmp_path / "twice.zip")[0] == 1


@pytest.fixture
def copied(closed, tmp_path):
    """The closed home, to be spoilt."""
    return homes.copied(closed[0], tmp_path / "home")


def package_in(home):
    return home.sealed / homes.COUNTY / f"{homes.COUNTY}-2024-07-01.zip"


def again(home):
    return closing.package_month(home, homes.COUNTY, JULY, CHECKER)


def test_a_lost_package_is_written_again_byte_by_byte_whatever_came_after_the_seal(copied):
    before = package_in(copied).read_bytes()
    answer(copied, "退票.csv", (instructions(copied)[0], "退票", "已销户"))
    shutil.rmtree(copied.sealed)
    shutil.rmtree(copied.outbox)  # the bank has the files; the book gives them again
    (told,) = again(copied).packages
    assert package_in(copied).read_bytes() == before
    assert told.digest == hashlib.sha256(before).hexdigest()
    assert closing.close_month(copied, homes.COUNTY, JULY, CHECKER).seals == ()
    with homes.opened(copied.database_url) as book:
        assert breaches(book) == []


def test_another_package_in_its_place_is_kept_and_told(copied):
    package_in(copied).write_bytes(b"another")
    with pytest.raises(BookError, match="已有的封存包与总账现在给出的不同"):
        again(copied)
    assert package_in(copied).read_bytes() == b"another"


def test_what_cannot_be_packed_any_more_is_told_and_nothing_half_written_is_left(copied):
    shutil.rmtree(copied.sealed)
    original = next((copied.store / "received").glob("*.csv"))
    content = original.read_bytes()
    for spoilt in (content + b"x", None):
        original.write_bytes(spoilt) if spoilt else original.unlink()
        with pytest.raises(BookError, match="封存包"):
            again(copied)
        assert not package_in(copied).exists()
    original.write_bytes(content)
    assert len(again(copied).packages) == 1


def test_only_a_checker_writes_a_package_again(copied):
    with pytest.raises(NotAllowedError):
        closing.package_month(copied, homes.COUNTY, JULY, MAKER)
