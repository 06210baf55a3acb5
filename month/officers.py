"""Who may act: an officer's role, county and limit, from disburse.toml. A refusal is kept in the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from contracts.actor import Actor
from contracts.codes import OfficerRole
from contracts.errors import InputError, NotAllowedError, OfficerError, SameOfficerError
from contracts.money import yuan_label
from contracts.settings import Home, Officer
from ledger import audit
from ledger.book import opened
from month.month import Choices


def require(home: Home, by: Actor, role: OfficerRole, county: str, act: str) -> Officer:
    """The officer of that name, if he may do this in the county; NotAllowedError otherwise, and an audit entry."""
    try:
        return home.settings().authorised(by.officer, role, county)
    except NotAllowedError as refused:
        _note_refusal(home, by, county, act, refused)
        raise


def require_to_run(home: Home, county: str, choices: Choices) -> None:
    """Refuse a run whose maker may not make one, or that an officer lets go on who may not, or without a reason."""
    require(home, choices.by, OfficerRole.MAKER, county, "run")
    if not choices.override_by:
        return
    agrees = Actor(choices.override_by, choices.system_user)
    require(home, agrees, OfficerRole.CHECKER, county, "override")
    if not choices.override_reason.strip():
        raise InputError("同意继续须写明理由", "请加 --reason 理由", county)
    with two_officers(home, agrees, county, "override"):
        if agrees.officer == choices.by.officer:
            raise SameOfficerError("经办人不能自己同意继续", "请由另一位复核人员署名", county)


def require_limit(home: Home, officer: Officer, by: Actor, county: str, act: str, waiting: pl.DataFrame) -> None:
    """Refuse where a batch is larger than the officer may sign (`limit_yuan`); an audit entry tells of it.

    `waiting`: rows of ledger.batches.batches_of.
    """
    if officer.limit_yuan is None:
        return
    above = waiting.filter(pl.col("total_fen") > officer.limit_yuan * 100).sort("batch_id")
    if above.is_empty():
        return
    batch = above.row(0, named=True)
    refused = NotAllowedError(
        f"“{officer.name}”的批准限额为 {officer.limit_yuan} 元,该批为 {yuan_label(batch['total_fen'])} 元",
        "请由限额更高的复核人批准",
        batch["batch_id"],
    )
    _note_refusal(home, by, county, act, refused)
    raise refused


@contextmanager
def two_officers(home: Home, by: Actor, county: str, act: str) -> Iterator[None]:
    """Round an act that takes more than one officer: where the book refuses it to `by`, an audit entry tells of it.

    SameOfficerError goes on; by then nothing of the act is in the book.
    """
    try:
        yield
    except SameOfficerError as refused:
        _note_refusal(home, by, county, act, refused)
        raise


def _note_refusal(home: Home, by: Actor, county: str, act: str, refused: OfficerError) -> None:
    with opened(home.database_url) as book, book.writing() as conn:
        audit.append(conn, county, by, "refused", act, {"why": refused.what})
