"""One person's months under a law, decided one by one as an official would with the papers on the desk."""

from datetime import date

from tests.oracle.person import facts_of, month_of, next_month, runs

ORDER = [
    "old_age_allowance",
    "elder_service_subsidy",
    "elder_care_subsidy",
    "hardship_elder_subsidy",
    "tekun_living",
    "tekun_care",
    "disability_living_subsidy",
    "disability_care_subsidy",
    "family_planning_support",
]


def decide(person, law, county, months, pay_month):
    """(benefit, month) → outcome, amount_fen, would_be_fen, winner, unset_code, institution_id."""
    told = {}
    for month in months:
        facts = facts_of(person, county, month)
        if facts is None or facts["age"] < 0:
            continue
        told |= {
            (benefit, month): row for benefit, row in month_of_person(person, facts, law, month, pay_month).items()
        }
    return told


def month_of_person(person, facts, law, month, pay_month):
    rows, running = {}, {}
    for benefit in law.benefits:
        if not law.exists(benefit, facts, month) or not law.meets(benefit, facts, month):
            continue
        fen, ground, _ = law.money(benefit, facts, month)
        group, tie = law.group(benefit, facts, month)
        to_institution = (
            law.parameter(benefit, "payee", facts, month) == "institution" and facts["support_mode"] == "institution"
        )
        row = {
            "outcome": "ENTITLED",
            "amount_fen": 0,
            "would_be_fen": fen,
            "winner": None,
            "choose_group": group,
            "unset_code": ground or None,
            "is_to_institution": to_institution,
            "institution_id": facts["institution"] if to_institution else None,
        }
        rows[benefit] = row
        if law.is_excluded(benefit, facts, month):
            row["outcome"] = "EXCLUDED"
        elif not is_claimed(person, benefit, law, facts, month):
            row["outcome"] = "NOT_CLAIMED"
        elif is_suspended(person, benefit, month, pay_month):
            row["outcome"] = "SUSPENDED"
        elif fen is None:
            row |= {"outcome": "STANDARD_NOT_SET", "amount_fen": None}
        else:
            row["amount_fen"] = fen
            if group:
                running.setdefault(group, []).append((benefit, fen, tie))
    for group, contenders in running.items():
        winner = winner_of(contenders, choice_of(person, group, month))
        for benefit, _, _ in contenders:
            if benefit != winner:
                rows[benefit] |= {"outcome": "LOST_TO_HIGHER", "amount_fen": 0, "winner": winner}
    return rows


def is_claimed(person, benefit, law, facts, month):
    if law.parameter(benefit, "enrolment", facts, month) != "claim":
        return True
    rule = law.parameter(benefit, "start_rule", facts, month)
    for row in person["claim"]:
        if row["benefit"] != benefit or not row["approved_on"]:
            continue
        start = {
            "claim_month": month_of(row["claimed_on"]),
            "approval_month": month_of(row["approved_on"]),
            "month_after_approval": next_month(month_of(row["approved_on"])),
            "january_of_claim_year": date(row["claimed_on"].year, 1, 1),
            "first_qualifying_month": date.min,
        }[rule]
        if start <= month:
            return True
    return False


def is_suspended(person, benefit, month, pay_month):
    for row in person["suspension"]:
        if row["benefit"] not in (None, benefit) or not runs(row["from_month"], row["to_month"], month):
            continue
        is_owed_later = row["back_pay"] and row["to_month"] is not None and row["to_month"] < pay_month
        if not is_owed_later:
            return True
    return False


def choice_of(person, group, month):
    begun = [row for row in person["choice"] if row["group"] == group and row["from_month"] <= month]
    latest = max(begun, key=lambda row: (row["from_month"], ORDER.index(row["benefit"])), default=None)
    return latest and latest["benefit"]


def winner_of(contenders, chosen):
    if chosen in [benefit for benefit, _, _ in contenders]:
        return chosen
    return max(contenders, key=lambda row: (row[1], row[2]))[0]
