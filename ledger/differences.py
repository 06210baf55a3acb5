"""What is owed minus what was booked: pure subtraction on frames, no database.

In     the run's decisions (Coordinated, Facts) and the book's side of the same keys
Out    `Differences`: what a run would write
A key is (person_no, benefit, benefit_month). Money is never netted over months or people.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from contracts.codes import Cause, CorrectionGround, Kind, Outcome
from contracts.fact_code import encode
from contracts.manifest import Manifest
from ledger.versions import BASIS, KEY

PERSON_MONTH = ["person_no", "benefit_month"]


@dataclass(frozen=True)
class SetOffRule:
    """Which benefits recover old receivables from later months, up to how much of a month; off unless a county says so.

    `dead` (person_no): people known to have died, from whom nothing is taken.
    """

    benefits: tuple[str, ...] = ()
    per_mille: int = 0
    dead: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"person_no": pl.Int64}))


@dataclass(frozen=True)
class Decided:
    """What a run decided: its manifest, Coordinated of all computed months, RateCatalogue, and Facts.

    `groups`: benefit, benefit_month, group of each benefit that the law of the month puts in a choose group, also of
    one that nobody has a row of any more. `ground`: why every key is decided again, where that is known beforehand.
    """

    manifest: Manifest
    coordinated: pl.DataFrame
    catalogue: pl.DataFrame
    facts: pl.DataFrame
    groups: pl.DataFrame
    set_off: SetOffRule = SetOffRule()
    ground: CorrectionGround | None = None


@dataclass(frozen=True)
class Differences:
    """What a run writes. All frames but the last have KEY and amount_fen.

    `set_offs` name a receivable and an obligation (its key is the receivable's); `voided`: batches that wait with an
    obligation of which something is taken off. `beyond_window`: KEY, booked_fen, entitled_fen, listed and not booked.
    """

    versions: pl.DataFrame
    obligations: pl.DataFrame
    withdrawals: pl.DataFrame
    receivables: pl.DataFrame
    set_offs: pl.DataFrame
    voided: tuple[str, ...]
    beyond_window: pl.DataFrame
    unset: pl.DataFrame  # KEY, version_no, amount_fen booked: the standard is no longer set, and nothing is taken back

    @property
    def left_to_recover(self) -> pl.DataFrame:
        """The receivables less what is set off against them at once; those of which nothing is left are dropped."""
        taken = self.set_offs.group_by("receivable_id").agg(taken_fen=pl.col("amount_fen").sum())
        left = pl.col("amount_fen") - pl.col("taken_fen").fill_null(0)
        joined = self.receivables.join(taken, on="receivable_id", how="left", maintain_order="left")
        return joined.with_columns(amount_fen=left).drop("taken_fen").filter(pl.col("amount_fen") > 0)

    @property
    def has_money(self) -> bool:
        """Whether anything is owed more, taken back or asked back."""
        return any(not part.is_empty() for part in (self.obligations, self.withdrawals, self.receivables))

    @property
    def has_rows(self) -> bool:
        """Whether the book would be written to at all."""
        return self.has_money or not (self.versions.is_empty() and self.set_offs.is_empty())


def touched_keys(decided: Decided, versions: pl.DataFrame, rates: pl.DataFrame, anew: pl.DataFrame) -> pl.DataFrame:
    """The keys whose basis changed, and those to be looked at anew in any case.

    `versions`: the newest ones. `rates`: rate_id, rate_no. `anew`: KEY. Gives the decided row with its old_ basis,
    old_version_no (0: none) and is_changed; a key that has no row any more is NOT_MET.
    """
    now = decided.coordinated.join(rates, on="rate_id", how="left").with_columns(is_decided=True)
    before = versions.rename({name: f"old_{name}" for name in (*BASIS, "version_no")})
    both = now.join(before, on=KEY, how="full", coalesce=True, nulls_equal=False)
    is_gone = pl.col("is_decided").is_null()
    was_gone = (pl.col("old_outcome") == Outcome.NOT_MET.value).fill_null(False)
    has_other_basis = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"old_{name}")) for name in BASIS)
    is_changed = pl.when(is_gone).then(~was_gone).otherwise(has_other_basis)
    compared = both.with_columns(is_changed=is_changed)
    changed = compared.filter("is_changed")
    others = anew.select(KEY).unique().join(changed, on=KEY, how="anti")
    unchanged = others.join(compared, on=KEY, how="left").with_columns(pl.col("is_changed").fill_null(False))
    touched = pl.concat([changed, unchanged.select(changed.columns)])
    return _as_not_met(touched, decided.facts).with_columns(pl.col("old_version_no").fill_null(0))


def _as_not_met(touched: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Fill in the decision where a key has no row: NOT_MET, nothing owed, on the month's facts where there are any."""
    known = facts.join(touched, on=PERSON_MONTH, how="semi").select(
        *PERSON_MONTH, "is_alive", "is_registered", encoded=encode()
    )
    is_gone = pl.col("is_decided").is_null()
    return touched.join(known, on=PERSON_MONTH, how="left").with_columns(
        outcome=pl.when(is_gone).then(pl.lit(Outcome.NOT_MET.value, Outcome.dtype())).otherwise("outcome"),
        amount_fen=pl.when(is_gone).then(0).otherwise("amount_fen"),
        would_be_fen=pl.when(is_gone).then(0).otherwise("would_be_fen"),
        fact_code=pl.when(is_gone).then(pl.col("encoded").fill_null(0)).otherwise("fact_code"),
        is_to_institution=pl.col("is_to_institution").fill_null(False),
    )


def numbered_within_families(touched: pl.DataFrame, versions: pl.DataFrame, families: pl.DataFrame) -> pl.DataFrame:
    """The same with old_version_no the greatest of any number that was ever counted together with the key's.

    A withdrawal names the version that made it, and may be of money booked under another number of the person.
    `families`: person_no, family_no.
    """
    if families.is_empty():
        return touched
    by = ["family_no", "benefit", "benefit_month"]
    greatest = versions.join(families, on="person_no").group_by(by).agg(family_version_no=pl.col("version_no").max())
    told = touched.join(families, on="person_no", how="left").join(greatest, on=by, how="left")
    return told.with_columns(pl.max_horizontal("old_version_no", "family_version_no").alias("old_version_no")).drop(
        "family_no", "family_version_no"
    )


def with_delta(touched: pl.DataFrame, booked: pl.DataFrame) -> pl.DataFrame:
    """Add booked_fen and delta_fen = owed − booked; null where no standard is set, which books nothing either way.

    `booked`: KEY, booked_fen.
    """
    joined = touched.join(booked, on=KEY, how="left").with_columns(pl.col("booked_fen").fill_null(0))
    return joined.with_columns(delta_fen=pl.col("amount_fen") - pl.col("booked_fen"))


def new_versions(keys: pl.DataFrame) -> pl.DataFrame:
    """A version for each key whose basis changed or whose money differs, in the order of the book."""
    is_new = pl.col("is_changed") | (pl.col("delta_fen") != 0).fill_null(False)
    return (
        keys.filter(is_new)
        .select(
            *KEY,
            "outcome",
            "amount_fen",
            "would_be_fen",
            "winner",
            "rate_id",
            "fact_code",
            "correction",
            version_no=_NEXT,
        )
        .sort("benefit_month", "person_no", "benefit")
    )


def new_obligations(keys: pl.DataFrame, manifest: Manifest, first_id: int) -> pl.DataFrame:
    """More is owed than was booked: regular for the pay month itself, arrears for an earlier one."""
    is_regular = pl.col("benefit_month") == manifest.pay_month
    kind = pl.when(is_regular).then(pl.lit(Kind.REGULAR.value)).otherwise(pl.lit(Kind.ARREARS.value))
    return (
        keys.filter(pl.col("delta_fen") > 0)
        .sort("benefit_month", "person_no", "benefit")
        .select(
            pl.int_range(first_id, first_id + pl.len()).alias("obligation_id"),
            *KEY,
            kind.cast(Kind.dtype()).alias("kind"),
            _NEXT.alias("version_no"),
            pl.col("delta_fen").alias("amount_fen"),
            "choose_group",
            "is_to_institution",
            "institution_id",
        )
    )


def new_withdrawals(keys: pl.DataFrame, booked: pl.DataFrame) -> pl.DataFrame:
    """Less is owed than was booked: first what has not gone out is withdrawn, the youngest obligation first.

    `booked`: the obligations of these keys (ledger.fate).
    """
    too_much = keys.filter(pl.col("delta_fen") < 0).select(*KEY, "cause", "version_no", need_fen=-pl.col("delta_fen"))
    left = booked.filter(pl.col("pays_fen") > 0).select(*KEY, "obligation_id", "pays_fen", "live_batch_id")
    taken = (
        left.join(too_much, on=KEY)
        .sort("obligation_id", descending=True)
        .with_columns(younger_fen=pl.col("pays_fen").cum_sum().over(KEY) - pl.col("pays_fen"))
        .with_columns(amount_fen=pl.min_horizontal("pays_fen", pl.col("need_fen") - pl.col("younger_fen")))
    )
    columns = ("obligation_id", *KEY, "version_no", "amount_fen", "cause", "live_batch_id")
    return taken.filter(pl.col("amount_fen") > 0).select(columns).sort("obligation_id")


def new_receivables(keys: pl.DataFrame, withdrawals: pl.DataFrame, booked: pl.DataFrame, first_id: int) -> pl.DataFrame:
    """What could not be withdrawn has gone out, and is owed back."""
    withdrawn = withdrawals.group_by(KEY).agg(withdrawn_fen=pl.col("amount_fen").sum())
    groups = booked.drop_nulls("choose_group").group_by(KEY).agg(booked_group=pl.col("choose_group").first())
    return (
        keys.filter(pl.col("delta_fen") < 0)
        .join(withdrawn, on=KEY, how="left")
        .join(groups, on=KEY, how="left")
        .with_columns(amount_fen=-pl.col("delta_fen") - pl.col("withdrawn_fen").fill_null(0))
        .filter(pl.col("amount_fen") > 0)
        .sort("benefit_month", "person_no", "benefit")
        .select(
            pl.int_range(first_id, first_id + pl.len()).alias("receivable_id"),
            *KEY,
            "version_no",
            "amount_fen",
            pl.coalesce("choose_group", "booked_group").alias("choose_group"),
            "cause",
        )
    )


def with_causes(keys: pl.DataFrame) -> pl.DataFrame:
    """Add version_no (the new one) and cause: why less is owed, the first that holds in the month."""
    outcome, is_same_facts = pl.col("outcome"), pl.col("fact_code").eq_missing(pl.col("old_fact_code"))
    has_other_rate = pl.col("old_rate_no").is_not_null() & pl.col("rate_no").ne_missing(pl.col("old_rate_no"))
    is_entitled = outcome == Outcome.ENTITLED.value
    cause = (
        pl.when(~pl.col("is_alive"))
        .then(pl.lit(Cause.DEATH.value))
        .when(~pl.col("is_registered"))
        .then(pl.lit(Cause.MOVED_OUT.value))
        .when(outcome.is_in([Outcome.EXCLUDED.value, Outcome.NOT_CLAIMED.value, Outcome.SUSPENDED.value]))
        .then(outcome.cast(pl.String))
        .when(outcome == Outcome.LOST_TO_HIGHER.value)
        .then(pl.lit(Cause.REPLACED.value))
        .when(is_entitled & is_same_facts & has_other_rate)
        .then(pl.lit(Cause.STANDARD_CHANGED.value))
        .when(is_entitled)
        .then(pl.lit(Cause.DATA_CORRECTED.value))
        .otherwise(pl.lit(Cause.INELIGIBLE.value))
    )
    return keys.with_columns(cause=cause.cast(Cause.dtype()), version_no=_NEXT)


def left_as_booked(keys: pl.DataFrame) -> pl.DataFrame:
    """What was booked for keys whose standard is not set any more: it stays booked, and nothing new is."""
    is_unset = (pl.col("outcome") == Outcome.STANDARD_NOT_SET.value) & (pl.col("booked_fen") > 0)
    return (
        keys.filter(is_unset)
        .select(*KEY, "version_no", amount_fen="booked_fen")
        .sort("benefit_month", "person_no", "benefit")
    )


def beyond_window(keys: pl.DataFrame) -> pl.DataFrame:
    """Differences of computed months that are too old to be booked."""
    return (
        keys.filter(pl.col("delta_fen") != 0)
        .select(*KEY, "booked_fen", entitled_fen=pl.col("amount_fen"))
        .sort("benefit_month", "person_no", "benefit")
    )


def cancelled(receivables: pl.DataFrame, unpaid: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Set uncollected receivables off against unpaid obligations: first of the same key, then of the same choose group.

    Always of one person and benefit month. `receivables`: receivable_id, KEY, choose_group, left_fen. `unpaid`:
    obligation_id, KEY, choose_group, pays_fen, live_batch_id. `groups`: benefit, benefit_month, group of the law, for
    rows that carry none. Gives receivable_id, obligation_id, amount_fen, KEY of the receivable, live_batch_id.
    """
    owed_back = _grouped(receivables.select("receivable_id", *KEY, "choose_group", "left_fen"), groups)
    owed = unpaid.select("obligation_id", *KEY, "choose_group", "pays_fen", "live_batch_id")
    owed = _grouped(owed.rename({"pays_fen": "left_fen"}), groups)
    of_key = _matched(owed_back, owed, KEY)
    of_group = _matched(
        _less(owed_back, of_key, "receivable_id"), _less(owed, of_key, "obligation_id"), [*PERSON_MONTH, "choose_group"]
    )
    pairs = pl.concat([of_key, of_group]).group_by("receivable_id", "obligation_id").agg(pl.col("amount_fen").sum())
    return (
        pairs.join(owed_back.select("receivable_id", *KEY), on="receivable_id")
        .join(owed.select("obligation_id", "live_batch_id"), on="obligation_id")
        .select("receivable_id", "obligation_id", "amount_fen", *KEY, "live_batch_id")
        .sort("receivable_id", "obligation_id")
    )


def deducted(receivables: pl.DataFrame, fresh: pl.DataFrame, cancelled: pl.DataFrame, rule: SetOffRule) -> pl.DataFrame:
    """Recover old receivables from the new regular obligations of the same person and benefit, as far as the rule goes.

    `receivables` (booked before this run): receivable_id, KEY, left_fen, waived_fen; the oldest first. `fresh`: this
    run's obligations. `cancelled`: what was set off already. Columns as `cancelled`.
    """
    by = ["person_no", "benefit"]
    collected = receivables.with_columns(left_fen=pl.col("left_fen") - pl.col("waived_fen"))
    back = _less(collected.select("receivable_id", *KEY, "left_fen"), cancelled, "receivable_id")
    cap = pl.col("amount_fen") * rule.per_mille // 1000
    may = fresh.filter(pl.col("kind") == Kind.REGULAR.value, pl.col("benefit").is_in(list(rule.benefits)))
    may = may.join(rule.dead, on="person_no", how="anti")
    owed = _less(may.select("obligation_id", *KEY, "amount_fen", left_fen="amount_fen"), cancelled, "obligation_id")
    owed = owed.with_columns(left_fen=pl.min_horizontal("left_fen", cap)).filter(pl.col("left_fen") > 0)
    months = owed.select(*by, paid_month="benefit_month").unique()
    earlier = back.join(months, on=by).filter(pl.col("benefit_month") < pl.col("paid_month"))
    pairs = _matched(earlier.drop("paid_month"), owed, by)
    return pairs.join(back.select("receivable_id", *KEY), on="receivable_id").select(
        "receivable_id", "obligation_id", "amount_fen", *KEY, live_batch_id=pl.lit(None, pl.String)
    )


def _grouped(rows: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    filled = rows.join(groups, on=["benefit", "benefit_month"], how="left", validate="m:1")
    filled = filled.with_columns(pl.coalesce("choose_group", "group"))
    return filled.drop("group")


def _matched(owed_back: pl.DataFrame, owed: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    """Oldest receivable against oldest obligation: both laid end to end, each pair takes the stretch it shares."""
    left = _end_to_end(owed_back, "receivable_id", by)
    right = _end_to_end(owed, "obligation_id", by)
    shared = pl.min_horizontal("to_fen", "to_fen_right") - pl.max_horizontal("from_fen", "from_fen_right")
    pairs = left.join(right, on=by).with_columns(amount_fen=shared)
    return pairs.filter(pl.col("amount_fen") > 0).select("receivable_id", "obligation_id", "amount_fen")


def _end_to_end(rows: pl.DataFrame, order: str, by: list[str]) -> pl.DataFrame:
    to_fen = pl.col("left_fen").cum_sum().over(by)
    return (
        rows.drop_nulls(by)
        .sort(order)
        .select(order, *by, (to_fen - pl.col("left_fen")).alias("from_fen"), to_fen.alias("to_fen"))
    )


def _less(rows: pl.DataFrame, taken: pl.DataFrame, by: str) -> pl.DataFrame:
    """What is left of the rows after the pairs took theirs."""
    sums = taken.group_by(by).agg(taken_fen=pl.col("amount_fen").sum())
    left = pl.col("left_fen") - pl.col("taken_fen").fill_null(0)
    return (
        rows.join(sums, on=by, how="left").with_columns(left_fen=left).drop("taken_fen").filter(pl.col("left_fen") > 0)
    )


_NEXT = pl.col("old_version_no") + 1
