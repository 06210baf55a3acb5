"""Accounts the bank refused: whether the registers still name them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from contracts.codes import HoldCode
from ledger.results import account_digest


def still_rejected(
    open_holds: pl.DataFrame, unpaid: pl.DataFrame, registers: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """Holds on refused accounts (hold_id) whose obligation would go to the same account again, or to none.

    `open_holds`: ledger.holds.open_holds. `unpaid`: ledger.batches.unpaid. `registers`: accepted account, institution.
    """
    refused = open_holds.filter(pl.col("code") == HoldCode.ACCOUNT_REJECTED.value)
    owed = refused.join(unpaid.select("obligation_id", "is_to_institution", "institution_id"), on="obligation_id")
    own = registers["account"].select("person_no", own_no="account_no")
    institutions = registers["institution"].select("institution_id", institution_no="account_no")
    known = owed.join(own, on="person_no", how="left").join(institutions, on="institution_id", how="left")
    account = pl.when("is_to_institution").then("institution_no").otherwise("own_no")
    digest = account.map_elements(account_digest, return_dtype=pl.String)
    is_same = pl.col("subject") == digest
    return known.filter(is_same.fill_null(True)).select("hold_id")
