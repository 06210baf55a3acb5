"""Notices a county might add: raises, ties, an amount below its floor, an end, yearly 低保, other ways to start.

Each is written as a county would write it, in the folder of its code; both the rulebook and the plain reading take it.
"""

from datetime import date

import yaml

EVER = "2016-01-01"  # where a parameter has no value above, the notice states what was so before
XINXIANG = {
    "elder_care_subsidy.amount": (
        "yuan/month",
        [("2024-05-01", 75), ("2024-09-01", 90), ("2025-01-01", 59), ("2025-03-01", 60.5), ("2025-09-01", None)],
    ),
    "disability_care_subsidy.amount": ("yuan/month", [("2025-04-01", {"1": 80, "2": 75})]),
    "elder_service_subsidy.amount": ("yuan/year", [("2024-10-01", 1000)]),
    "dibao.standard": ("yuan/year", [("2024-07-01", {"城市": 8000, "农村": 5450})]),
    "tekun_living.amount": ("yuan/month", [("2025-05-01", {"城市": 867, "农村": 700})]),
    "tekun_care.amount": ("yuan/month", [("2025-06-01", {"全自理": 80, "半护理": 333})]),
    "old_age_allowance.enrolment": ("code", [(EVER, "automatic"), ("2025-02-01", "claim")]),
    "old_age_allowance.start_rule": ("code", [(EVER, "month_after_approval")]),
    "disability_living_subsidy.start_rule": (
        "code",
        [
            ("2024-06-01", "january_of_claim_year"),
            ("2025-01-01", "first_qualifying_month"),
            ("2025-06-01", "approval_month"),
        ],
    ),
    "elder_service_subsidy.include_margin": ("yes/no", [("2024-08-01", "yes")]),
    "elder_service_subsidy.include_expense_hardship": ("yes/no", [("2025-01-01", "yes")]),
    "elder_care_subsidy.include_margin": ("yes/no", [("2024-08-01", "yes")]),
    "disability_care_subsidy.include_non_severe_mental": ("yes/no", [("2024-05-01", "yes")]),
    "disability_living_subsidy.min_age": ("years", [("2025-01-01", 80)]),
}
JINXIANG = {
    "dibao.standard": ("yuan/month", [("2024-03-01", {"城市": 900, "农村": 720.01})]),
    "disability_living_subsidy.amount": ("yuan/month", [("2024-02-01", {"1-2": 100, "3-4": 80})]),
    "disability_care_subsidy.amount": (
        "yuan/month",
        [("2024-02-01", {"1-2": 85}), ("2025-01-01", {"1": 120, "2": 110})],
    ),
    "tekun_care.ratio": ("× minimum_wage.amount", [("2024-04-01", {"全护理": "1/3", "半护理": "1/6"})]),
    "tekun_care.benchmark": ("parameter", [("2024-04-01", {"全自理": "disability_care_subsidy.amount"})]),
    "tekun_care.benchmark_grade": ("grade", [(EVER, 1), ("2024-09-01", 2)]),
}
OVERLAYS = {"410721": XINXIANG, "370828": JINXIANG}


def write(county, folder, since=""):
    """Write the county's notices under `folder` and return it; with `since`, only what changes from then on."""
    documents = {"notice": {"title": "假设的通知", "number": "假设"}}
    parameters = {
        name: {"unit": unit, "entries": [entry(start, value) for start, value in values if start >= since]}
        for name, (unit, values) in OVERLAYS[county].items()
        if values[-1][0] >= since and not (since and values[0][0] == EVER)
    }
    (folder / county).mkdir(parents=True)
    page = yaml.safe_dump({"documents": documents, "parameters": parameters}, allow_unicode=True)
    (folder / county / "notice.yaml").write_text(page, "utf-8")
    return folder


def entry(start, value):
    return {
        "effective_from": date.fromisoformat(start),
        "issued_on": date(2023, 12, 1),
        "role": "fixed",
        "status": "in_force",
        "source": {"document": "notice", "clause": "第一条", "note": "假设"},
        **({"values": value} if isinstance(value, dict) else {"value": value}),
    }
