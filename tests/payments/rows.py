"""Rows of the tables that payments reads, built by hand: a few invented people with money to be paid."""

from datetime import date

import polars as pl

from contracts.columns import polars_schema
from contracts.registers import accepted_schema
from contracts.tables import Payable

JULY = date(2024, 7, 1)
UNPAID = pl.Schema(
    {
        "obligation_id": pl.Int64(),
        "person_no": pl.Int64(),
        "benefit": polars_schema(Payable)["benefit"],
        "benefit_month": pl.Date(),
        "posted_month": pl.Date(),
        "kind": polars_schema(Payable)["kind"],
        "amount_fen": pl.Int64(),
        "withdrawn_fen": pl.Int64(),
        "set_off_fen": pl.Int64(),
        "pays_fen": pl.Int64(),
        "attempt": pl.Int64(),
        "is_to_institution": pl.Boolean(),
        "institution_id": pl.String(),
        "live_batch_id": pl.String(),
    }
)
RETURNED = pl.Schema(
    {
        "event_id": pl.Int64(),
        "return_reason": pl.String(),
        "told": pl.String(),
        "is_cleared": pl.Boolean(),
        "obligation_id": pl.Int64(),
        "person_no": pl.Int64(),
        "is_to_person": pl.Boolean(),
        **dict.fromkeys(("instruction_id", "batch_id"), pl.String()),
        **dict.fromkeys(("line_no", "line_fen", "tried", "tried_fen"), pl.Int64()),
        **dict.fromkeys(("account_no", "payee_name", "payee_id", "bank_name", "bank_code"), pl.String()),
    }
)
UNSET = pl.Schema({name: UNPAID[name] for name in ("person_no", "benefit", "benefit_month")})


def resident_id(number, born="19400305"):
    """An identity number of a region that exists nowhere, with the right check digit."""
    body = f"990721{born}{number:03d}"
    weighed = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + "10X98765432"[weighed % 11]


def rows_of(schema, common, given):
    return pl.DataFrame([{**common, **row} for row in given], schema=schema)


def payable_rows(*given):
    """Payable, one row for each dict; `n` numbers the person and the obligation."""
    made = []
    for row in given:
        n = row.pop("n", 1)
        made.append(
            {
                "obligation_id": n,
                "person_no": n,
                "benefit": "old_age_allowance",
                "benefit_month": JULY,
                "kind": "regular",
                "pays_fen": 5000,
                "attempt": 1,
                "person_id": resident_id(n),
                "name": f"样本{n}",
                "township": "示范镇",
                "village": "示范村",
                "payee_name": f"样本{n}",
                "payee_id": resident_id(n),
                "relationship": "本人",
                "account_no": f"99000721{n:09d}",
                "bank_name": "示例农村商业银行",
                "bank_code": "999100000011",
                **row,
            }
        )
    return pl.DataFrame(made, schema=polars_schema(Payable))


def in_institution(n, institution="J01", **more):
    """A payable row that goes to an institution's account."""
    return {
        "n": n,
        "benefit": "tekun_living",
        "pays_fen": 80000,
        "institution_id": institution,
        "institution_name": f"示范敬老院{institution}",
        "payee_name": f"新乡县示范敬老院{institution}",
        "payee_id": None,
        "relationship": None,
        "account_no": "990007210000000900",
        **more,
    }


def unpaid_rows(*given):
    """Unpaid obligations, one row for each dict."""
    common = {
        "benefit": "old_age_allowance",
        "benefit_month": JULY,
        "posted_month": JULY,
        "kind": "regular",
        "amount_fen": 5000,
        "withdrawn_fen": 0,
        "set_off_fen": 0,
        "pays_fen": 5000,
        "attempt": 1,
        "is_to_institution": False,
    }
    return rows_of(UNPAID, common, given)


def register(name, *given):
    """An accepted register, one row for each dict."""
    common = {
        "population": {"name": "样本", "township": "示范镇", "village": "示范村", "division_code": "410721"},
        "account": {"payee_name": "样本", "bank_name": "示例农村商业银行", "relationship": "self"},
        "institution": {"name": "示范敬老院", "account_name": "新乡县示范敬老院", "bank_name": "示例农村商业银行"},
    }.get(name, {})
    provenance = {"source_file": f"{name}.csv", "source_sheet": "", "source_row": 2}
    return rows_of(accepted_schema(name), {**common, **provenance}, given)


def returned_rows(*given):
    """What came back (ledger.returns.came_back), one row for each dict."""
    common = {
        "return_reason": "CLOSED",
        "told": "尾号 0001,2024-07-12 退回:已销户",
        "is_cleared": False,
        "is_to_person": True,
        "instruction_id": "41072124060101000007",
        "batch_id": "410721-2024-06-01-01",
        "line_no": 7,
        "line_fen": 5000,
        "tried": 1,
        "tried_fen": 5000,
        "payee_name": "样本一",
        "bank_name": "示例农村商业银行",
    }
    return rows_of(RETURNED, common, given)
