"""Invented people around every boundary: birthdays, bands, deaths, moves, rows that overlap, end, open and contradict.

`random` is a random.Random: one with a seed for many people at once, or Hypothesis's, which shrinks to the least one.
"""

import calendar
from datetime import date

import polars as pl

from contracts.registers import REGISTERS, accepted_schema
from tests.oracle.person import AREA, CATEGORIES, SCALES

AGES = [59, 60, 61, 79, 80, 80, 81, 89, 90, 99, 100, 101]
TOLD = ["population", "low_income", "disability", "ability", "family_planning", "claim", "choice", "suspension"]
CHOICES = {
    "care": ["elder_care_subsidy", "disability_care_subsidy"],
    "living": ["hardship_elder_subsidy", "disability_living_subsidy"],
}


def person(random, county, months):
    """{register: rows} of one person whose life happens about these months."""
    born = a_birth(random, months)
    kind = random.choice(
        ["nobody", "dibao", "dibao", "tekun", "any", "any", "both care subsidies", "both living subsidies"]
    )
    if kind.startswith("both"):
        return of_both(random, county, kind, born, months)
    return {
        "population": population(random, county, born, months),
        "low_income": [low_income(random, kind, months) for _ in range(several(random, 0 if kind == "nobody" else 1))],
        "disability": [disability(random, months) for _ in range(several(random, 0))],
        "ability": [ability(random, months) for _ in range(several(random, 0))],
        "family_planning": [family_planning(random, months) for _ in range(random.choice([0, 0, 0, 1, 1, 2]))],
        "claim": [claim(random, months) for _ in range(random.choice([0, 1, 1, 2, 3]))],
        "choice": [choice(random, months) for _ in range(random.choice([0, 0, 0, 1, 2, 3]))],
        "suspension": [suspension(random, months) for _ in range(random.choice([0, 0, 0, 1, 2]))],
    }


def of_both(random, county, kind, born, months):
    """One in the running for two benefits of a choose-higher group in most months, with a choice here and there."""
    always = {"from_month": before(months[0], 2), "to_month": perhaps(random, months[-1])}
    group = "care" if kind == "both care subsidies" else "living"
    claims = [{**claim(random, months), "benefit": CHOICES[group][1]} for _ in range(2)]
    paper = {"grade": random.choice([1, 2]), "needs_long_term_care": True, "expires_on": None, "cancelled_on": None}
    level = {"level": random.choice([2, 3]), "valid_until": None, "is_unable": True, "unable_to_month": None}
    return {
        "population": population(random, county, born, months),
        "low_income": [{**low_income(random, "dibao", months), "category": "dibao", "is_recipient": True, **always}],
        "disability": [{**disability(random, months), **paper}],
        "ability": [{**ability(random, months), **level}],
        "family_planning": [],
        "claim": claims,
        "choice": [
            {**choice(random, months), "group": group, "benefit": random.choice(CHOICES[group])}
            for _ in range(random.randrange(3))
        ],
        "suspension": [suspension(random, months)] if random.randrange(4) == 0 else [],
    }


def several(random, least):
    return max(least, random.choice([0, 1, 1, 2, 3]))


def a_month(random, months):
    """A month inside the window, at its edge, just outside, or far before it."""
    inside = random.choice(months)
    return random.choice([inside, inside, inside, months[0], months[-1], before(months[0], 1), before(months[0], 30)])


def a_day(random, months):
    month = a_month(random, months)
    last = calendar.monthrange(month.year, month.month)[1]
    return month.replace(day=random.choice([1, 2, 15, last]))


def before(month, count):
    total = month.year * 12 + month.month - 1 - count
    return date(total // 12, total % 12 + 1, 1)


def perhaps(random, made, chance=2):
    """The value, or none of it."""
    return made if random.randrange(chance) else None


def a_birth(random, months):
    day = a_day(random, months)
    year = day.year - random.choice(AGES)
    if random.randrange(12) == 0:
        return date(year - year % 4, 2, 29)
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def in_order(first, last):
    return (last, first) if first and last and last < first else (first, last)


def population(random, county, born, months):
    rows = []
    for _ in range(random.choice([1, 1, 1, 1, 2, 3])):
        is_a_mover = random.randrange(4) == 0
        rows.append(
            {
                "birth_date": born,
                "division_code": random.choice([county] * 9 + ["990000"]) + "001001",
                "moved_in_on": perhaps(random, a_day(random, months)) if is_a_mover else None,
                "moved_out_on": perhaps(random, a_day(random, months)) if is_a_mover else None,
                "died_on": a_day(random, months) if random.randrange(6) == 0 else None,
            }
        )
    return rows


def low_income(random, kind, months):
    usual = kind if kind in ("dibao", "tekun") else "margin"
    category = random.choice([usual, usual, "tekun", "dibao", "margin", "expense_hardship"])
    first, last = in_order(a_month(random, months), perhaps(random, a_month(random, months)))
    is_confirmed_only = random.randrange(5) == 0
    mode = random.choice(["home", "institution"]) if category == "tekun" else None
    return {
        "category": category,
        "area": random.choice(AREA),
        "is_recipient": random.choice([True, True, False]),
        "support_mode": mode,
        "self_care": random.choice(["able", "half", "full"]) if category == "tekun" else None,
        "institution_id": random.choice(["J01", "J02"]) if mode == "institution" else None,
        "confirmed_on": a_day(random, months) if is_confirmed_only else None,
        "from_month": None if is_confirmed_only else first,
        "to_month": last,
    }


def disability(random, months):
    return {
        "category": random.choice(CATEGORIES),
        "grade": random.choice([1, 2, 2, 3, 4]),
        "needs_long_term_care": random.choice([True, True, False]),
        "issued_on": a_day(random, months),
        "expires_on": perhaps(random, a_day(random, months), 3),
        "cancelled_on": a_day(random, months) if random.randrange(5) == 0 else None,
    }


def ability(random, months):
    is_unable = random.choice([True, False])
    first, last = in_order(perhaps(random, a_month(random, months)), perhaps(random, a_month(random, months)))
    return {
        "scale": random.choice(SCALES),
        "level": random.choice([0, 1, 2, 3, 4]),
        "assessed_on": a_day(random, months),
        "valid_until": perhaps(random, a_day(random, months), 3),
        "is_unable": is_unable,
        "unable_from_month": first if is_unable else None,
        "unable_to_month": last if is_unable else None,
    }


def family_planning(random, months):
    first, last = in_order(a_month(random, months), perhaps(random, a_month(random, months)))
    return {"kind": random.choice(["death", "disability"]), "from_month": first, "to_month": last}


def claim(random, months):
    claimed, approved = in_order(a_day(random, months), perhaps(random, a_day(random, months), 3))
    named = ["disability_living_subsidy", "disability_care_subsidy", "disability_care_subsidy", "old_age_allowance"]
    return {"benefit": random.choice(named), "claimed_on": claimed, "approved_on": approved}


def choice(random, months):
    group = random.choice(["care", "care", "living"])
    return {"group": group, "benefit": random.choice(CHOICES[group]), "from_month": a_month(random, months)}


def suspension(random, months):
    first, last = in_order(a_month(random, months), perhaps(random, a_month(random, months), 3))
    named = [None, "old_age_allowance", "disability_care_subsidy", "elder_care_subsidy", "tekun_living"]
    return {
        "benefit": random.choice(named),
        "reason_code": "OTHER",
        "from_month": first,
        "to_month": last,
        "back_pay": random.choice([True, False]),
    }


ALWAYS = {
    "population": {"name": "样本", "township": "示范镇", "village": "示范村"},
    "low_income": {"household_id": "H1"},
    "disability": {"certificate_no": "99"},
}


def registers(people):
    """Accepted registers of {person_no: person}."""
    told = {}
    for name in REGISTERS:
        rows = [
            {
                **ALWAYS.get(name, {}),
                **row,
                "person_no": number,
                "source_file": f"{name}.csv",
                "source_sheet": "",
                "source_row": 2,
            }
            for number, of_person in people.items()
            for row in of_person.get(name, [])
        ]
        told[name] = pl.DataFrame(rows, schema=accepted_schema(name)).lazy()
    return told
