"""What is read of the registers: the columns by register, and nothing that names a person.

A bucket of a county's people is handed to a process on another machine with these columns only (month/buckets.py).
"""

from __future__ import annotations

from collections.abc import Mapping

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "population": ("person_no", "birth_date", "division_code", "hukou_type", "moved_in_on", "moved_out_on", "died_on"),
    "low_income": (
        "person_no",
        "category",
        "area",
        "is_recipient",
        "support_mode",
        "self_care",
        "institution_id",
        "confirmed_on",
        "from_month",
        "to_month",
    ),
    "disability": (
        "person_no",
        "category",
        "grade",
        "needs_long_term_care",
        "issued_on",
        "expires_on",
        "cancelled_on",
    ),
    "ability": (
        "person_no",
        "scale",
        "level",
        "assessed_on",
        "valid_until",
        "is_unable",
        "unable_from_month",
        "unable_to_month",
    ),
    "family_planning": ("person_no", "kind", "from_month", "to_month"),
    "claim": ("person_no", "benefit", "claimed_on", "approved_on"),
    "choice": ("person_no", "group", "benefit", "from_month"),
    "suspension": ("person_no", "benefit", "from_month", "to_month", "back_pay"),
}
