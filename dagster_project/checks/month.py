"""The checks of a month: every table against its contract, and heads and sums at every hop."""

import dagster as dg
import polars as pl

from contracts.codes import Benefit, Outcome
from contracts.registers import INBOX_FILES, accepted, evidenced_population
from contracts.tables import (
    Coordinated,
    DoubtfulRow,
    Entitled,
    Facts,
    IntakeCount,
    ListedChange,
    Matched,
    Payable,
    RefusedRow,
)
from dagster_project.checks.build import Finding, blocking_check, broken_rules, contract_check, warning_check
from ledger import batches, holds, totals
from month.month import EVIDENCED_POPULATION, Month

KEY = ["person_no", "benefit", "benefit_month"]


def month_checks() -> list[dg.AssetChecksDefinition]:
    """All of them, each blocking what comes after."""
    return [
        *(
            contract_check(f"accepted_{register}", f"accepted_{register}", accepted(register))
            for register in INBOX_FILES
        ),
        *(
            blocking_check(
                f"accepted_{register}",
                "nothing_is_lost",
                "来文行数 = 收下 + 拒收 + 合并 Every row counted",
                _counted(register),
            )
            for register in INBOX_FILES
        ),
        *(
            warning_check(
                f"accepted_{register}",
                "usable",
                "报送的文件整个能用 The file handed in can be used",
                unusable(register),
            )
            for register in INBOX_FILES
        ),
        contract_check(EVIDENCED_POPULATION, EVIDENCED_POPULATION, evidenced_population()),
        blocking_check(
            EVIDENCED_POPULATION,
            "nobody_revived",
            "人口一人不少,死亡日期只会提前 Nobody is lost, and a day of death only moves forward",
            revived,
        ),
        contract_check(EVIDENCED_POPULATION, "matched", Matched.to_schema(), "matched_contract"),
        contract_check("refused_rows", "refused_rows", RefusedRow.to_schema()),
        contract_check("refused_rows", "doubtful_rows", DoubtfulRow.to_schema(), "doubtful_contract"),
        contract_check("refused_rows", "list_changes", ListedChange.to_schema(), "list_changes_contract"),
        contract_check("facts", "facts", Facts.to_schema()),
        *(contract_check(f"entitled_{b}", f"entitled_{b}", Entitled.to_schema()) for b in Benefit),
        contract_check("coordinated", "coordinated", Coordinated.to_schema()),
        blocking_check(
            "coordinated",
            "heads_and_sums",
            "核定与各项应享逐行相符 As many rows and as much money as entitled",
            hop_to_coordinated,
        ),
        blocking_check(
            "coordinated",
            "one_winner",
            "择高组内每人每月至多一项应发 At most one winner per group",
            more_than_one_winner,
        ),
        blocking_check(
            "posted",
            "book_equals_entitled",
            "应付 − 撤回 − 应追回 = 应发,逐键 Booked equals owed, key by key",
            hop_to_posted,
        ),
        contract_check("payable", "payable", Payable.to_schema()),
        blocking_check(
            "payable", "heads_and_sums", "未付 = 可付 + 暂缓 Unpaid equals payable plus held", hop_to_payable
        ),
        blocking_check("batch", "heads_and_sums", "文件 = 批次 = 可付 File equals batch equals payable", hop_to_batch),
    ]


def _counted(register: str) -> Finding:
    def find(month: Month) -> dict[str, int | str]:
        return broken_rules(IntakeCount.to_schema(), month.stage.read(f"counts_{register}"))

    return find


def unusable(register: str) -> Finding:
    """The month of a register's file that cannot be used, and of the rows that stand instead."""

    def find(month: Month) -> dict[str, int | str]:
        counts = month.stage.read(f"counts_{register}").row(0, named=True)
        if not counts["is_refused_whole"]:
            return {}
        return {"不能使用的收件月": counts["inbox_month"], "采用的收件月": counts["standing_month"] or "没有可用的"}

    return find


def revived(month: Month) -> dict[str, int | str]:
    """People whom the match lists lost, or whose day of death they took away or put off."""
    before, after = (
        month.stage.read(table).group_by("person_no").agg(pl.col("died_on").min())
        for table in ("accepted_population", EVIDENCED_POPULATION)
    )
    joined = before.join(after.with_columns(is_kept=True), on="person_no", how="left")
    later = pl.col("died_on_right").is_null() | (pl.col("died_on_right") > pl.col("died_on"))
    found = {
        "丢失的人数": joined["is_kept"].null_count(),
        "死亡日期推后的人数": joined.filter(pl.col("died_on").is_not_null() & later).height,
    }
    return {label: count for label, count in found.items() if count}


def hop_to_coordinated(month: Month) -> dict[str, int | str]:
    """Every entitled row came through, with its would-be amount."""
    entitled = pl.concat([month.stage.scan(f"entitled_{benefit}") for benefit in Benefit])
    before = entitled.select(pl.len(), pl.col("would_be_fen").sum()).collect().row(0)
    after = month.stage.scan("coordinated").select(pl.len(), pl.col("would_be_fen").sum()).collect().row(0)
    return {} if before == after else {"应享行数": before[0], "核定行数": after[0]}


def more_than_one_winner(month: Month) -> dict[str, int | str]:
    """Person-months in which a choose-higher group pays twice."""
    paid = month.stage.scan("coordinated").filter(
        pl.col("outcome") == Outcome.ENTITLED.value, pl.col("choose_group").is_not_null()
    )
    twice = paid.group_by("person_no", "benefit_month", "choose_group").len().filter(pl.col("len") > 1).collect()
    return {"多于一项的人月": twice.height} if twice.height else {}


def hop_to_posted(month: Month) -> dict[str, int | str]:
    """Keys of the window whose booked money is not what is owed; keys without a known amount are left out."""
    if month.is_replay:
        return {}
    window = month.manifest.window()
    with month.book.reading() as conn:
        booked = totals.booked(conn, month.manifest.county, window[0], window[-1])
    owed = month.stage.read("coordinated").filter(pl.col("benefit_month").is_in(window))
    joined = owed.select(*KEY, "amount_fen").join(booked, on=KEY, how="full", coalesce=True)
    known = joined.join(owed.filter(pl.col("amount_fen").is_null()), on=KEY, how="anti").fill_null(0)
    wrong = known.filter(pl.col("amount_fen") != pl.col("booked_fen"))
    return {"不相等的键": wrong.height} if wrong.height else {}


def hop_to_payable(month: Month) -> dict[str, int | str]:
    """Money of the book that is neither payable nor held."""
    if month.is_replay:
        return {}
    with month.book.reading() as conn:
        county = month.manifest.county
        unpaid, waiting = batches.unpaid(conn, county), holds.open_holds(conn, county)
    rows = month.stage.read("payable")
    of_people = unpaid.join(waiting.filter(pl.col("obligation_id").is_null()), on="person_no", how="semi")
    held = pl.concat([waiting.select("obligation_id").drop_nulls(), of_people.select("obligation_id")])
    lost = unpaid.join(rows, on="obligation_id", how="anti").join(held, on="obligation_id", how="anti")
    twice = rows.join(held, on="obligation_id", how="semi")
    found = {"下落不明的笔数": lost.height, "既可付又暂缓的笔数": twice.height}
    return {label: count for label, count in found.items() if count}


def hop_to_batch(month: Month) -> dict[str, int | str]:
    """Payable money that is in no live batch, and the other way round."""
    if month.is_replay:
        return {}
    with month.book.reading() as conn:
        unpaid = batches.unpaid(conn, month.manifest.county)
    claimed = unpaid.filter(pl.col("live_batch_id").is_not_null())
    rows = month.stage.read("payable")
    found = {
        "可付未编批的笔数": rows.join(claimed, on="obligation_id", how="anti").height,
        "已编批不可付的笔数": claimed.join(rows, on="obligation_id", how="anti").height,
        "金额之差(分)": int(claimed["pays_fen"].sum() or 0) - int(rows["pays_fen"].sum() or 0),
    }
    return {label: count for label, count in found.items() if count}
