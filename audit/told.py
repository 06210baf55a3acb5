"""Findings in officers' words: the list by department and township, and how far each rule could be checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from audit.rules import KEPT, RULES
from contracts.codes import AuditRule, Benefit, Department, FindingDecision
from contracts.policy import AUDIT_LIMITS, AuditSetting

LISTED = {
    "owner": "责任部门",
    "township": "乡镇",
    "village": "村社区",
    "name": "姓名",
    "person_id": "身份证号",
    "rule": "疑点",
    "finding_id": "编号",
    "evidence": "证据",
    "benefits": "项目",
    "period": "所属月",
    "amount_fen": "涉及金额",
    "effect": "未办理时",
    "state": "办理",
    "ground": "依据",
}
CHECKED = {
    "rule": "疑点",
    "owner": "责任部门",
    "state": "核查",
    "found": "查出人数",
    "open": "未办理",
    "effect": "未办理时",
    "limit": "界限",
    "ground": "依据",
    "source": "规则出处",
}
STOPS, WARNS = "不编批", "提示"
OPEN = "未办理"


def told(
    findings: pl.DataFrame, decisions: pl.DataFrame, identities: pl.DataFrame, lives: pl.DataFrame
) -> pl.DataFrame:
    """Columns of LISTED, by department, township and rule; the undecided first.

    `findings`: AuditFinding. `decisions`: ledger.findings.decided. `identities`: person_no, person_id. `lives`:
    person_no, name, township, village.
    """
    benefits = {benefit.value: benefit.label for benefit in Benefit}
    first, last = (pl.col(name).dt.strftime("%Y-%m") for name in ("first_month", "last_month"))
    period = pl.when(pl.col("first_month") == pl.col("last_month")).then(first)
    rows = (
        findings.with_columns(pl.col("rule").cast(pl.String))
        .join(decisions.drop("rule"), on="finding_id", how="left")
        .join(identities, on="person_no", how="left")
        .join(lives.select("person_no", "name", "township", "village"), on="person_no", how="left")
    )
    return (
        rows.with_columns(
            owner=_of_rule({rule.code: rule.owner.label for rule in RULES.values()}),
            ground=_of_rule({rule.code: rule.ground for rule in RULES.values()}),
            benefits=pl.col("benefits").str.split("+").list.eval(pl.element().replace(benefits)).list.join("、"),
            period=period.otherwise(pl.format("{} 至 {}(共 {} 个月)", first, last, "months")),
            effect=pl.when("is_blocking").then(pl.lit(STOPS)).otherwise(pl.lit(WARNS)),
            state=_state(),
        )
        .sort("owner", "township", pl.col("state") != OPEN, "rule", "village", "person_id", nulls_last=True)
        .with_columns(rule=_of_rule({rule: f"{rule.value} {rule.label}" for rule in AuditRule}))
        .select(*LISTED)
    )


def by_department(rows: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """The list of each department that has anything on it, without its own name. `rows`: as told()."""
    order = [one.label for one in Department]
    parts = {str(owner): part for (owner,), part in rows.partition_by("owner", as_dict=True).items()}
    return [(owner, parts[owner].drop("owner")) for owner in order if owner in parts]


def checked(
    findings: pl.DataFrame,
    undecided: pl.DataFrame,
    settings: Mapping[AuditRule, AuditSetting],
    records: Collection[str],
) -> pl.DataFrame:
    """Every rule with how far it could be checked and what it found: columns of CHECKED.

    `undecided`: of the findings those that are. `records`: which of audit.rules.KEPT there are any of.
    """
    found, left = (dict(rows.group_by(pl.col("rule").cast(pl.String)).len().rows()) for rows in (findings, undecided))
    return pl.DataFrame(
        [
            {
                "rule": f"{code.value} {code.label}",
                "owner": rule.owner.label,
                "state": rule.state(records),
                "found": found.get(code.value, 0) if rule.find else None,
                "open": left.get(code.value, 0) if rule.find else None,
                "effect": (STOPS if settings[code].is_blocking else WARNS) if rule.find else "",
                "limit": f"{settings[code].limit} {AUDIT_LIMITS[code]}" if settings[code].limit is not None else "",
                "ground": rule.ground,
                "source": settings[code].source,
            }
            for code, rule in RULES.items()
        ],
        schema=dict.fromkeys(CHECKED, pl.String()) | {"found": pl.Int64(), "open": pl.Int64()},
    )


def by_rule(findings: pl.DataFrame, decisions: pl.DataFrame, undecided: pl.DataFrame) -> list[dict[str, Any]]:
    """What was found and how it was decided, by rule, those that stop the batch first; nobody is named.

    rule and owner in words, people, fen, and of the findings how many are held, corrected, accepted and open.
    """
    of = findings.with_columns(pl.col("rule").cast(pl.String)).join(
        decisions.select("finding_id", "decision"), on="finding_id", how="left"
    )
    is_open = pl.col("finding_id").is_in(undecided["finding_id"].implode())
    counts = {one.value: (pl.col("decision") == one.value).sum().cast(pl.Int64) for one in FindingDecision}
    sums = of.group_by("rule").agg(
        stops=pl.col("is_blocking").any(),
        people=pl.col("person_no").n_unique().cast(pl.Int64),
        fen=pl.col("amount_fen").sum(),
        open=is_open.sum().cast(pl.Int64),
        **counts,
    )
    told = sums.sort("stops", "rule", descending=[True, False]).with_columns(
        owner=_of_rule({rule.code: rule.owner.label for rule in RULES.values()}),
        rule=_of_rule({rule: f"{rule.value} {rule.label}" for rule in AuditRule}),
    )
    return told.to_dicts()


def not_checked(records: Collection[str]) -> tuple[str, ...]:
    """The rules that nothing lets anybody check, each with what is lacking. `records`: as of checked()."""
    lacking = {rule: f"缺{rule.lacks}" for rule in RULES.values() if rule.find is None and not rule.held_by}
    lacking |= {rule: KEPT[rule.kept] for rule in RULES.values() if rule.kept and rule.kept not in records}
    return tuple(f"{rule.code.value} {rule.code.label}({why})" for rule, why in lacking.items())


def _of_rule(words: Mapping[AuditRule, str]) -> pl.Expr:
    return pl.col("rule").replace_strict({rule.value: word for rule, word in words.items()}, return_dtype=pl.String)


def _state() -> pl.Expr:
    labels = {one.value: one.label for one in FindingDecision}
    decision, day = pl.col("decision").cast(pl.String).replace(labels), pl.col("recorded_at").str.head(10)
    last = pl.col("until_month").dt.strftime("%Y-%m").fill_null("")
    until = pl.when(last == "").then(pl.lit("")).otherwise(pl.format("到 {}", last))
    said = pl.format("{}{}:{}({} {})", decision, until, "reason", "officer", day)
    return pl.when(pl.col("decision").is_null()).then(pl.lit(OPEN)).otherwise(said)
