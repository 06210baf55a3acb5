"""What the payees of a file are, in numbers: what is sent again, institutions, 代领, accounts of several people."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from contracts.codes import Kind, Relationship
from contracts.money import yuan_label
from payments.instructions import REISSUE, kind_words

CORRECTED = f"{REISSUE}(更正发放,不是补发)"
WITHOUT_GROUND = "没有写明关系"


def drawn_by_another() -> pl.Expr:
    """Whether somebody else draws a person's money (代领), of lines as printed; false of an institution's."""
    said = pl.col("relationship").ne_missing(Relationship.SELF.label)
    is_other = pl.col("payee_id").ne_missing(pl.col("person_id")) | pl.col("payee_id").is_null()
    return pl.col("person_id").is_not_null() & said & (pl.col("relationship").is_not_null() | is_other)


def counted(lines: pl.DataFrame) -> Iterator[str]:
    """What the lines of a file (InstructionLine) are, in an officer's words; what there is none of is not told."""
    kinds = lines.with_columns(kind=kind_words()).group_by("kind").agg(pl.len(), pl.col("amount_fen").sum())
    by_kind = {kind: (count, fen) for kind, count, fen in kinds.iter_rows()}
    words = {Kind.REGULAR.label: Kind.REGULAR.label, Kind.ARREARS.label: Kind.ARREARS.label, REISSUE: CORRECTED}
    told = [
        f"{word} {by_kind[kind][0]} 笔 {yuan_label(by_kind[kind][1])} 元"
        for kind, word in words.items()
        if kind in by_kind
    ]
    yield f"共 {lines.height} 笔 {yuan_label(int(lines['amount_fen'].sum()))} 元:{'、'.join(told)}"
    institutions = lines.filter(pl.col("person_id").is_null())
    if institutions.height:
        fen = yuan_label(int(institutions["amount_fen"].sum()))
        yield f"付给供养机构 {institutions.height} 笔 {int(institutions['people_count'].sum())} 人次 {fen} 元"
    drawn = lines.filter(drawn_by_another())
    if drawn.height:
        unsaid = drawn.filter(pl.col("relationship").is_null()).height
        yield f"代领 {drawn.height} 笔" + (f",其中{WITHOUT_GROUND} {unsaid} 笔" if unsaid else "")
    shared = shared_accounts(lines)
    if shared.height:
        yield f"一个账户收几人的款:{shared.height} 个账户,{int(shared['people'].sum())} 人"


def shared_accounts(lines: pl.DataFrame) -> pl.DataFrame:
    """The accounts that several people's lines go to, an institution's aside: account_no, people."""
    people = lines.filter(pl.col("person_id").is_not_null()).group_by("account_no")
    return people.agg(people=pl.col("person_id").n_unique()).filter(pl.col("people") > 1).sort("account_no")
