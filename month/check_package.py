"""封存包核对:只用 Python 标准库,不用 disburse 程序,也不用它的数据库。Checks the package of a sealed month by itself.

    python3 check_package.py 410721-2024-07-01.zip [--head 结账时印出的链尾] [--seal 结账时印出的封存摘要]

Exit code 0: everything holds; 1: something does not; 2: the package cannot be read. Nothing is written.

A package proves that its parts belong together. Whether it is the one that was sealed, only what was printed when the
month was closed can prove: give it with --head or --seal.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

FORMAT = "sealed-month-1"
CONTENTS = "package.json"
NOTHING = "\\N"  # of a table, where there is nothing
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FIRST = "0" * 64  # what stands before the first entry of the chain
CHAINED = ("entry_id", "county", "actor", "system_user", "action", "object", "detail_json", "recorded_at", "prev_hash")
SEALED = (
    "seal_id",
    "cycle_id",
    "county",
    "tables_json",
    "unanswered_count",
    "unanswered_fen",
    "unanswered_digest",
    "officer",
    "system_user",
    "reason",
    "sealed_at",
    "previous_digest",
)
SIGNATURES = ("made", "approved", "released")
SHOWN = 5  # findings of one check that are told one by one
Row = dict[str, str]
Cells = tuple[str, ...]
Findings = Iterable[str]

csv.field_size_limit(1 << 30)


def digest_of(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


class Package:
    """A package, its parts read one at a time."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self.opened = opened
        self.names = [info.filename for info in opened.infolist()]
        self.told: dict[str, Any] = json.loads(self.read(CONTENTS))
        self.seals: list[dict[str, Any]] = json.loads(self.read("seals.json"))
        self.log: list[dict[str, Any]] = json.loads(self.read("log.json"))
        self.seal = self.seals[-1]
        self._rows: dict[str, list[Row]] = {}
        self.tables: dict[str, dict[str, Any]] = json.loads(self.seal["tables_json"])

    def read(self, name: str) -> bytes:
        """A part's bytes."""
        return self.opened.read(name)

    def has(self, name: str) -> bool:
        """Whether there is such a part."""
        return name in self.names

    def below(self, folder: str) -> list[str]:
        """The parts of a folder, in order."""
        return sorted(name for name in self.names if name.startswith(f"{folder}/"))

    def stems(self, folder: str) -> set[str]:
        """The names of the parts of a folder, without their endings: what lies there by its digest."""
        return {name.rpartition("/")[2].partition(".")[0] for name in self.below(folder)}

    def rows(self, table: str) -> list[Row]:
        """The rows of a table of the book; `\\\\N` is nothing."""
        name = f"book/{table}.csv"
        if table not in self._rows and self.has(name):
            self._rows[table] = list(csv.DictReader(io.StringIO(self.read(name).decode(), newline="")))
        return self._rows.get(table, [])

    def entries(self, *actions: str) -> set[str]:
        """What the entries of these actions are about."""
        return {entry["object"] for entry in self.log if entry["action"] in actions}


def parts(package: Package) -> Findings:
    """Every part is the one that the list of contents names, none is missing and none more."""
    if package.told.get("format") != FORMAT:
        yield f"不是认得的封存包格式:{package.told.get('format')}"
    listed = {part["path"]: part for part in package.told["parts"]}
    for name, count in Counter(package.names).items():
        if count > 1:
            yield f"{name} 在包里有 {count} 份"
        if name != CONTENTS and name not in listed:
            yield f"{name} 不在清单上"
    for name, part in listed.items():
        if not package.has(name):
            yield f"缺少 {name}"
        elif digest_of(package.read(name)) != part["sha256"]:
            yield f"{name} 与清单的摘要不符"


def seals(package: Package) -> Findings:
    """Every seal of the county is what it says, and follows the one before."""
    before = ""
    for seal in package.seals:
        name = f"{seal['pay_month']} 第 {seal['sequence']} 期"
        told = json.dumps([seal[field] for field in SEALED], ensure_ascii=False)
        if digest_of(told.encode()) != seal["digest"]:
            yield f"{name} 的封存被改动"
        if seal["previous_digest"] != before:
            yield f"{name} 的封存与上一期不相连"
        before = seal["digest"]
    for name in ("county", "pay_month", "sequence"):
        if package.told[name] != package.seal[name]:
            yield f"清单写的 {name} 与封存不同"
    if package.told["seal"] != package.seal["digest"]:
        yield "清单写的封存摘要不是这一期的"


def tables(package: Package) -> Findings:
    """Every table holds the rows that were sealed."""
    for name, told in package.tables.items():
        path = f"book/{name}.csv"
        if not package.has(path):
            yield f"缺少 {path}"
        elif digest_of(package.read(path)) != told["digest"]:
            yield f"{path} 不是封存时的内容"
        elif len(package.rows(name)) != told["rows"]:
            yield f"{path} 的行数与封存不符"
    for path in package.below("book"):
        if path[len("book/") : -len(".csv")] not in package.tables:
            yield f"{path} 不在封存之列"


def chain(package: Package) -> Findings:
    """The audit chain is whole from its first entry to the one that closed the month, and every seal stands in it."""
    number, before = 1, FIRST
    for entry in package.log:
        told = json.dumps(chained(entry), ensure_ascii=False)
        if entry["entry_id"] != number:
            yield f"审计记录第 {number} 条缺失或次序不对"
        if entry["prev_hash"] != before:
            yield f"审计记录第 {entry['entry_id']} 条与上一条不相连"
        if digest_of(told.encode()) != entry["hash"]:
            yield f"审计记录第 {entry['entry_id']} 条的内容被改动"
        number, before = entry["entry_id"] + 1, entry["hash"]
    if before != package.told["head"]:
        yield "审计链尾不是清单所写的"
    closed = [
        json.loads(entry["detail_json"]).get("seal")
        for entry in package.log
        if entry["action"] == "close" and entry["county"] == package.seal["county"]
    ]
    if closed != [seal["digest"] for seal in package.seals]:
        yield "审计链上的结账记录与各期封存不是同样的"


def chained(entry: dict[str, Any]) -> list[Any]:
    """What an entry's hash is over: how its officer was known too, where it was asked."""
    known_by = entry.get("known_by")
    return [entry[name] for name in CHAINED] + ([] if known_by is None else [known_by])


def inputs(package: Package) -> Findings:
    """Every run has its manifest, registers, layouts and law, each the very bytes it names."""
    for folder in ("received", "layouts", "profiles", "slips"):
        for name in package.below(folder):
            if digest_of(package.read(name)) != name.rpartition("/")[2].partition(".")[0]:
                yield f"{name} 的内容与其摘要不符"
    for digest in slips_in(package.log, package.seal["county"], package.seal["pay_month"]) - package.stems("slips"):
        yield f"对账单 {digest} 不在包里"
    received, layouts, law = package.stems("received"), package.stems("layouts"), laws(package)
    for run in package.rows("run"):
        name = f"第 {run['run_id']} 次运行"
        if digest_of(run["manifest_json"].encode()) != run["manifest_digest"]:
            yield f"{name} 的清单与其摘要不符"
        manifest = json.loads(run["manifest_json"])
        if manifest["pack_digest"] not in law:
            yield f"{name} 所用的政策不在包里,或被改动"
        for register in manifest["registers"]:
            for file_digest, layout_digest in files_of(package, register):
                if file_digest not in received:
                    yield f"{name} 的 {register['name']} 名册原件不在包里"
                if layout_digest and layout_digest not in layouts:
                    yield f"{name} 读 {register['name']} 名册的版式不在包里"


def slips_in(log: list[dict[str, Any]], county: str, pay_month: str) -> set[str]:
    """The control slips of a month that the log names, by digest."""
    mine = (one for one in log if one["action"] == "reconcile" and one["county"] == county)
    return {json.loads(one["detail_json"])["slip"] for one in mine if one["object"].endswith(f" {pay_month}")}


def files_of(package: Package, register: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The digests of a register's files and of their layouts; of one in parts those of its list, and the list's own."""
    if not register["file_digest"]:
        return
    yield register["file_digest"], register.get("layout_digest", "")
    listing = f"received/{register['file_digest']}.parts"
    if register["file_name"].endswith(".parts") and package.has(listing):
        for part in json.loads(package.read(listing)):
            yield part["file_digest"], part["layout_digest"]


def laws(package: Package) -> set[str]:
    """The digests of the policies that are in the package, worked out from their files."""
    by_law: dict[str, list[tuple[int, list[str], str]]] = defaultdict(list)
    for name in package.below("packs"):
        _, digest, root, below = name.split("/", 3)
        by_law[digest].append((int(root), below.split("/"), name))
    found = set()
    for law in by_law.values():
        told = hashlib.sha256()
        for number, path, name in sorted(law):
            content = package.read(name)
            told.update(f"{number}\0{'/'.join(path)}\0{len(content)}\0".encode() + content)
        found.add(told.hexdigest())
    return found


def batches(package: Package) -> Findings:
    """A batch is the sum of its lines, a line the sum of what it pays, and nothing is paid beyond what is owed."""
    lines = package.rows("instruction")
    of_batch: dict[str, list[Row]] = defaultdict(list)
    for line in lines:
        of_batch[line["batch_id"]].append(line)
    for batch in package.rows("batch"):
        mine = of_batch.pop(batch["batch_id"], [])
        if len(mine) != int(batch["line_count"]) or sum(map(fen_of, mine)) != int(batch["total_fen"]):
            yield f"批次 {batch['batch_id']} 的笔数或金额与明细不符"
    yield from (f"批次 {name} 只有明细" for name in of_batch)
    paid: Counter[str] = Counter()
    live: Counter[str] = Counter()
    came_back = {event["instruction_id"] for event in package.rows("bank_event") if event["event"] == "returned"}
    released, voided = signed(package, "released"), voided_batches(package)
    batch_of = {line["instruction_id"]: line["batch_id"] for line in lines}
    for item in package.rows("instruction_item"):
        paid[item["instruction_id"]] += fen_of(item)
        if batch_of.get(item["instruction_id"]) in released and item["instruction_id"] not in came_back:
            live[item["obligation_id"]] += fen_of(item)
    for line in lines:
        if paid[line["instruction_id"]] != fen_of(line):
            yield f"指令 {line['instruction_id']} 的金额与所付各款之和不符"
    owed = {one["obligation_id"]: fen_of(one) for one in package.rows("obligation")}
    for number, fen in live.items():
        if number in owed and fen > owed[number]:
            yield f"应付款 {number} 付出的多于应付的"
    yield from (f"批次 {name} 既放行又作废" for name in sorted(released & voided))


def files(package: Package) -> Findings:
    """Every payment file that went out is the one the book has, by the bank profile it was made with."""
    digests = {digest_of(package.read(name)) for name in package.below("files")}
    released, profiles = signed(package, "released"), package.stems("profiles")
    rendered = {
        event["batch_id"]: event["file_digest"]
        for event in package.rows("batch_event")
        if event["event"] == "rendered" and event["batch_id"] in released
    }
    for batch in package.rows("batch"):
        if batch["batch_id"] not in released:
            continue
        if rendered.get(batch["batch_id"]) not in digests:
            yield f"批次 {batch['batch_id']} 的付款文件不在包里,或被改动"
        if batch["profile_digest"] not in profiles:
            yield f"批次 {batch['batch_id']} 所用的银行格式不在包里"
    if extra := digests - set(rendered.values()):
        yield f"有 {len(extra)} 个付款文件不属于这一期"


def rosters(package: Package) -> Findings:
    """Beside every file that pays institutions stands a roster: of each line whom the book paid by it, then its sum."""
    expected = rosters_in_book(package)
    for name, rows in expected.items():
        if not package.has(name):
            yield f"{name} 不在包里"
        elif roster_in(package.read(name)) != rows:
            yield f"{name} 与总账不符"
    if extra := set(package.below("rosters")) - set(expected):
        yield f"有 {len(extra)} 份供养人员名单不属于这一期"


def rosters_in_book(package: Package) -> dict[str, Counter[Cells]]:
    """Of every roster its rows as the book has them: line, instruction, institution, account, person, number, yuan."""
    released = signed(package, "released")
    names = {one["batch_id"]: one["file_name"] for one in package.rows("batch_event") if one["event"] == "rendered"}
    lines = {
        line["instruction_id"]: line
        for line in package.rows("instruction")
        if line["person_id"] == NOTHING and line["batch_id"] in released
    }
    people: dict[str, list[Row]] = defaultdict(list)
    for item in package.rows("instruction_item"):
        if item["instruction_id"] in lines and item.get("person_id", NOTHING) != NOTHING:
            people[item["instruction_id"]].append(item)
    told: dict[str, Counter[Cells]] = defaultdict(Counter)
    for instruction_id, items in people.items():
        line = lines[instruction_id]
        of_line = (line["line_no"], instruction_id, line["name"], line["account_no"])
        rows = told[f"rosters/{names[line['batch_id']]}.roster.xlsx"]
        rows.update((*of_line, item["name"], item["person_id"], yuan_of(item)) for item in items)
        rows[(*of_line, "本行合计", f"{len({item['person_id'] for item in items})} 人", yuan_of(line))] += 1
    return told


def roster_in(workbook: bytes) -> Counter[Cells]:
    """The rows of a roster below its headers, as rosters_in_book; what the book has only in other words is left out."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as opened:
        sheet = opened.read("xl/worksheets/sheet1.xml")
    if b"<!" in sheet:
        raise ValueError("工作表里有声明")
    rows = ElementTree.fromstring(sheet).iter(f"{SHEET}row")  # noqa: S314 - without a declaration nothing can expand
    read = [["".join(cell.itertext()) for cell in row.iter(f"{SHEET}c")] for row in rows]
    return Counter((*cells[:6], format(Decimal(cells[9]), ".2f")) for cells in read[1:])


def yuan_of(row: Row) -> str:
    """The amount of a row in yuan, with two decimals."""
    return format(Decimal(fen_of(row)) / 100, ".2f")


def approvals(package: Package) -> Findings:
    """What went out was made, approved and released by three people over one content, and the log says so."""
    content = {batch["batch_id"]: batch["content_digest"] for batch in package.rows("batch")}
    logged = {step: package.entries(step) for step in SIGNATURES[1:]}
    by: dict[str, dict[str, str]] = defaultdict(dict)
    for one in package.rows("approval"):
        by[one["batch_id"]][one["step"]] = one["officer"]
        if one["content_digest"] != content.get(one["batch_id"]):
            yield f"批次 {one['batch_id']} 所签的不是它的内容"
        if one["step"] in logged and one["batch_id"] not in logged[one["step"]]:
            yield f"批次 {one['batch_id']} 的签署不在审计链上"
    for name in signed(package, "released"):
        officers = [by[name].get(step) for step in SIGNATURES]
        if None in officers or len(set(officers)) < len(SIGNATURES):
            yield f"批次 {name} 的经办、批准、放行不是三个人"
    waiting = set(content) - signed(package, "released") - voided_batches(package)
    yield from (f"批次 {name} 既未放行也未作废" for name in sorted(waiting))


def answers(package: Package) -> Findings:
    """Every answer comes from a file of the package or a refused order, and what is open is what the seal says."""
    kept = package.stems("received")
    known = kept | {derived(f"inferred {digest}") for digest in kept}
    known |= {derived(f"refused order {order['batch_id']}") for order in package.rows("refused_order")}
    logged = package.entries("results") | {
        derived(f"refused order {batch_id}") for batch_id in package.entries("refused_order")
    }
    lines = {line["instruction_id"]: line for line in package.rows("instruction")}
    final = set()
    for event in package.rows("bank_event"):
        if event["source_digest"] not in known:
            yield f"第 {event['event_id']} 条回盘的文件不在包里"
        if event["source_digest"] not in logged:
            yield f"第 {event['event_id']} 条回盘不在审计链上"
        if event["instruction_id"] not in lines:
            yield f"第 {event['event_id']} 条回盘不是这一期的"
        if event["event"] != "unknown":
            final.add(event["instruction_id"])
    released = signed(package, "released")
    still = [line for line in lines.values() if line["batch_id"] in released and line["instruction_id"] not in final]
    if len(still) != package.seal["unanswered_count"] or sum(map(fen_of, still)) != package.seal["unanswered_fen"]:
        yield "没有最终答复的笔数或金额与封存不符"


def derived(text: str) -> str:
    """The digest of an answer that no file has of its own."""
    return digest_of(text.encode())


def signed(package: Package, step: str) -> set[str]:
    """The batches that have a signature."""
    return {one["batch_id"] for one in package.rows("approval") if one["step"] == step}


def voided_batches(package: Package) -> set[str]:
    """The batches that were given up before they went out."""
    return {event["batch_id"] for event in package.rows("batch_event") if event["event"] == "voided"}


def fen_of(row: Row) -> int:
    """The amount of a row."""
    return int(row["amount_fen"])


CHECKS: tuple[tuple[str, Callable[[Package], Findings], Callable[[Package], int]], ...] = (
    ("包内各件与清单相符", parts, lambda package: len(package.told["parts"])),
    ("各期封存未改动、首尾相连", seals, lambda package: len(package.seals)),
    ("总账各表是封存时的内容", tables, lambda package: len(package.tables)),
    ("审计链完整,结账记录在链上", chain, lambda package: len(package.log)),
    ("名册原件、版式、政策、对账单与记录相符", inputs, lambda package: len(package.rows("run"))),
    ("批次、指令、明细各处之和相等", batches, lambda package: len(package.rows("instruction"))),
    ("付款文件与总账登记的相符", files, lambda package: len(package.below("files"))),
    ("供养人员名单与总账相符", rosters, lambda package: len(package.below("rosters"))),
    ("经办、批准、放行为三人,所签即所发", approvals, lambda package: len(package.rows("approval"))),
    ("回盘有来源,未答复的与封存相符", answers, lambda package: len(package.rows("bank_event"))),
)
BROKEN = (
    zipfile.BadZipFile,
    ElementTree.ParseError,
    ArithmeticError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    NotImplementedError,
    OSError,
)


def check(package: Package, head: str, seal: str) -> Iterator[tuple[str, int, list[str]]]:
    """Every check: what it looked at, how much of it, what is wrong with it. A part that cannot be read is wrong."""
    for what, find, count in CHECKS:
        try:
            yield what, count(package), list(find(package))
        except BROKEN as broken:
            yield what, 0, [f"读不下去:{type(broken).__name__} {broken}"]
    for label, given, told in (("链尾", head, package.told.get("head")), ("封存摘要", seal, package.told.get("seal"))):
        if given:
            wrong = [] if str(told).startswith(given) else [f"所给的{label}不是这个包的"]
            yield f"{label}与结账时印出的相同", 1, wrong


def main(given: list[str]) -> int:
    """Check one package and say what was looked at; the exit code."""
    options = argparse.ArgumentParser(description="核对封存包,只看不动")
    options.add_argument("package", help="封存包(zip)")
    options.add_argument("--head", default="", help="结账时印出的审计链尾,至少前 16 位")
    options.add_argument("--seal", default="", help="结账时印出的封存摘要,至少前 16 位")
    asked = options.parse_args(given)
    if any(0 < len(text) < 16 for text in (asked.head, asked.seal)):
        options.error("摘要至少写前 16 位")
    try:
        with zipfile.ZipFile(asked.package) as opened:
            package = Package(opened)
            print(f"{package.told['county']} {package.told['pay_month']} 第 {package.told['sequence']} 期")
            found = list(check(package, asked.head.lower(), asked.seal.lower()))
    except BROKEN as broken:
        print(f"不是完整的封存包:{type(broken).__name__} {broken}")
        return 2
    for what, count, problems in found:
        print(f"{'✗' if problems else '✓'} {what}({count})")
        for problem in problems[:SHOWN]:
            print(f"    {problem}")
        if len(problems) > SHOWN:
            print(f"    另有 {len(problems) - SHOWN} 处")
    wrong = sum(len(problems) for _, _, problems in found)
    print(f"有 {wrong} 处不符" if wrong else f"核对相符;封存摘要 {package.told['seal']};链尾 {package.told['head']}")
    if not (asked.head or asked.seal):
        print("没有给出结账时印出的链尾或封存摘要:只核对了各件之间相符,请再用 --head 或 --seal 核对一次")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
