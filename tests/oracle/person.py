"""What holds for one person in one month, read from register rows one by one: dates and comparisons, nothing else.

Rows are plain dicts with the columns of the registers; a person is {register: [row, …]}. The words are the
packs'.
"""

from datetime import date

STRENGTH = ["tekun", "dibao", "margin", "expense_hardship"]
CARE = [None, "able", "half", "full"]
AREA = ["urban", "rural"]
SCALES = ["GB/T 42195-2022", "MZ/T 039-2013"]
HUKOU = {"城镇": "urban", "非农业": "urban", "农村": "rural", "农业": "rural"}
CATEGORIES = ["visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple"]
OPEN_END, OPEN_START = date(9999, 12, 1), date(1, 1, 1)


def month_of(day):
    return day.replace(day=1)


def next_month(month):
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def runs(first, last, month):
    return (first or OPEN_START) <= month <= (last or OPEN_END)


def facts_of(person, county, month):
    """word → what it is in the month; None where the person has no such thing."""
    population = person["population"]
    if not population:
        return None
    born = population[0]["birth_date"]
    age = month.year - born.year - (1 if month.month < born.month else 0)
    deaths = [month_of(row["died_on"]) for row in population if row["died_on"]]
    facts = {
        "age": age,
        "age_after_birthday": age - (month.month == born.month),
        "birthday_month": month.month == born.month,
        "alive": not deaths or month <= min(deaths),
        "registered": any(is_registered(row, county, month) for row in population),
        "hukou": hukou(population, county),
        **low_income_facts(person["low_income"], month),
        **disability_facts(person["disability"], month),
        **ability_facts(person["ability"], month),
    }
    kinds = [row["kind"] for row in person["family_planning"] if runs(row["from_month"], row["to_month"], month)]
    facts["special_family"] = bool(kinds)
    facts["family_planning"] = ("death" if "death" in kinds else "disability") if kinds else None
    return facts


def is_registered(row, county, month):
    if row["division_code"][:6] != county:
        return False
    arrived = next_month(month_of(row["moved_in_on"])) if row["moved_in_on"] else OPEN_START
    left = month_of(row["moved_out_on"]) if row["moved_out_on"] else OPEN_END
    if row["moved_in_on"] and row["moved_out_on"] and row["moved_out_on"] < row["moved_in_on"]:
        return month <= left or month >= arrived  # left and came back
    return arrived <= month <= left


def hukou(rows, county):
    """What the row here that began last says; of rows that began together, 农村."""
    said = [
        (row["moved_in_on"] or OPEN_START, AREA.index(HUKOU[row["hukou_type"]]))
        for row in rows
        if row["division_code"][:6] == county and row.get("hukou_type") in HUKOU
    ]
    return AREA[max(said)[1]] if said else None


def low_income_facts(rows, month):
    running = [row for row in rows if runs(begins(row), row["to_month"], month)]
    if not running:
        nothing = dict.fromkeys(["low_income", "area", "support_mode", "self_care", "institution"])
        return {
            **nothing,
            **dict.fromkeys(["tekun", "dibao_household", "dibao_person", "margin", "expense_hardship"], False),
        }
    strongest = min((row["category"] for row in running), key=STRENGTH.index)
    of_category = [row for row in running if row["category"] == strongest]
    told = min(
        of_category,
        key=lambda row: (
            -begins(row).toordinal(),
            -CARE.index(row["self_care"]),
            AREA.index(row["area"]),
            row["institution_id"] or "~",
            row["support_mode"] != "home",
        ),
    )
    return {
        "low_income": strongest,
        "tekun": strongest == "tekun",
        "dibao_household": strongest == "dibao",
        "dibao_person": strongest == "dibao" and any(row["is_recipient"] for row in of_category),
        "margin": strongest == "margin",
        "expense_hardship": strongest == "expense_hardship",
        "area": told["area"],
        "support_mode": told["support_mode"],
        "self_care": told["self_care"],
        "institution": told["institution_id"],
    }


def begins(row):
    return row["from_month"] or next_month(month_of(row["confirmed_on"]))


def disability_facts(rows, month):
    valid = []
    for row in rows:
        ends = [month_of(row[name]) for name in ("expires_on", "cancelled_on") if row[name]]
        if runs(month_of(row["issued_on"]), min(ends) if ends else None, month):
            valid.append(row)
    if not valid:
        return {"disabled": False, "severe": False, "ltc": False, "grade": None, "disability_category": None}
    grade = min(row["grade"] for row in valid)
    of_grade = [row for row in valid if row["grade"] == grade]
    latest = max(of_grade, key=lambda row: (row["issued_on"], -CATEGORIES.index(row["category"])))
    return {
        "disabled": True,
        "severe": grade in (1, 2),
        "ltc": any(row["needs_long_term_care"] for row in of_grade),
        "grade": grade,
        "disability_category": latest["category"],
    }


def ability_facts(rows, month):
    valid = [
        row
        for row in rows
        if row["level"] is not None
        and runs(month_of(row["assessed_on"]), row["valid_until"] and month_of(row["valid_until"]), month)
    ]
    latest = max(valid, key=lambda row: (row["assessed_on"], row["level"], -SCALES.index(row["scale"])), default={})
    unable = any(
        row["is_unable"]
        and runs(row["unable_from_month"] or month_of(row["assessed_on"]), row["unable_to_month"], month)
        for row in rows
    )
    level = latest.get("level")
    return {
        "level": level,
        "scale": latest.get("scale"),
        "unable": unable,
        "limited": unable or (level is not None and level >= 2),
    }
