"""A month as the rules read it: a few people, one of them sound in everything, and whatever a test plants beside him.

Rows name only what matters; every other column of their contract is empty.
"""

from dataclasses import fields
from datetime import date

import polars as pl

from audit import Evidence, find
from contracts.codes import AuditRule, Benefit, Cause
from contracts.columns import polars_schema
from contracts.months import parse_month
from contracts.policy import AUDIT_LIMITS, AuditSetting
from contracts.registers import accepted_schema, evidenced_population
from contracts.tables import Coordinated, DoubtfulRow, Payable, SamePeople

COUNTY, PAY_MONTH, KNOWN_ON = "410721", parse_month("2024-07"), date(2024, 7, 15)
LIMITS = dict(zip(AUDIT_LIMITS, (2, 60, 7, 12, 105), strict=True))
SETTINGS = {rule: AuditSetting(rule, is_blocking=False, limit=LIMITS.get(rule), source="") for rule in AuditRule}
KEY = {"person_no": pl.Int64, "benefit": Benefit.dtype(), "benefit_month": pl.Date}
SCHEMAS = {
    "lines": {**KEY, "amount_fen": pl.Int64, "rate_id": pl.String},
    "due": polars_schema(Payable),
    "coordinated": polars_schema(Coordinated),
    "rates": {
        "rate_id": pl.String,
        "published_fen": pl.Int64,
        "round_up_fen": pl.Int64,
        "least_age": pl.Int64,
        "below_age": pl.Int64,
        "tier": pl.String,
    },
    "receivables": {**KEY, "cause": Cause.dtype(), "left_fen": pl.Int64, "since_month": pl.Date},
    "returned": {**KEY, "pays_fen": pl.Int64, "returned_on": pl.Date},
    "published": {"pay_month": pl.Date, "days": pl.Int64},
    "elsewhere": {**KEY, "from_month": pl.Date, "to_month": pl.Date, "paid_by": pl.String},
    "doubts": polars_schema(DoubtfulRow),
    "beyond_window": {**KEY, "booked_fen": pl.Int64, "entitled_fen": pl.Int64},
    "same_people": polars_schema(SamePeople),
    "population": {name: declared.dtype.type for name, declared in evidenced_population().columns.items()},
}
FIGURES = ("county", "month", "known_on", "by_low_income", "by_claim")
REGISTERS = [one.name for one in fields(Evidence) if one.name not in (*SCHEMAS, *FIGURES)]
SCHEMAS |= {register: accepted_schema(register) for register in REGISTERS}
# What each benefit of the sound month is paid by: a rate of 50 yuan; the old-age allowance for those of 80 to 89.
RATES = [
    {"rate_id": "aged", "published_fen": 50_00, "round_up_fen": 100, "least_age": 80, "below_age": 90},
    {"rate_id": "any", "published_fen": 50_00, "round_up_fen": 100, "least_age": 60},
    {"rate_id": "half", "published_fen": 50_00, "round_up_fen": 100, "least_age": 60, "tier": "半护理"},
]
SOUND = 1


def rows(frame, told):
    """Rows of a frame of the month, by column name; text stands for months and days."""
    schema = pl.Schema(SCHEMAS[frame])
    unknown = {name for row in told for name in row} - set(schema)
    assert not unknown, unknown
    days = {name for name, dtype in schema.items() if dtype == pl.Date}
    made = [{name: _day(row.get(name)) if name in days else row.get(name) for name in schema} for row in told]
    return pl.DataFrame(made, schema=schema).lazy()


def _day(text):
    return date.fromisoformat(text if len(text) > 7 else f"{text}-01") if isinstance(text, str) else text


def line(person_no, benefit="old_age_allowance", month="2024-07", fen=50_00, rate_id=None):
    """A line of the book."""
    rate = rate_id or ("aged" if benefit == "old_age_allowance" else "any")
    return {"person_no": person_no, "benefit": benefit, "benefit_month": month, "amount_fen": fen, "rate_id": rate}


def resident(person_no, **more):
    """Somebody of 84, at home in the county."""
    lives = {"birth_date": "1940-03-05", "division_code": f"{COUNTY}001", "township": "示范镇", "village": "示范村"}
    return {"person_no": person_no, "name": "样本", **lives, **more}


SOUND_MONTH = {
    "lines": [
        line(SOUND),
        line(SOUND, "tekun_living"),
        line(SOUND, "tekun_care", rate_id="half"),
        line(2, "disability_care_subsidy"),
        line(2, "disability_living_subsidy"),
        line(3, "elder_care_subsidy"),
    ],
    "due": [{"person_no": SOUND, "benefit": "old_age_allowance", "benefit_month": "2024-07", "pays_fen": 50_00}],
    "rates": RATES,
    "published": [{"pay_month": "2024-07", "days": 7}],
    "population": [resident(one) for one in (SOUND, 2, 3, 4)],
    "low_income": [
        {"person_no": SOUND, "category": "tekun", "support_mode": "home", "self_care": "half", "from_month": "2020-01"},
        {"person_no": 2, "category": "dibao", "from_month": "2020-01"},
        {"person_no": 3, "category": "dibao", "from_month": "2020-01"},
    ],
    "disability": [{"person_no": 2, "grade": 1, "issued_on": "2019-05-06", "expires_on": "2029-05-05"}],
    "ability": [{"person_no": 3, "level": 3, "assessed_on": "2023-04-05"}],
    "claim": [
        {"person_no": 2, "benefit": benefit, "claimed_on": "2020-02-03", "approved_on": "2020-02-09"}
        for benefit in ("disability_care_subsidy", "disability_living_subsidy")
    ],
    "certification": [{"person_no": SOUND, "certified_until": "2024-12-31"}],
}


def month(**planted):
    """The sound month with rows added by frame; a function in place of rows changes those that are there."""
    made = {}
    for frame in SCHEMAS:
        sound, change = SOUND_MONTH.get(frame, []), planted.pop(frame, [])
        made[frame] = rows(frame, change(sound) if callable(change) else [*sound, *change])
    figures = {
        "county": COUNTY,
        "month": PAY_MONTH,
        "known_on": KNOWN_ON,
        "by_low_income": ("elder_care_subsidy", "elder_service_subsidy", "disability_living_subsidy"),
        "by_claim": ("disability_care_subsidy", "disability_living_subsidy"),
    }
    return Evidence(**{**figures, **planted}, **made)


def found(evidence, **settings):
    """What is found, by rule: whom."""
    told = find(evidence, {**SETTINGS, **{AuditRule(rule): one for rule, one in settings.items()}})
    return {(str(rule), person_no) for rule, person_no in told.select("rule", "person_no").iter_rows()}
