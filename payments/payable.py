"""What is held back, and what can be paid to whom: unpaid obligations meet the registers of this month.

In: `unpaid` (ledger.batches.unpaid), the accepted registers, people's identity numbers. Out: `DesiredHold` and
`Payable` (contracts.tables). Money of an obligation is never split: it is held or payable as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from contracts.codes import HoldCode, HoldGround, Kind, Relationship
from contracts.columns import polars_schema
from contracts.tables import DesiredHold, Payable
from ledger import holds, returns
from payments import grounds
from payments.file_forms import Profile
from payments.instructions import HOUSEHOLD
from payments.misfits import misfits

PAYEE = ("payee_name", "payee_id", "relationship", "account_no", "bank_name", "bank_code")


def desired_holds(
    unpaid: pl.DataFrame,
    registers: Mapping[str, pl.DataFrame],
    identities: pl.DataFrame,
    gaps: pl.DataFrame,
    matches: pl.DataFrame,
    second: pl.DataFrame,
    resting: pl.DataFrame,
    unset: pl.DataFrame,
    beyond_window: pl.DataFrame,
    came_back: pl.DataFrame,
    rhythm: pl.DataFrame,
    pay_month: date,
    profile_of: Mapping[str, Profile],
) -> pl.DataFrame:
    """Every hold that the registers and the profiles call for, of people with something unpaid: DesiredHold, sorted.

    `registers`: accepted account, institution and certification, and the evidenced population. `identities`: person_no,
    person_id. `gaps`: RegisterGap of all registers. `matches`: Matched. `second`: as second_numbers(). `resting`:
    person_no, benefit, register and inbox_month of what rests on a register too old to pay by. `unset`: person_no,
    benefit, benefit_month of the keys whose newest version has no standard. `beyond_window`: the keys that differ from
    the book and are too old to be put right by a run. `came_back`: ledger.returns.came_back. `rhythm`: the law's
    pay_rhythm. `profile_of`: benefit → profile.
    """
    owed = _with_payee(unpaid, registers, identities, came_back)
    due = _with_due_month(unpaid, rhythm)
    people = unpaid.select("person_no").unique()
    found = [
        _missing_accounts(owed),
        _not_in_population(owed),
        _not_yet_due(due, pay_month),
        _arrears_of_the_dead(due, registers["population"], pay_month),
        _lapsed_certifications(people, registers["certification"], pay_month),
        _gaps(people, gaps),
        _matched_people(people, matches),
        _paid_elsewhere(unpaid, matches),
        _second_numbers(people, second),
        _resting_on_old_files(unpaid, resting),
        _of_keys(unpaid, unset, HoldGround.NO_STANDARD),
        _of_keys(unpaid, beyond_window, HoldGround.BEYOND_WINDOW),
        _sent_back(owed, came_back, registers["population"]),
        misfits(_complete(owed), profile_of),
    ]
    return pl.concat([part.select(_HOLD) for part in found]).unique().sort(_ORDER)


def numbers_in(proposed: pl.DataFrame) -> pl.Series:
    """Every number that may be another's too. `proposed`: SamePeople."""
    return pl.concat([proposed["person_no"], proposed["other_no"].alias("person_no")]).unique().sort()


def second_numbers(proposed: pl.DataFrame, paid: pl.Series) -> pl.DataFrame:
    """Of two numbers that may be one person's, the one whose money waits: person_no, other_no, evidence.

    The first is the one that was paid before (`paid`), else the one in the population, else the smaller number: so the
    same one goes on being paid, month after month.
    """
    other = proposed.select("evidence", person_no="other_no", other_no="person_no", is_gone="is_other_gone")
    ranked = (
        pl.concat([proposed.select(other.columns), other])
        .with_columns(
            smaller=pl.min_horizontal("person_no", "other_no"),
            greater=pl.max_horizontal("person_no", "other_no"),
            is_unpaid=~pl.col("person_no").is_in(paid.implode()),
        )
        .sort("is_unpaid", "is_gone", "person_no")
    )
    second = ranked.unique(["smaller", "greater"], keep="last", maintain_order=True)
    return second.select("person_no", "other_no", "evidence").sort("person_no", "other_no")


def payable(
    unpaid: pl.DataFrame,
    open_holds: pl.DataFrame,
    registers: Mapping[str, pl.DataFrame],
    identities: pl.DataFrame,
    came_back: pl.DataFrame,
) -> pl.DataFrame:
    """The unpaid obligations that no open hold keeps back, each with its payee, and with whence it came back.

    Payable, in order of obligation. `open_holds`: as ledger.holds.open_holds. `came_back`: ledger.returns.came_back.
    """
    free = unpaid.join(holds.covered(unpaid, open_holds), on="obligation_id", how="anti")
    return _complete(_with_payee(free, registers, identities, came_back))


_ORDER = ["person_no", "code", "obligation_id", "ground", "subject", "detail"]
_HOLD = [pl.col(name).cast(dtype) for name, dtype in polars_schema(DesiredHold).items()]
_MATCH = grounds.match("register", "doubt", "evidence")
_EVERYTHING = pl.lit(None, pl.Int64).alias("obligation_id")


def _holds(rows: pl.DataFrame, code: HoldCode, ground: Iterable[pl.Expr]) -> pl.DataFrame:
    """`ground`: columns of payments.grounds."""
    return rows.with_columns(ground).with_columns(code=pl.lit(code.value))


def _missing_accounts(owed: pl.DataFrame) -> pl.DataFrame:
    lacking = owed.filter(pl.col("account_no").is_null())
    return _holds(lacking, HoldCode.ACCOUNT_MISSING, grounds.no_account("is_to_institution"))


def _not_in_population(owed: pl.DataFrame) -> pl.DataFrame:
    ground = grounds.columns(HoldGround.NOT_IN_POPULATION)
    return _holds(owed.filter(pl.col("name").is_null()), HoldCode.UNDER_REVIEW, ground)


def _with_due_month(unpaid: pl.DataFrame, rhythm: pl.DataFrame) -> pl.DataFrame:
    """When each goes out: in the month it was posted in, or the benefit's first pay month after it.

    What was due and did not go out, held or sent back, does not wait for another pay month.
    """
    due = unpaid.join(rhythm, on=["benefit", "posted_month"], how="left")
    return due.with_columns(pl.col("due_month").fill_null(pl.col("posted_month")))


def _not_yet_due(due: pl.DataFrame, pay_month: date) -> pl.DataFrame:
    """Money of a benefit that this pay month does not pay."""
    waiting = due.filter(pl.col("due_month") > pay_month)
    return _holds(waiting, HoldCode.NOT_YET_DUE, grounds.pay_month("source", "due_month"))


def _arrears_of_the_dead(due: pl.DataFrame, population: pl.DataFrame, pay_month: date) -> pl.DataFrame:
    """Once a death is known only regular obligations that fall due now, or later, go out by themselves."""
    deaths = population.group_by("person_no").agg(pl.col("died_on").min()).drop_nulls("died_on")
    is_of_now = (pl.col("kind") == Kind.REGULAR.value) & (pl.col("due_month") >= pay_month)
    waiting = due.filter(~is_of_now).join(deaths, on="person_no")
    return _holds(waiting, HoldCode.DECEASED_ARREARS, grounds.died_on("died_on"))


def _lapsed_certifications(people: pl.DataFrame, certification: pl.DataFrame, pay_month: date) -> pl.DataFrame:
    lapsed = certification.filter(pl.col("certified_until") < pay_month).join(people, on="person_no", how="semi")
    return _holds(
        lapsed.with_columns(_EVERYTHING), HoldCode.CERTIFICATION_LAPSED, grounds.certified_until("certified_until")
    )


def _gaps(people: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    found = gaps.join(people, on="person_no", how="semi").with_columns(_EVERYTHING)
    return _holds(found, HoldCode.UNDER_REVIEW, grounds.gap("register", "ground"))


def _matched_people(people: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    """Everything of those about whom another office's list leaves a doubt."""
    found = matches.filter(pl.col("benefit").is_null()).join(people, on="person_no", how="semi")
    return _holds(found.with_columns(_EVERYTHING), HoldCode.UNDER_REVIEW, _MATCH)


def _paid_elsewhere(unpaid: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    """Money for a month in which another county pays the same benefit."""
    both = unpaid.join(matches.drop_nulls("benefit"), on=["person_no", "benefit"])
    until = pl.col("to_month").fill_null(pl.col("benefit_month"))
    same_month = both.filter(pl.col("benefit_month").is_between(pl.col("from_month"), until))
    return _holds(same_month, HoldCode.DUPLICATE_ELSEWHERE, _MATCH)


def _second_numbers(people: pl.DataFrame, second: pl.DataFrame) -> pl.DataFrame:
    """Everything under a number that may be somebody's who is paid under another."""
    found = second.join(people, on="person_no", how="semi").with_columns(_EVERYTHING)
    return _holds(found, HoldCode.UNDER_REVIEW, grounds.same_person("other_no", "evidence"))


def _resting_on_old_files(unpaid: pl.DataFrame, resting: pl.DataFrame) -> pl.DataFrame:
    """Money that rests on a register whose newest file the county does not carry forward."""
    waiting = unpaid.join(resting, on=["person_no", "benefit"])
    return _holds(waiting, HoldCode.UNDER_REVIEW, grounds.old_file("register", "inbox_month"))


def _sent_back(owed: pl.DataFrame, came_back: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """What waits for what the bank sent back; a death it told waits no longer once the register knows of it."""
    called_for = returns.waiting(owed.select("obligation_id", "person_no", *returns.PAYEE), came_back)
    dead = population.drop_nulls("died_on").select("person_no", ground=pl.lit(HoldGround.TOLD_DEAD.value))
    return called_for.join(dead, on=["person_no", "ground"], how="anti")


def _of_keys(unpaid: pl.DataFrame, keys: pl.DataFrame, ground: HoldGround) -> pl.DataFrame:
    waiting = unpaid.join(keys, on=["person_no", "benefit", "benefit_month"], how="semi")
    return _holds(waiting, HoldCode.UNDER_REVIEW, grounds.columns(ground))


def _with_payee(
    unpaid: pl.DataFrame, registers: Mapping[str, pl.DataFrame], identities: pl.DataFrame, came_back: pl.DataFrame
) -> pl.DataFrame:
    """Every unpaid obligation with who it is for, where it goes, whence it came back; null where nothing says so."""
    people = identities.join(_printed_people(registers["population"]), on="person_no", how="left")
    known = unpaid.join(people, on="person_no", how="left").join(
        returns.origins(came_back), on="obligation_id", how="left"
    )
    to_person = known.filter(~pl.col("is_to_institution")).with_columns(
        institution_id=pl.lit(None, pl.String), institution_name=pl.lit(None, pl.String)
    )
    to_institution = known.filter("is_to_institution")
    accounts = _own_accounts(registers["account"])
    institutions = _institution_accounts(registers["institution"])
    return pl.concat(
        [
            to_person.join(accounts, on="person_no", how="left"),
            to_institution.join(institutions, on="institution_id", how="left"),
        ],
        how="diagonal",
    )


def _complete(owed: pl.DataFrame) -> pl.DataFrame:
    """The rows that can be printed: an account, and a person of the population register."""
    known = owed.filter(pl.col("account_no").is_not_null() & pl.col("name").is_not_null())
    return known.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(Payable).items()).sort(
        "obligation_id"
    )


def _printed_people(population: pl.DataFrame) -> pl.DataFrame:
    """One row a person: the one of his latest arrival."""
    order = ["moved_in_on", "source_file", "source_sheet", "source_row"]
    return (
        population.sort(order, nulls_last=False)
        .unique("person_no", keep="last", maintain_order=True)
        .select("person_no", "name", "township", "village", *HOUSEHOLD)
    )


def _own_accounts(account: pl.DataFrame) -> pl.DataFrame:
    """The registered account: the person's own, or another's who draws for him (代领)."""
    return account.select("person_no", *PAYEE).with_columns(
        pl.col("relationship").cast(pl.String).replace({one.value: one.label for one in Relationship})
    )


def _institution_accounts(institution: pl.DataFrame) -> pl.DataFrame:
    return institution.select(
        "institution_id",
        pl.col("name").alias("institution_name"),
        pl.col("account_name").alias("payee_name"),
        pl.lit(None, pl.String).alias("payee_id"),
        pl.lit(None, pl.String).alias("relationship"),
        "account_no",
        "bank_name",
        "bank_code",
    )
