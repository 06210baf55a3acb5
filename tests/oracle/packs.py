"""The law of a county read straight from policies/: yaml.safe_load, dates compared, nothing of the rulebook.

Of each level the latest value in force and issued counts; the nearest number is paid, where there is none the highest
floor; a number below a floor of its level or above is not paid.
"""

from datetime import date
from fractions import Fraction
from functools import cached_property
from math import ceil

import yaml

LABELS = {
    "城市": "urban",
    "农村": "rural",
    "全自理": "able",
    "半护理": "half",
    "全护理": "full",
    "死亡": "death",
    "伤残": "disability",
    "分散": "home",
    "集中": "institution",
    "特困": "tekun",
    "低保": "dibao",
    "低保边缘": "margin",
    "支出型困难": "expense_hardship",
    "智力": "intellectual",
    "精神": "mental",
    "无": None,
}
SHARED = ("enrolment", "start_rule", "payee", "round_up_to")
NOT_SET, BELOW_FLOOR = "NOT_SET", "BELOW_FLOOR"


class PackLaw:
    """One county as known on one day."""

    def __init__(self, policies, county, known_on, overlay=None):
        (folder,) = policies.glob(f"**/{county}_*")
        self.known_on = known_on
        self.levels = []
        self.found = {}
        while folder != policies:
            on_top = overlay.glob(f"{folder.name[:6]}*/*.yaml") if overlay else ()
            files = [*sorted(folder.glob("*.yaml")), *on_top]
            self.levels.append([yaml.safe_load(file.read_text("utf-8")) or {} for file in files])
            folder = folder.parent

    @cached_property
    def benefits(self):
        """Benefit → its conditions, those of the nearest level that writes them."""
        told = {}
        for level in self.levels:
            for page in level:
                if "when" in page.get("conditions", {}):
                    told.setdefault(page["benefit"], page["conditions"])
        return told

    def entries(self, level, name):
        for page in level:
            parameter = page.get("parameters", {}).get(name)
            if parameter:
                for entry in parameter.get("entries", []):
                    yield parameter, entry

    def is_known(self, name):
        return any(True for level in self.levels for _ in self.entries(level, name))

    def live(self, level, name, facts, month, roles):
        """The value of one level that is in force: (value, unit), or None."""
        found = [
            (entry["effective_from"], entry["issued_on"], value, parameter["unit"])
            for parameter, entry in self.entries(level, name)
            for key, value in entry.get("values", {"": entry.get("value")}).items()
            if entry["role"] in roles
            and entry["effective_from"] <= month
            and entry["issued_on"] <= self.known_on
            and holds(key, keyed_by(name, parameter), facts)
        ]
        return max(found, key=lambda row: row[:2])[2:] if found else None

    def value(self, name, facts, month):
        """(value, unit, ground): what counts; without a ground it may be used."""
        asked = (name, month, *(facts[word] for word in self.words_of(name)))
        if asked not in self.found:
            self.found[asked] = self.looked_up(name, facts, month)
        return self.found[asked]

    def words_of(self, name):
        if name not in self.found:
            keys = [keyed_by(name, parameter) for level in self.levels for parameter, _ in self.entries(level, name)]
            self.found[name] = keys[0] if keys else []
        return self.found[name]

    def looked_up(self, name, facts, month):
        numbers = [self.live(level, name, facts, month, ("fixed", "default")) for level in self.levels]
        floors = [self.live(level, name, facts, month, ("floor",)) for level in self.levels]
        nearest = next((place for place, number in enumerate(numbers) if number), None)
        if nearest is None:
            held = [floor for floor in floors if floor]
            if not held:
                return None, "", NOT_SET
            return (*max(held, key=lambda floor: size(*floor) or 0), "")
        value, unit = numbers[nearest]
        measured = size(value, unit)
        for floor in floors[nearest:]:
            if floor and measured is not None and measured < size(*floor):
                return value, unit, BELOW_FLOOR
        return value, unit, ""

    def parameter(self, benefit, suffix, facts, month):
        """What a benefit's parameter is for these facts; None where nobody has said."""
        own = f"{benefit}.{suffix}"
        name = f"all.{suffix}" if suffix in SHARED and not self.is_known(own) else own
        value, unit, ground = self.value(name, facts, month)
        if ground:
            return None
        if unit == "yes/no":
            return value in (True, "yes")
        return range_of(value) if unit == "levels" else value

    def exists(self, benefit, facts, month):
        """Whether there is such a benefit in the month."""
        begins = self.benefits[benefit].get("begins_on", date.min)
        return begins <= month and not self.money(benefit, facts, month)[2]

    def meets(self, benefit, facts, month):
        return self.holds(benefit, self.benefits[benefit]["when"], facts, month)

    def holds(self, benefit, tree, facts, month):
        def known(text):
            return self.parameter(benefit, text[1:], facts, month) if str(text).startswith("$") else text

        if isinstance(tree, str):
            return bool(known(tree)) if tree.startswith("$") else bool(facts[tree])
        ((word, told),) = ((name, told) for name, told in tree.items() if name not in ("label", "source"))
        if told is True:  # a word with its clause beside it
            return self.holds(benefit, word, facts, month)
        if word == "all":
            return all(self.holds(benefit, part, facts, month) for part in told)
        if word == "any":
            return any(self.holds(benefit, part, facts, month) for part in told)
        if word == "not":
            return not self.holds(benefit, told, facts, month)
        if word.startswith("$"):
            return known(word) in told
        if isinstance(told, list):
            return facts[word] in [LABELS.get(code, code) for code in told]
        number = facts[word]
        if number is None:
            return False
        if "within" in told:
            bounds = known(told["within"])
            return bounds is not None and bounds[0] <= number <= bounds[1]
        return (
            number >= known(told.get("at_least", number))
            and number <= known(told.get("at_most", number))
            and number < known(told.get("below", number + 1))
        )

    def money(self, benefit, facts, month):
        """(fen or None, ground, whether it is abolished)."""
        value, unit, ground = self.value(f"{benefit}.amount", facts, month)
        if benefit in ("tekun_living", "tekun_care"):
            worked_out = self.worked_out(benefit, facts, month)
            if ground == NOT_SET:
                return self.rounded(benefit, *worked_out, facts, month)
            if value is not None and not worked_out[1] and size(value, unit) < worked_out[0]:
                ground = BELOW_FLOOR
        if value is None and not ground:
            return None, "", True
        return self.rounded(benefit, size(value, unit), ground, facts, month)

    def worked_out(self, benefit, facts, month):
        """(exact fen, ground) of the two 特困 benefits where no amount is published."""
        if benefit == "tekun_living":
            return self.product(["tekun_living.ratio", "dibao.standard"], facts, month)
        if self.value("tekun_care.ratio", facts, month)[2] != NOT_SET:
            tier, _, ground = self.value("minimum_wage.tier", facts, month)
            return self.product(["tekun_care.ratio", "minimum_wage.amount"], {**facts, "tier": tier}, month, ground)
        borrowed, _, ground = self.value("tekun_care.benchmark", facts, month)
        grade, _, _ = self.value("tekun_care.benchmark_grade", facts, month)
        return self.product([borrowed], {**facts, "grade": int(grade) if grade else None}, month, ground)

    def product(self, names, facts, month, ground=""):
        total = Fraction(1)
        for name in names:
            if ground:
                return None, ground
            value, unit, ground = self.value(name, facts, month)
            total *= 1 if ground else size(value, unit)
        return (None, ground) if ground else (total, "")

    def rounded(self, benefit, fen, ground, facts, month):
        if ground:
            return None, ground, False
        unit = int(Fraction(str(self.parameter(benefit, "round_up_to", facts, month))) * 100)
        return ceil(fen / unit) * unit, "", False

    def pairs_of(self, benefit, month):
        """Other benefit → what the nearest level says of the two."""
        told = {}
        for level in self.levels:
            found = {}
            for page in level:
                for pair in page.get("pairs", []):
                    for other in pair["with"]:
                        if benefit not in (pair["benefit"], other) or not {pair["benefit"], other} <= set(
                            self.benefits
                        ):
                            continue
                        dates = (pair.get("effective_from", date.min), pair.get("issued_on", date.min))
                        name = other if pair["benefit"] == benefit else pair["benefit"]
                        if dates[0] <= month and dates[1] <= self.known_on:
                            found.setdefault(name, []).append((dates, {**pair, "second": other}))
            for name, rows in found.items():
                told.setdefault(name, max(rows, key=lambda row: row[0])[1])
        return told

    def is_excluded(self, benefit, facts, month):
        return any(
            pair["relation"] == "exclude" and pair["second"] == benefit and facts[pair["excluded_by"]]
            for pair in self.pairs_of(benefit, month).values()
        )

    def group(self, benefit, facts, month):
        """(group, how often a tie goes to this benefit)."""
        chosen = [pair for pair in self.pairs_of(benefit, month).values() if pair["relation"] == "choose_higher"]
        return (chosen[0]["group"] if chosen else None), sum(pair["tie"] == benefit for pair in chosen)


def keyed_by(name, parameter):
    usual = {
        "dibao.standard": ["area"],
        "minimum_wage.amount": ["tier"],
        "old_age_allowance.amount": ["age"],
        "hardship_elder_subsidy.amount": ["age"],
        "disability_living_subsidy.amount": ["grade"],
        "disability_care_subsidy.amount": ["grade"],
        "family_planning_support.amount": ["family_planning"],
        "tekun_living.amount": ["area"],
        "tekun_care.amount": ["self_care"],
        "tekun_care.ratio": ["self_care"],
        "tekun_care.benchmark": ["self_care"],
    }
    return parameter.get("by", usual.get(name, []))


def holds(key, by, facts):
    parts = [part.strip() for part in key.split("×")] if by else []
    return all(cell_holds(name, part, facts) for name, part in zip(by, parts, strict=True))


def cell_holds(name, part, facts):
    held = facts[name]
    if name in ("age", "age_after_birthday"):
        first, last = part.strip("[)").split(",")
        return int(first) <= held and (last == "∞" or held < int(last))
    if name == "grade":
        first, _, last = part.partition("-")
        return held is not None and int(first) <= held <= int(last or first)
    return held == LABELS.get(part, part)


def range_of(text):
    first, _, last = str(text).partition("-")
    return int(first), int(last or first)


def size(value, unit):
    """Fen a month, or the fraction itself; None where it is no quantity."""
    if value is None or unit in ("code", "yes/no", "parameter", "levels"):
        return None
    if unit.startswith("yuan"):
        return Fraction(str(value)) * 100 / (12 if unit == "yuan/year" else 1)
    return Fraction(str(value))
