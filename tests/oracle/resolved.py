"""The law of a county read from what the rulebook hands over (contracts.policy.Rules), cell by cell."""

from fractions import Fraction
from math import ceil

from contracts.policy import AllOf, AnyOf, Compare, Fact, Not, OneOf, Parameter, Switch

WORD_OF = {
    "age_years": "age",
    "has_birthday": "birthday_month",
    "disability_grade": "grade",
    "area_code": "area",
    "self_care_code": "self_care",
    "support_mode_code": "support_mode",
    "family_planning_code": "family_planning",
    "low_income_code": "low_income",
    "ability_scale_code": "scale",
}


class RulesLaw:
    """One county, resolved."""

    def __init__(self, rules):
        self.benefits = {benefit.value: of_benefit for benefit, of_benefit in rules.benefits.items()}
        self.cells = {
            name: {
                tuple(row[key] for key in ("benefit_month", *of_benefit.keys)): row
                for row in of_benefit.rates.iter_rows(named=True)
            }
            for name, of_benefit in self.benefits.items()
        }

    def cell(self, benefit, facts, month):
        return self.cells[benefit][month, *(facts[WORD_OF[key]] for key in self.benefits[benefit].keys)]

    def exists(self, benefit, facts, month):
        return not self.cell(benefit, facts, month)["p_is_abolished"]

    def meets(self, benefit, facts, month):
        return holds(self.benefits[benefit].when, facts, self.cell(benefit, facts, month))

    def parameter(self, benefit, suffix, facts, month):
        return self.cell(benefit, facts, month).get(f"p_{suffix}")

    def money(self, benefit, facts, month):
        cell = self.cell(benefit, facts, month)
        if cell["unset_code"]:
            return None, cell["unset_code"], False
        fen, unit = exact_fen(cell), cell["p_round_up_to_fen"]
        return ceil(fen / unit) * unit, "", False

    def is_excluded(self, benefit, facts, month):
        return any(
            said and facts[name.removeprefix("p_excluded_by_")]
            for name, said in self.cell(benefit, facts, month).items()
            if name.startswith("p_excluded_by_")
        )

    def group(self, benefit, facts, month):
        cell = self.cell(benefit, facts, month)
        return cell["p_choose_group"], cell["p_tie_rank"]


def exact_fen(cell):
    if cell["p_amount_fen"] is not None:
        return Fraction(cell["p_amount_fen"], cell["p_amount_months"])
    if cell.get("p_benchmark_fen") is not None:
        return Fraction(cell["p_benchmark_fen"], cell["p_benchmark_months"])
    ratio = Fraction(cell["p_ratio_num"], cell["p_ratio_den"])
    if "p_dibao_fen" in cell:
        return Fraction(cell["p_dibao_fen"], cell["p_dibao_months"]) * ratio
    return cell["p_wage_fen"] * ratio


def holds(tree, facts, cell):
    def known(bound):
        return cell[f"p_{bound.name}"] if isinstance(bound, Parameter) else bound

    match tree:
        case AllOf(conditions=conditions):
            return all(holds(part, facts, cell) for part in conditions)
        case AnyOf(conditions=conditions):
            return any(holds(part, facts, cell) for part in conditions)
        case Not(condition=condition):
            return not holds(condition, facts, cell)
        case Fact(word=word):
            return bool(facts[word])
        case Switch(parameter=parameter):
            return bool(known(parameter))
        case OneOf(subject=subject, codes=codes):
            return (known(subject) if isinstance(subject, Parameter) else facts[subject]) in codes
        case Compare(word=word):
            bounds = [known(bound) for bound in (tree.at_least, tree.at_most, tree.below) if bound is not None]
            number = facts[word]
            if number is None or None in bounds:
                return False
            return (
                (tree.at_least is None or number >= known(tree.at_least))
                and (tree.at_most is None or number <= known(tree.at_most))
                and (tree.below is None or number < known(tree.below))
            )
