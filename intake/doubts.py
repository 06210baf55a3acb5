"""What registers together leave in doubt: rows that were accepted, count as the rules say, and should be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from contracts.codes import Doubt, LowIncomeCategory, Relationship, Sex
from contracts.columns import columns_of, polars_schema
from contracts.registers import REGISTERS
from contracts.tables import DoubtfulRow
from intake.card_numbers import has_wrong_digit, is_of_wrong_length
from intake.names import canonical_name

WITHOUT_PERSONS = ("population", "institution")  # registers whose rows cannot be strangers to the population
ALWAYS = pl.date(9999, 12, 1)
SEX_DIGIT = 16  # the place of the digit that is odd for men
BEGINS = {  # the day, or the first day of the month, a row begins
    "low_income": pl.coalesce("from_month", "confirmed_on"),
    "disability": pl.col("issued_on"),
    "ability": pl.col("assessed_on"),
    "family_planning": pl.col("from_month"),
    "claim": pl.col("claimed_on"),
    "choice": pl.col("from_month"),
}


def doubts(
    registers: Mapping[str, pl.DataFrame],
    matches: pl.DataFrame,
    identities: pl.DataFrame,
    shared_account_most: int,
    earlier: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Every doubtful row (DoubtfulRow), by register, file and row.

    `registers`: every accepted register by name, the population evidenced. `matches`: Matched. `identities`: person_no
    and person_id of the population. `shared_account_most`: so many people may have one account. `earlier`: numbers that
    count as another's (person_id, used_id), if any.
    """
    found = [*_strangers(registers), *_after_death(registers)]
    low_income = registers["low_income"]
    found += [
        _doubtful("population", sex_against_id(registers["population"], identities), Doubt.SEX_AGAINST_ID),
        _doubtful("low_income", dibao_beside_tekun(low_income), Doubt.DIBAO_BESIDE_TEKUN),
        _doubtful("low_income", two_open_tekun(low_income), Doubt.TWO_OPEN_TEKUN),
        _doubtful(
            "account",
            shared_accounts(registers["account"], registers["institution"], shared_account_most),
            Doubt.ACCOUNT_SHARED,
        ),
    ]
    against = payees_against_population(registers["account"], registers["population"], identities, earlier)
    unsaid = drawn_without_ground(registers["account"], registers["population"], identities, earlier)
    found += [
        _doubtful("account", against, Doubt.PAYEE_AGAINST_POPULATION),
        _doubtful("account", unsaid, Doubt.DRAWN_WITHOUT_GROUND),
        *_impossible_cards("account", registers["account"]),
        *_impossible_cards("institution", registers["institution"].with_columns(person_no=pl.lit(None, pl.Int64()))),
    ]
    shared = shared_certificates(registers["disability"])
    found.append(_doubtful("disability", shared, Doubt.CERTIFICATE_SHARED))
    found += [
        _doubtful(register, outside_list(registers[register], register), Doubt.OUTSIDE_LIST)
        for register, model in REGISTERS.items()
        if any(facts.otherwise for facts in columns_of(model))
    ]
    found.append(matches.select(polars_schema(DoubtfulRow).names()))
    return pl.concat(found).sort("register", "source_file", "source_row", "doubt")


def _doubtful(register: str, rows: pl.DataFrame, doubt: Doubt) -> pl.DataFrame:
    """Rows of an accepted register as DoubtfulRow."""
    told = rows.with_columns(register=pl.lit(register), doubt=pl.lit(doubt.value))
    return told.select(pl.col(name).cast(dtype) for name, dtype in polars_schema(DoubtfulRow).items())


def _strangers(registers: Mapping[str, pl.DataFrame]) -> Iterator[pl.DataFrame]:
    for register, rows in registers.items():
        if register not in WITHOUT_PERSONS:
            yield _doubtful(register, orphans(rows, registers["population"]), Doubt.NOT_IN_POPULATION)


def _after_death(registers: Mapping[str, pl.DataFrame]) -> Iterator[pl.DataFrame]:
    for register, begins in BEGINS.items():
        late = begun_after_death(registers[register], begins, registers["population"])
        yield _doubtful(register, late, Doubt.BEGUN_AFTER_DEATH)


def _impossible_cards(register: str, rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The rows of a register whose account looks like a card's number and cannot be one."""
    number = pl.col("account_no")
    yield _doubtful(register, rows.filter(is_of_wrong_length(number)), Doubt.ACCOUNT_LENGTH)
    yield _doubtful(register, rows.filter(has_wrong_digit(number), ~is_of_wrong_length(number)), Doubt.ACCOUNT_DIGIT)


def orphans(rows: pl.DataFrame, population: pl.DataFrame) -> pl.DataFrame:
    """The accepted rows of a register whose person has no row in the accepted population."""
    return rows.join(population.select("person_no"), on="person_no", how="anti", maintain_order="left")


def begun_after_death(rows: pl.DataFrame, begins: pl.Expr, population: pl.DataFrame) -> pl.DataFrame:
    """The rows that begin in a month after their person's death."""
    deaths = population.drop_nulls("died_on").group_by("person_no").agg(pl.col("died_on").min())
    of_the_dead = rows.join(deaths, on="person_no", maintain_order="left")
    return of_the_dead.filter(begins.dt.month_start() > pl.col("died_on").dt.month_start())


def sex_against_id(population: pl.DataFrame, identities: pl.DataFrame) -> pl.DataFrame:
    """The population rows whose sex is not what the identity number says."""
    said = population.drop_nulls("sex").join(identities, on="person_no", maintain_order="left")
    is_odd = pl.col("person_id").str.slice(SEX_DIGIT, 1).cast(pl.Int64) % 2 == 1
    return said.filter((pl.col("sex") == Sex.MALE.value) != is_odd)


def dibao_beside_tekun(low_income: pl.DataFrame) -> pl.DataFrame:
    """The 低保 rows that run in a month in which their person is 特困 as well: 特困 counts, 低保 should have ended."""
    begun = pl.coalesce("from_month", pl.col("confirmed_on").dt.month_start().dt.offset_by("1mo"))
    spells = low_income.with_columns(first=begun, last=pl.col("to_month").fill_null(ALWAYS))
    tekun = spells.filter(pl.col("category") == LowIncomeCategory.TEKUN.value).select(
        "person_no", tekun_first="first", tekun_last="last"
    )
    both = spells.filter(pl.col("category") == LowIncomeCategory.DIBAO.value).join(tekun, on="person_no")
    overlaps = (pl.col("first") <= pl.col("tekun_last")) & (pl.col("tekun_first") <= pl.col("last"))
    return both.filter(overlaps).select(low_income.columns).unique(maintain_order=True)


def two_open_tekun(low_income: pl.DataFrame) -> pl.DataFrame:
    """The 特困 rows without an end of people who have several."""
    is_open = (pl.col("category") == LowIncomeCategory.TEKUN.value) & pl.col("to_month").is_null()
    return low_income.filter(is_open).filter(pl.col("person_no").is_duplicated())


def shared_certificates(disability: pl.DataFrame) -> pl.DataFrame:
    """The rows whose certificate other people have too; a person whom an officer joined is one."""
    several = disability.filter(pl.col("certificate_no").is_duplicated())
    return several.filter(pl.col("person_no").n_unique().over("certificate_no") > 1)


def outside_list(rows: pl.DataFrame, register: str) -> pl.DataFrame:
    """The rows with a word that its list does not know, which counts as another and is kept beside it."""
    kept = [facts.otherwise for facts in columns_of(REGISTERS[register]) if facts.otherwise]
    return rows.filter(pl.any_horizontal(pl.col(note).is_not_null() for _, note in kept))


def shared_accounts(account: pl.DataFrame, institution: pl.DataFrame, most: int) -> pl.DataFrame:
    """The accounts of more than `most` people; an institution's account is meant to have many."""
    several = account.filter(pl.col("account_no").is_duplicated())
    own = several.join(institution, on="account_no", how="anti", maintain_order="left")
    return own.filter(pl.col("person_no").n_unique().over("account_no") > most)


def payees_against_population(
    account: pl.DataFrame, population: pl.DataFrame, identities: pl.DataFrame, earlier: pl.DataFrame | None = None
) -> pl.DataFrame:
    """The accounts said to be a person's own that bear another name or number than the population, and those said to be
    somebody else's that bear the person's number. A bank sends such money back, or it reaches another.
    An account opened under an earlier number of the person (`earlier`: person_id, used_id) is his own.
    """
    numbered = account.join(identities, on="person_no", how="left", maintain_order="left")
    is_self = pl.col("relationship") == Relationship.SELF.value
    own_number = _has_own_number(earlier)
    named_otherwise = pl.col("person_no").is_in(_named_otherwise(account, population).implode())
    wrong = (is_self & (named_otherwise | ~own_number.fill_null(True))) | (~is_self & own_number)
    return numbered.filter(wrong)


def drawn_without_ground(
    account: pl.DataFrame, population: pl.DataFrame, identities: pl.DataFrame, earlier: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Accounts of somebody else, by number or where none is given by name, of which the register says neither who he is
    nor why he draws (代领).
    """
    unsaid = account.filter(pl.col("relationship").is_null(), pl.col("drawn_for").is_null())
    numbered = unsaid.join(identities, on="person_no", how="left", maintain_order="left")
    named_otherwise = pl.col("person_no").is_in(_named_otherwise(unsaid, population).implode())
    return numbered.filter(~_has_own_number(earlier).fill_null(~named_otherwise))


def _has_own_number(earlier: pl.DataFrame | None) -> pl.Expr:
    """Whether the payee's number is the person's, or one that counts as his; null where either is unknown."""
    payee = pl.col("payee_id").replace(dict(earlier.iter_rows())) if earlier is not None else pl.col("payee_id")
    return payee == pl.col("person_id")


def _named_otherwise(account: pl.DataFrame, population: pl.DataFrame) -> pl.Series:
    """The people of the population whose account bears a name that none of their rows there has."""
    names = account.join(population.select("person_no", own="name"), on="person_no")
    is_alike = pl.col("payee_name") == pl.col("own")
    # compared as people read them only where the texts differ: of most people they do not
    others = names.filter(~is_alike).with_columns(
        is_alike=canonical_name(pl.col("payee_name")) == canonical_name(pl.col("own"))
    )
    alike = pl.concat([names.filter(is_alike).select("person_no"), others.filter("is_alike").select("person_no")])
    return others.join(alike, on="person_no", how="anti")["person_no"].unique()
