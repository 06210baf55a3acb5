"""Identity, account and division numbers that can belong to nobody: region 99…, accounts 99000…, right check digits."""

from __future__ import annotations

from datetime import date

import polars as pl

LATEST_ORDINAL = 899  # order numbers from 900 on are the cast's
CHECK_CHARACTERS = "10X98765432"
ACCOUNTS = 10**9
ACCOUNT_STRIDE = 618_033_989  # shares no factor with ACCOUNTS, so different people get different accounts


def region_of(county: str) -> str:
    """The region of a county's invented identity numbers: 99 and its last four digits."""
    return "99" + county[2:6]


def resident_id(region: str, birth_date: date, ordinal: int) -> str:
    """An identity number of GB 11643: region, day of birth, order number (odd for men), check digit (MOD 11-2)."""
    body = f"{region}{birth_date:%Y%m%d}{ordinal:03d}"
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + CHECK_CHARACTERS[total % 11]


def resident_ids(region: str, birth_date: pl.Expr, ordinal: pl.Expr) -> pl.Expr:
    """The same for columns: birth_date (Date) and ordinal (Int64) → String."""
    year, month, day = (
        part.cast(pl.Int64) for part in (birth_date.dt.year(), birth_date.dt.month(), birth_date.dt.day())
    )
    birth_number = year * 10_000 + month * 100 + day  # a month alone is an Int8 and would overflow
    body = int(region) * 10**11 + birth_number * 1000 + ordinal
    total = sum(
        (body // 10 ** (16 - place) % 10 * (2 ** (17 - place) % 11) for place in range(17)), pl.lit(0, pl.Int64)
    )
    check = pl.lit(pl.Series(list(CHECK_CHARACTERS))).gather(total % 11)
    return pl.concat_str(body.cast(pl.String), check)


def account_number(county: str, serial: pl.Expr) -> pl.Expr:
    """Account numbers of 17 digits for serials (Int64) below 10⁹, each its own."""
    tail = (serial * ACCOUNT_STRIDE + 1) % ACCOUNTS
    return pl.concat_str(pl.lit("99000" + county[3:6]), tail.cast(pl.String).str.zfill(9))
