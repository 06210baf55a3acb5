"""Register gaps: whose earlier rows still stand, because this month's were refused or are missing."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from contracts.codes import GapDecision, GapGround, RefusalCode
from contracts.columns import empty
from contracts.registers import PROVENANCE, empty_register
from contracts.tables import RegisterGap
from intake.accepting import Accepted

DECISIONS = pl.Schema({"register": pl.String(), "person_no": pl.Int64(), "decision": GapDecision.dtype()})


class StoodIn(NamedTuple):
    """A register as it stands (contracts.registers.accepted), and its gaps (RegisterGap), at most one per person."""

    rows: pl.DataFrame
    gaps: pl.DataFrame


def stand_in(accepted: Accepted, previous: pl.DataFrame | None, decisions: pl.DataFrame) -> StoodIn:
    """Let a person's previous rows stand where this month's were refused or are gone.

    `previous`: the rows that stood before (None: the register's first month). `decisions`: columns of DECISIONS;
    accept_gone takes this month's rows as they are, keep takes the previous ones, and neither is a gap any more.
    Standing in again upon its own result gives the same rows and gaps.
    """
    before = empty_register(accepted.register) if previous is None else previous
    if accepted.register == "institution":
        gone = before.join(accepted.rows, on="institution_id", how="anti")
        return StoodIn(_sorted(pl.concat([accepted.rows, gone]), "institution_id"), empty(RegisterGap))
    decided = decisions.filter(pl.col("register") == accepted.register)
    doubted = pl.concat([refused_people(accepted), _vanished_people(accepted, before)])
    doubted = doubted.join(deciding(decided, GapDecision.ACCEPT_GONE), on="person_no", how="anti")
    stand_ins = before.join(doubted, on="person_no", how="semi")
    current = accepted.rows.join(stand_ins, on="person_no", how="anti")
    gaps = doubted.join(deciding(decided, GapDecision.KEEP), on="person_no", how="anti")
    return StoodIn(_sorted(pl.concat([current, stand_ins]), "person_no"), _gap_table(accepted.register, gaps))


def refused_people(accepted: Accepted) -> pl.DataFrame:
    """People with a refused row. A row refused only because another of the person was taken leaves nothing in doubt."""
    of_another = (RefusalCode.DUPLICATE_ROW.value, RefusalCode.OLD_NUMBER.value)
    refused = accepted.refused.filter(pl.col("person_no").is_not_null() & ~pl.col("code").is_in(of_another))
    only_ambiguous = (pl.col("code") == RefusalCode.AMBIGUOUS.value).all()
    ground = pl.when(only_ambiguous).then(_ground(GapGround.AMBIGUOUS)).otherwise(_ground(GapGround.REFUSED))
    return refused.group_by("person_no").agg(ground=ground)


def _vanished_people(accepted: Accepted, before: pl.DataFrame) -> pl.DataFrame:
    here = pl.concat([accepted.rows.select("person_no"), accepted.refused.select("person_no")])
    gone = before.select("person_no").unique().join(here, on="person_no", how="anti")
    return gone.with_columns(ground=_ground(GapGround.VANISHED))


def _ground(ground: GapGround) -> pl.Expr:
    return pl.lit(ground.value, GapGround.dtype())


def deciding(decided: pl.DataFrame, decision: GapDecision) -> pl.DataFrame:
    """The people (person_no) about whom that was decided. `decided`: DECISIONS of one register."""
    return decided.filter(pl.col("decision").cast(pl.String) == decision.value).select("person_no")


def _gap_table(register: str, gaps: pl.DataFrame) -> pl.DataFrame:
    return gaps.select(pl.lit(register).alias("register"), "person_no", "ground").sort("person_no")


def _sorted(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    return rows.sort(key, *PROVENANCE)
