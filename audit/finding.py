"""From evidence rows to findings: one for each rule and person, known again by what it rests on.

A finding's number is a digest of the rule, the person and the details by benefit. Further months of the same, and the
money they add, are the same finding; another day of death, another certificate, another benefit are not. So an officer
is not asked twice about one thing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import polars as pl

from audit.evidence import Evidence
from audit.rules import LIMIT, RULES, Rule
from contracts.codes import AuditRule, FindingDecision
from contracts.columns import empty, polars_schema
from contracts.policy import AuditSetting
from contracts.tables import AuditFinding

DIGITS = 12  # of the digest: two findings of a county with the same number are not to be expected


def find(evidence: Evidence, settings: Mapping[AuditRule, AuditSetting]) -> pl.DataFrame:
    """AuditFinding of every rule that can be checked, by rule and person. `settings`: of every rule, by the pack.

    A finding stops the batch where its rule does and something of the person would be paid next: what waits anyway
    stops nobody else's money.
    """
    looking = [rule for rule in RULES.values() if rule.find]
    paid, *found = pl.collect_all(
        [evidence.due.select("person_no").unique(), *(_rows(rule, evidence, settings[rule.code]) for rule in looking)]
    )
    parts = [
        _findings(rows, settings[rule.code], paid["person_no"])
        for rule, rows in zip(looking, found, strict=True)
        if not rows.is_empty()
    ]
    return pl.concat([empty(AuditFinding), *parts])


def undecided(findings: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """The findings that an officer has yet to decide, or that go on being wrong until the register is put right.

    `decisions`: finding_id, decision, of those that count in the month. A finding that stops the batch goes on stopping
    it while it is to be corrected.
    """
    waits = pl.col("is_blocking") & (pl.col("decision") == FindingDecision.CORRECT.value)
    told = findings.join(decisions.select("finding_id", "decision"), on="finding_id", how="left", maintain_order="left")
    return told.filter(pl.col("decision").is_null() | waits).drop("decision")


def _rows(rule: Rule, evidence: Evidence, setting: AuditSetting) -> pl.LazyFrame:
    assert rule.find is not None
    return rule.find(**{name: setting.limit if name == LIMIT else getattr(evidence, name) for name in rule.reads})


def _findings(rows: pl.DataFrame, setting: AuditSetting, paid: pl.Series) -> pl.DataFrame:
    grounds = pl.concat_str(pl.col("benefit").cast(pl.String).fill_null(""), pl.lit(" "), "detail")
    of_each = rows.group_by("person_no").agg(
        benefits=pl.col("benefit").drop_nulls().unique().sort().cast(pl.String).str.join("+"),
        first_month=pl.col("benefit_month").min(),
        last_month=pl.col("benefit_month").max(),
        months=pl.col("benefit_month").drop_nulls().n_unique().cast(pl.Int64),
        amount_fen=pl.col("amount_fen").sum(),
        evidence=pl.col("detail").unique().sort().str.join(";"),
        grounds=grounds.unique().sort().str.join("\n"),
    )
    told = of_each.with_columns(
        finding_id=pl.struct("person_no", "grounds").map_elements(
            lambda of: _number(setting.rule, of["person_no"], of["grounds"]), return_dtype=pl.String
        ),
        rule=pl.lit(setting.rule.value),
        is_blocking=pl.col("person_no").is_in(paid.implode()) & setting.is_blocking,
    )
    schema = polars_schema(AuditFinding)
    return told.select(pl.col(name).cast(dtype) for name, dtype in schema.items()).sort("person_no")


def _number(rule: AuditRule, person_no: int, grounds: str) -> str:
    return hashlib.sha256(f"{rule.value}\n{person_no}\n{grounds}".encode()).hexdigest()[:DIGITS]
