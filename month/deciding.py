"""The stages that decide: facts, what the law owes under each benefit, and coordination. Nothing is posted."""

from __future__ import annotations

import polars as pl

import calculators
from contracts.codes import Benefit, Outcome
from contracts.columns import empty
from contracts.tables import Entitled
from month.month import Counts, Month, total_fen


def work_out_facts(month: Month) -> Counts:
    """Read from the registers what holds for each person in each computed month."""
    plan = calculators.facts(month.registers, month.rules, month.scope, month.booked.lazy())
    table = month.tables.write("facts", plan.collect().sort("person_no", "benefit_month"))
    return {"行数": table.height, "人数": table["person_no"].n_unique()}


def entitle(month: Month, benefit: Benefit) -> Counts:
    """What the law owes under one benefit, before exclusions, claims, suspensions and choose-higher."""
    rules = month.rules.benefits.get(benefit)
    rows = (
        calculators.CALCULATORS[benefit](month.tables.scan("facts"), rules).collect().sort("person_no", "benefit_month")
        if rules
        else empty(Entitled)
    )
    month.tables.write(f"entitled_{benefit}", rows)
    return {"行数": rows.height, "人数": rows["person_no"].n_unique(), "应享金额": total_fen(rows["would_be_fen"])}


def coordinate(month: Month) -> Counts:
    """Exclusions, claims, suspensions and choose-higher: one outcome per person, benefit and month."""
    entitled = pl.concat([month.tables.scan(f"entitled_{benefit}") for benefit in Benefit])
    rows = (
        calculators.coordinate(entitled, month.registers, month.scope)
        .collect()
        .sort("person_no", "benefit", "benefit_month")
    )
    month.tables.write("coordinated", rows)
    month.tables.write("rate_catalogue", month.rules.catalogue)
    counts = dict(rows["outcome"].value_counts().iter_rows())
    return {
        "行数": rows.height,
        "人数": rows["person_no"].n_unique(),
        **{outcome.label: counts.get(outcome.value, 0) for outcome in Outcome if outcome is not Outcome.NOT_MET},
        "应发金额": total_fen(rows["amount_fen"]),
    }
