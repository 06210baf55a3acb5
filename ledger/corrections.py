"""Grounds of corrections: why a month that was decided before is decided again. Printed with every such posting.

A ground is worked out, never typed: from the two decisions, and from what the two runs were made from.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from contracts.codes import CorrectionGround, Outcome
from contracts.manifest import Manifest

PERSON_MONTH = ["person_no", "benefit_month"]
LATE = (Outcome.NOT_CLAIMED.value, Outcome.SUSPENDED.value)  # ended by a paper that came later, not by a wrong one


@dataclass(frozen=True)
class Reviewed:
    """About whom officers have decided: of their register gaps, and of their numbers (person_no)."""

    gaps: pl.DataFrame
    numbers: pl.DataFrame


def with_corrections(
    keys: pl.DataFrame, manifest: Manifest, before: Manifest | None, reviewed: Reviewed
) -> pl.DataFrame:
    """Add `correction` (CorrectionGround): null where the month is decided for the first time, in its turn.

    `keys`: as ledger.differences.touched_keys. `before`: the manifest of the county's last run, None for its first.
    """
    if before is None:
        return keys.with_columns(correction=pl.lit(None, CorrectionGround.dtype()))
    months = before.computed_months()
    was_computed = pl.col("benefit_month").is_between(months[0], months[-1])
    same_law = manifest.pack_digest == before.pack_digest
    people = []
    if manifest.decisions_digest != before.decisions_digest:
        people.append(reviewed.gaps.select("person_no"))
    if manifest.identity_digest != before.identity_digest:
        people.append(reviewed.numbers.select("person_no"))
    same_registers = manifest.registers == before.registers and not people
    looked_at = pl.concat([keys.select("person_no").clear(), *people]).unique()
    marked = keys.join(looked_at.with_columns(is_reviewed=True), on="person_no", how="left")
    is_reviewed = pl.col("is_reviewed").fill_null(False)
    is_first = pl.col("old_version_no") == 0
    has_left = ~pl.col("is_alive") | ~pl.col("is_registered")
    outcomes = (pl.col("outcome").cast(pl.String), pl.col("old_outcome").cast(pl.String))
    came_late = (outcomes[0].is_in(LATE) | outcomes[1].is_in(LATE)) & outcomes[0].ne_missing(outcomes[1])
    has_other_facts = pl.col("fact_code").ne_missing(pl.col("old_fact_code"))
    has_other_rate = pl.col("rate_no").ne_missing(pl.col("old_rate_no"))
    corrected, law = _ground(CorrectionGround.CORRECTED_FACT), _ground(CorrectionGround.LAW_CHANGED)
    ground = (
        pl.when(is_reviewed)
        .then(_ground(CorrectionGround.REVIEW_DECISION))
        .when(is_first | ~pl.col("is_changed") | has_left.fill_null(False) | came_late)
        .then(_ground(CorrectionGround.LATE_FACT))
        .when(has_other_facts.any().over(PERSON_MONTH))
        .then(corrected)
        .when(has_other_rate.any().over(PERSON_MONTH) | pl.lit(not same_law))
        .then(law)
        .otherwise(_ground(CorrectionGround.OUR_ERROR) if same_registers else corrected)
    )
    return marked.with_columns(correction=pl.when(~is_first | was_computed).then(ground)).drop("is_reviewed")


def _ground(ground: CorrectionGround) -> pl.Expr:
    return pl.lit(ground.value, CorrectionGround.dtype())
