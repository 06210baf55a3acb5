"""What auditors look for, looked for before the money goes out: one table of rules over the tables of a month."""

from audit.evidence import Evidence
from audit.finding import find, undecided
from audit.rules import RULES, Rule

__all__ = ["RULES", "Evidence", "Rule", "find", "undecided"]
