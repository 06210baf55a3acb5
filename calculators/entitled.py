"""What the nine benefits share: their figures joined to the facts, their conditions kept, their rows finished."""

from __future__ import annotations

import polars as pl

from calculators.conditions import compiled, relaxed, words_in
from calculators.rounding import round_up
from calculators.scope import MONTH
from contracts.codes import Benefit, ChoiceGroup, Enrolment, PayeeRule, SupportMode, UnsetReason
from contracts.columns import polars_schema
from contracts.fact_code import encode, mask_of
from contracts.policy import BenefitRules
from contracts.tables import Entitled
from contracts.vocabulary import WORDS

EXCLUDED_BY = "p_excluded_by_"
UNIT = pl.col("p_round_up_to_fen")
# An amount the law prints, fen/person/month.
PUBLISHED = round_up(pl.col("p_amount_fen"), pl.col("p_amount_months"), UNIT)


def attach(facts: pl.LazyFrame, rules: BenefitRules) -> pl.LazyFrame:
    """The benefit's figures beside each row of facts, by month and keys; the rates' domain has every key, null too."""
    return facts.join(rules.rates.lazy(), on=[MONTH, *rules.keys], how="left", nulls_equal=True, validate="m:1")


def qualifying(facts: pl.LazyFrame, rules: BenefitRules) -> pl.LazyFrame:
    """Facts and figures of the person-months that meet the benefit's own conditions while it is not abolished."""
    return attach(facts.filter(relaxed(rules)), rules).filter(
        compiled(rules.when), ~pl.col("p_is_abolished").fill_null(False)
    )


def finish(qualified: pl.LazyFrame, rules: BenefitRules, owed_fen: pl.Expr) -> pl.LazyFrame:
    """The rows of one benefit (contracts.tables.Entitled), in no particular order.

    `owed_fen`, fen/person/month, is the benefit's arithmetic; it counts only where the standard is set.
    """
    is_to_institution = (pl.col("p_payee") == PayeeRule.INSTITUTION) & (
        pl.col("support_mode_code") == SupportMode.INSTITUTION
    )
    excluding = excluding_words(rules)
    seen = mask_of(words_in(rules.when) | set(excluding), rules.keys)
    told = qualified.with_columns(
        benefit=pl.lit(rules.benefit.value, Benefit.dtype()),
        would_be_fen=pl.when(pl.col("unset_code").is_null()).then(owed_fen),
        is_excluded=pl.any_horizontal(
            pl.lit(False), *(pl.col(f"{EXCLUDED_BY}{word}") & pl.col(WORDS[word].column) for word in excluding)
        ).fill_null(False),
        needs_claim=(pl.col("p_enrolment") == Enrolment.CLAIM).fill_null(False),
        start_rule=pl.col("p_start_rule").fill_null(""),
        choose_group=pl.col("p_choose_group").cast(ChoiceGroup.dtype()),
        tie_rank=pl.col("p_tie_rank").fill_null(0),
        is_to_institution=is_to_institution.fill_null(False),
        fact_code=encode() & seen,
    ).with_columns(
        unset_code=pl.when(pl.col("would_be_fen").is_null()).then(pl.col("unset_code").fill_null(UnsetReason.NOT_SET)),
        institution_id=pl.when("is_to_institution").then("institution_id"),
    )
    return told.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(Entitled).items())


def excluding_words(rules: BenefitRules) -> tuple[str, ...]:
    """The statuses that can exclude the benefit, as the rates name them (p_excluded_by_<word>)."""
    return tuple(name.removeprefix(EXCLUDED_BY) for name in rules.rates.columns if name.startswith(EXCLUDED_BY))
