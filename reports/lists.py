"""The lists a run leaves for the clerk, as workbooks.

Who is held and why, what was corrected on which ground, what only an officer can settle, whose standard nobody has set,
which register rows were refused, and which are in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from contracts.codes import Benefit, Doubt, GapDecision, HoldCode, HoldGround, RefusalCode, SameGround
from contracts.columns import headers, polars_schema
from contracts.registers import FILE_LABELS
from contracts.tables import DoubtfulRow, HoldExport, RefusedRow, SamePeopleExport, UnsetExport
from ledger import exports, holds, identity, people
from ledger.book import Book
from payments import grounds
from reports import corrections
from reports.tables import write_table

LEAFED_THROUGH = 100_000  # rows; a longer workbook takes minutes to write and nobody reads it
HELD = {
    "person_id": "身份证号",
    "name": "姓名",
    "township": "乡镇",
    "village": "村社区",
    "phone": "联系电话",
    "benefits": "项目",
    "code": "暂缓",
    "reason": "原因",
    "advice": "怎么办",
    "held_fen": "暂缓金额",
    "since": "起始日",
    "hold_ids": "编号",
    "command": "办理命令",
}
ReadTable = Callable[[str], pl.DataFrame]


def write_lists(book: Book, folder: Path, county: str, pay_month: date, read: ReadTable) -> list[Path]:
    """Write what the book has to say of a month, as workbooks in `folder`; a list without rows has none.

    `read` gives a table of the run: accepted_population, same_people, gone_people, beyond_window.
    """
    population = read("accepted_population")
    proposed = same_people(book, county, read("same_people"), read("gone_people"), population)
    lives = where_they_live(population)
    return written(
        folder,
        ("same_people", proposed, "疑为同一人", headers(SamePeopleExport)),
        ("held", held_people(book, county, population), "暂缓人员", HELD),
        (
            "action_required",
            corrections.action_required(book, county, pay_month, read("beyond_window"), lives),
            "须人工处理",
            corrections.ACTIONS,
        ),
        ("corrections", corrections.corrections(book, county, pay_month, lives), "更正", corrections.CORRECTIONS),
        (
            "standard_not_set",
            people_without_standard(book, county, pay_month, population),
            "标准未设定",
            headers(UnsetExport),
        ),
    )


def write_register_lists(book: Book, folder: Path, read: ReadTable) -> list[Path]:
    """Write what is wrong with the registers of a month, as workbooks in `folder`; a list without rows has none.

    `read` gives a table of the run: refused_rows, doubtful_rows.
    """
    doubtful = {"person_id": "身份证号", **headers(DoubtfulRow)}
    return written(
        folder,
        ("refused", refused_rows(read("refused_rows")), "拒收行", headers(RefusedRow)),
        ("doubtful", doubtful_rows(book, read("doubtful_rows")), "存疑行", doubtful),
    )


def written(folder: Path, *listed: tuple[str, pl.DataFrame, str, Mapping[str, str]]) -> list[Path]:
    """Write lists (name, rows, sheet, titles); one too long to leaf through as CSV, and no stale file of it is left."""
    paths = []
    for name, rows, sheet, titles in listed:
        sheet_file, text_file = folder / f"{name}.xlsx", folder / f"{name}.csv"
        path, other = (sheet_file, text_file) if rows.height <= LEAFED_THROUGH else (text_file, sheet_file)
        for stale in (other, *([path] if rows.is_empty() else [])):
            stale.unlink(missing_ok=True)
        if not rows.is_empty():
            paths.append(write_table(rows, path, titles, sheet))
    return paths


def held_people(book: Book, county: str, population: pl.DataFrame) -> pl.DataFrame:
    """One row for each person of whom anything is held: columns of HELD, in order of township.

    The money is counted once, however many holds cover it. `population`: the accepted register.
    """
    benefits = {benefit.value: benefit.label for benefit in Benefit}
    codes = {code.value: code.label for code in HoldCode}
    joined = {"hold_ids": "、", "reason": ";", "advice": ";", "command": "\n"}
    return (
        held_for_programs(book, county, population)
        .with_columns(
            pl.col("hold_ids").list.eval(pl.element().cast(pl.String)),
            code=pl.col("codes").list.eval(pl.element().replace(codes)).list.join(";"),
            benefits=pl.col("benefits").list.eval(pl.element().replace(benefits)).list.join("、"),
        )
        .with_columns(pl.col(name).list.join(between) for name, between in joined.items())
        .select(HELD.keys())
    )


def held_for_programs(book: Book, county: str, population: pl.DataFrame) -> pl.DataFrame:
    """As held_people, in codes and lists: hold_ids, codes (HoldCode), benefits, reason, advice, command.

    Beside them person_id, name, township, village, phone, since and held_fen. What only waits for its pay month asks
    nothing of anybody, and is left out.
    """
    with book.reading() as conn:
        money = exports.held_once(conn, county)
    asking = _worded(book, county, population).filter(pl.col("code") != HoldCode.NOT_YET_DUE.value)
    rows = asking.with_columns(pl.col("code").cast(pl.String), command=_way_out(county))
    told = rows.group_by("person_no", "person_id", "name", "township", "village", "phone").agg(
        hold_ids=pl.col("hold_id").sort(),
        since=pl.col("since").min(),
        codes=pl.col("code").unique(maintain_order=True),
        **{name: pl.col(name).unique(maintain_order=True) for name in ("reason", "advice", "command")},
    )
    return (
        told.join(money, on="person_no", how="left")
        .with_columns(pl.col("held_fen").fill_null(0), pl.col("benefits").fill_null([]))
        .drop("person_no")
        .sort("township", "village", "person_id", nulls_last=True)
    )


def _way_out(county: str) -> pl.Expr:
    """The command that ends a hold, with both choices where a register gap asks for a decision."""
    both = "|".join(decision.value for decision in GapDecision)
    is_gap = pl.col("ground") == HoldGround.GAP.value
    decision = pl.when(is_gap).then(pl.lit(f" --decision {both}")).otherwise(pl.lit(""))
    return pl.format("disburse hold lift {} --county {}{} --reason 理由 --as 姓名", "hold_id", pl.lit(county), decision)


def holds_told(book: Book, county: str, population: pl.DataFrame) -> pl.DataFrame:
    """Every open hold with whom it concerns, why, what to do and how much it keeps back: HoldExport, by township.

    `population`: the accepted register.
    """
    rows = _worded(book, county, population)
    return rows.select(polars_schema(HoldExport).names()).sort("township", "village", "person_id", nulls_last=True)


def _worded(book: Book, county: str, population: pl.DataFrame) -> pl.DataFrame:
    """Open holds (ledger.exports.holds) in an officer's words, with who and where their people are."""
    with book.reading() as conn:
        rows = exports.holds(conn, county)
    evidence = rows.select("code", "ground", "subject", "detail")
    wordings = [grounds.told(code, grounds.Ground(*ground)) for code, *ground in evidence.iter_rows()]
    by_rule = pl.Series([worded.reason for worded in wordings], dtype=pl.String)
    said = pl.col("reason").replace("", None)  # an officer's own words, where an officer placed it
    return rows.with_columns(
        reason=pl.coalesce(said, by_rule), advice=pl.Series([one.advice for one in wordings], dtype=pl.String)
    ).join(where_they_live(population), on="person_no", how="left", maintain_order="left")


def same_people(
    book: Book, county: str, proposed: pl.DataFrame, gone: pl.DataFrame, population: pl.DataFrame
) -> pl.DataFrame:
    """Numbers that may be one person's, which of them waits and what to do: SamePeopleExport, by township.

    `proposed`: SamePeople of the run, `gone`: its GonePerson, `population`: its accepted register. What an officer has
    decided since is left out.
    """
    with book.reading() as conn:
        known, waiting = identity.of_county(conn, county), holds.open_holds(conn, county)
        numbers = people.identities(conn, pl.concat([proposed.select(person_no=name) for name in _PAIR]))
    open_ones = proposed.join(known.apart, on=_PAIR, how="anti").filter(
        pl.col("person_no").replace(known.head_of) != pl.col("other_no").replace(known.head_of)
    )
    whose = waiting.filter(pl.col("ground") == HoldGround.SAME_PERSON.value)["person_no"]
    ids = dict(numbers.iter_rows())
    labels = {one.value: one.label for one in SameGround}
    named = pl.concat([gone, population.select(gone.columns)]).unique("person_no", keep="last", maintain_order=True)
    one, other = (pl.col(name).replace_strict(ids, return_dtype=pl.String) for name in _PAIR)
    told = (
        open_ones.join(named, on="person_no", how="left")
        .join(where_they_live(population).drop("name"), on="person_no", how="left")
        .with_columns(
            person_id=one,
            other_id=other,
            absent=_those(pl.col("is_gone"), one, pl.col("is_other_gone"), other),
            held=_those(
                pl.col("person_no").is_in(whose.implode()), one, pl.col("other_no").is_in(whose.implode()), other
            ),
            evidence=pl.col("evidence").str.split("+").list.eval(pl.element().replace(labels)).list.join("、"),
            advice=pl.lit(
                f"是同一人:disburse person join - - --county {county} --document 凭据 --as 姓名;"
                f"是两个人:disburse person split - - --county {county} --document 凭据 --as 姓名"
            ),
        )
    )
    return told.select(polars_schema(SamePeopleExport).names()).sort(
        "township", "village", "person_id", nulls_last=True
    )


_PAIR = ["person_no", "other_no"]


def _those(is_one: pl.Expr, one: pl.Expr, is_other: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Whichever of two identity numbers it is true of, or both."""
    return pl.concat_str(pl.when(is_one).then(one), pl.when(is_other).then(other), separator="、", ignore_nulls=True)


def people_without_standard(book: Book, county: str, pay_month: date, population: pl.DataFrame) -> pl.DataFrame:
    """Who meets a benefit of the month whose standard nobody has set: UnsetExport, benefits in Chinese, by township."""
    with book.reading() as conn:
        rows = exports.without_standard(conn, county, pay_month)
    labels = {benefit.value: benefit.label for benefit in Benefit}
    told = rows.with_columns(pl.col("benefit").cast(pl.String).replace(labels))
    return (
        told.join(where_they_live(population), on="person_no", how="left")
        .select(polars_schema(UnsetExport).names())
        .sort("benefit", "township", "village", "person_id", nulls_last=True)
    )


def where_they_live(population: pl.DataFrame) -> pl.DataFrame:
    """person_no, name, township, village, phone; of several rows the last."""
    of_each = population.unique("person_no", keep="last", maintain_order=True)
    return of_each.select("person_no", "name", "township", "village", "phone")


def doubtful_rows(book: Book, doubtful: pl.DataFrame) -> pl.DataFrame:
    """Doubtful rows (DoubtfulRow) in Chinese words, with whom each is about in place of the internal number.

    Nobody's of an institution's row.
    """
    with book.reading() as conn:
        identities = people.identities(conn, doubtful.select("person_no").drop_nulls())
    labels = {doubt.value: doubt.label for doubt in Doubt}
    told = doubtful.join(identities, on="person_no", how="left", maintain_order="left").drop("person_no")
    return told.select("person_id", pl.all().exclude("person_id")).with_columns(
        pl.col("register").replace(FILE_LABELS), pl.col("doubt").cast(pl.String).replace(labels)
    )


KIND = "kind"  # of what did not fit of an answer
MISSING = "缺失"
# What an officer calls the ways in which a line of an answer does not fit; any other cannot be read.
KINDS = {
    RefusalCode.ANSWER_UNPLACED: "外来",
    RefusalCode.ANSWER_AMOUNT: "金额不符",
    RefusalCode.ANSWER_ACCOUNT: "账号不符",
    RefusalCode.ANSWER_PAYEE: "收款人不符",
    RefusalCode.ANSWER_TWICE: "重复",
    RefusalCode.ANSWER_CONTRADICTS: "前后矛盾",
}
UNREADABLE = "读不出"


def answer_list(refused: pl.DataFrame, missing: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """The rows of an answer that were not noted (refused_rows, with `kind` before), and of each kind how many.

    `missing`: lines that it should have answered, which are a kind of their own.
    """
    names = {code.label: name for code, name in KINDS.items()}
    told = refused_rows(refused)
    kind = pl.col("code").replace_strict(names, default=UNREADABLE, return_dtype=pl.String).alias(KIND)
    listed = told.select(kind, pl.all())
    counted = dict(listed[KIND].value_counts().iter_rows())
    order = (*KINDS.values(), UNREADABLE)
    kinds = {name: counted[name] for name in order if name in counted}
    return listed, kinds | ({MISSING: missing.height} if missing.height else {})


def refused_rows(refused: pl.DataFrame) -> pl.DataFrame:
    """Refused rows in Chinese words, in order of file and row, the rows that are no data last.

    Without the internal number.
    """
    labels = {code.value: code.label for code in RefusalCode}
    return (
        refused.drop("person_no")
        .with_columns(pl.col("register").replace(FILE_LABELS), pl.col("code").cast(pl.String).replace(labels))
        .sort(
            pl.col("code") == RefusalCode.NOT_DATA.label,
            "register",
            "source_file",
            "source_sheet",
            "source_row",
            maintain_order=True,
        )
    )
