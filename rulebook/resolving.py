"""From a county's chain to what the calculators are handed (contracts.policy.Rules)."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import combinations, product

import polars as pl

from contracts.codes import Benefit, Enrolment, ValueStatus
from contracts.columns import polars_schema
from contracts.errors import PolicyError
from contracts.months import add_months, month_text
from contracts.policy import COMMON_RATES, PAY_RHYTHM, RATE_MONEY, RATE_TAIL, BenefitRules, PairRule, Rules
from contracts.tables import Facts, RateCatalogue
from rulebook.chain import Chain, Chosen
from rulebook.conditions import FROM, TO
from rulebook.figures import Column, Figures, Look, money_of
from rulebook.keys import DIMENSIONS, Cell, Dimension
from rulebook.law import Pair, Value
from rulebook.parameters import DIBAO, EVERY_BENEFIT, TIER, WAGE, Kind
from rulebook.printing import text_of

EXCLUDED_BY = "excluded_by_"
RATE_ID_LENGTH = 16
TELLS_APART = (  # what makes a value another one; not how it is worded
    "parameter", "key", "value", "unit", "effective_from", "issued_on", "role", "status", "level_code", "title",
    "number", "clause", "is_amount",
)  # fmt: skip
DTYPES: Mapping[Kind, pl.DataType] = {
    Kind.WHOLE: pl.Int64(),
    Kind.YES_NO: pl.Boolean(),
    Kind.CODE: pl.String(),
}
FACTS = polars_schema(Facts)
STATUSES = ValueStatus.values()  # worst last


def resolve(chain: Chain, months: Sequence[date], known_on: date, pack_digest: str) -> Rules:
    """The law of a county for these months, as known on a day; PolicyError where a condition is not decided."""
    county = chain.levels[0]
    catalogue: dict[str, dict[str, object]] = {}
    benefits = {
        benefit: _Resolving(chain, benefit, tuple(months), known_on, catalogue).rules for benefit in chain.conditions
    }
    return Rules(
        county=county.code,
        county_name=county.name,
        known_on=known_on,
        months=tuple(months),
        benefits=benefits,
        pairs=tuple(_pair_rules(chain, months[-1], known_on)),
        catalogue=pl.DataFrame(list(catalogue.values()), schema=polars_schema(RateCatalogue)),
        pack_digest=pack_digest,
        pay_rhythm=pl.DataFrame(list(_pay_rhythm(chain, months, known_on)), schema=PAY_RHYTHM),
    )


def _pair_rules(chain: Chain, month: date, known_on: date) -> Iterator[PairRule]:
    for first, second in combinations(chain.conditions, 2):
        pair = chain.pair(first, second, month, known_on)
        if pair is not None:
            form = pair.form
            yield PairRule(pair.first, pair.second, form.relation, str(pair.source), form.group or "")


def _pay_rhythm(chain: Chain, months: Sequence[date], known_on: date) -> Iterator[dict[str, object]]:
    """When what is posted in each month goes out, of benefits that not every month pays."""
    for benefit in chain.conditions:
        for month in months:
            value = chain.pay_months(benefit, month, known_on)
            if value is not None:
                yield {
                    "benefit": benefit.value,
                    "posted_month": month,
                    "due_month": _due_month(chain, benefit, month, known_on),
                    "pay_months": value.text,
                    "source": str(value.source),
                }


def _due_month(chain: Chain, benefit: Benefit, month: date, known_on: date) -> date:
    """The first month from this one on in which a benefit is paid."""
    value = chain.pay_months(benefit, month, known_on)
    if value is None or (isinstance(value.figure, tuple) and month.month in value.figure):
        return month
    return _due_month(chain, benefit, add_months(month, 1), known_on)


@dataclass
class _Resolving:
    """One benefit of one county."""

    chain: Chain
    benefit: Benefit
    months: tuple[date, ...]
    known_on: date
    catalogue: dict[str, dict[str, object]]

    @property
    def rules(self) -> BenefitRules:
        """Conditions and rates."""
        with_tree, named = self.chain.conditions[self.benefit]
        assert with_tree.tree is not None
        return BenefitRules(
            benefit=self.benefit,
            when=with_tree.tree.condition,
            when_source=str(named.source),
            keys=tuple(self.columns),
            rates=self.rates(),
            labels={name: self.chain.label_of(f"{self.benefit}.{name}") for name in with_tree.tree.uses},
        )

    @cached_property
    def uses(self) -> Mapping[str, Kind]:
        """Parameters of the conditions beside those every benefit has."""
        tree = self.chain.conditions[self.benefit][0].tree
        assert tree is not None
        return {name: kind for name, kind in tree.uses.items() if name not in EVERY_BENEFIT}

    @cached_property
    def names(self) -> Mapping[str, tuple[str, ...]]:
        """Parameter without its benefit → the full names it is looked up by, in order."""
        suffixes = ["amount", "ratio", "benchmark", "benchmark_grade", *EVERY_BENEFIT, *self.uses]
        return {suffix: self.chain.names_of(self.benefit, suffix) for suffix in suffixes}

    @cached_property
    def all_names(self) -> tuple[str, ...]:
        """Every full name above."""
        return tuple(name for names in self.names.values() for name in names)

    @cached_property
    def dimensions(self) -> tuple[Dimension, ...]:
        """The facts this benefit's figures are keyed by."""
        parameters = [*self.all_names, *([DIBAO] if self.benefit is Benefit.TEKUN_LIVING else [])]
        found = {name: None for parameter in parameters for name in self.chain.by(parameter)}
        return tuple(DIMENSIONS[name] for name in found if DIMENSIONS[name].columns)

    @property
    def columns(self) -> list[str]:
        """The facts columns of those dimensions."""
        return [column for dimension in self.dimensions for column in dimension.columns]

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """Every value that may bear on this benefit."""
        borrowed = [row.text for rows in self.chain.values.get(f"{self.benefit}.benchmark", ()) for row in rows]
        parameters = {*self.all_names, DIBAO, WAGE, TIER, *(name for name in borrowed if name)}
        return tuple(row for name in parameters for rows in self.chain.values.get(name, ()) for row in rows)

    def rates(self) -> pl.DataFrame:
        """One row per month and combination of cells."""
        schema = self.schema()
        places = [dimension.name for dimension in self.dimensions]
        rows = [
            {"benefit_month": months, **dict(zip(places, groups, strict=True)), **self.row(months[0], cells)}
            for months in self.segments()
            for groups, cells in self.cells()
        ]
        several = {"benefit_month": pl.List(pl.Date()), **dict.fromkeys(places, pl.List(pl.Int64()))}
        frame = pl.DataFrame(rows, schema=several | {name: schema[name] for name in rows[0] if name not in several})
        for name in several:
            frame = frame.explode(name)
        for dimension in self.dimensions:
            frame = pl.concat([frame, _cells_of(dimension)[frame[dimension.name]]], how="horizontal")
        return frame.select(list(schema))

    def schema(self) -> dict[str, pl.DataType]:
        """The columns of the rates."""
        conditions: dict[str, pl.DataType] = {}
        for name, kind in self.uses.items():
            if kind is Kind.RANGE:
                conditions |= {f"p_{name}{FROM}": pl.Int64(), f"p_{name}{TO}": pl.Int64()}
            else:
                conditions[f"p_{name}"] = DTYPES[kind]
        return {
            "benefit_month": pl.Date(),
            **{column: FACTS[column] for column in self.columns},
            **COMMON_RATES,
            **RATE_MONEY[self.benefit],
            **conditions,
            **{f"p_{EXCLUDED_BY}{status}": pl.Boolean() for status in self.statuses},
            **RATE_TAIL,
        }

    def segments(self) -> Iterator[list[date]]:
        """Months in which the same values count, together."""
        with_tree, _ = self.chain.conditions[self.benefit]
        changes = {value.effective_from for value in self.values} | {
            pair.form.effective_from for level in self.chain.levels for pair in level.pairs if pair.form.effective_from
        }
        turns = sorted(changes | ({with_tree.begins_on} if with_tree.begins_on else set()))
        together: dict[int, list[date]] = {}
        for month in self.months:
            together.setdefault(bisect_right(turns, month), []).append(month)
        yield from together.values()

    def cells(self) -> Iterator[tuple[list[list[int]], dict[str, Cell]]]:
        """Groups of cells that no key tells apart, by place in the domain, and a combination that stands for them."""
        for groups in product(*map(self.groups, self.dimensions)):
            stands = {
                dimension.name: dimension.cells[group[0]]
                for dimension, group in zip(self.dimensions, groups, strict=True)
            }
            yield list(groups), stands

    def groups(self, dimension: Dimension) -> list[list[int]]:
        """The domain of a dimension, null too, by which keys its cells lie in."""
        parts = {value.key.parts[value.by.index(dimension.name)] for value in self.values if dimension.name in value.by}
        together: dict[tuple[bool, ...], list[int]] = {}
        for place, cell in enumerate(dimension.cells):
            together.setdefault(tuple(cell in part for part in parts), []).append(place)
        return list(together.values())

    def row(self, month: date, cells: Mapping[str, Cell]) -> dict[str, object]:
        """The rates of one month and cell, without their keys; its values go to the catalogue."""
        known: dict[tuple[str, tuple[Cell, ...]], Chosen] = {}

        def look(parameter: str, wanted: Mapping[str, Cell]) -> Chosen:
            place = (parameter, tuple(wanted.get(name) for name in self.chain.by(parameter)))
            if place not in known:
                known[place] = self.chain.choose(parameter, wanted, month, self.known_on)
            return known[place]

        money = money_of(self.benefit, look, cells)
        conditions = self.conditions(look, month, cells)
        columns = {**conditions.columns, **money.columns, **self.interactions(month)}
        begins_on = self.chain.conditions[self.benefit][0].begins_on
        columns["is_abolished"] = money.is_abolished or (begins_on is not None and month < begins_on)
        why_unset = None if columns["is_abolished"] else money.why_unset
        rate_id = self.catalogued(money, conditions)
        blank = dict.fromkeys(name for name in self.schema() if name.startswith("p_"))
        return {
            **blank,
            **{f"p_{name}": held for name, held in columns.items()},
            "unset_code": why_unset,
            "rate_id": rate_id,
        }

    def conditions(self, look: Look, month: date, cells: Mapping[str, Cell]) -> Figures:
        """The parameters of conditions and of how the benefit is handed out."""
        figures = Figures()
        for suffix in (*EVERY_BENEFIT, *self.uses):
            if suffix == "start_rule" and figures.columns.get("enrolment") != Enrolment.CLAIM:
                continue
            names = self.names[suffix]
            value = next((found for name in names if (found := look(name, cells).usable)), None)
            if value is None:
                if not self.chain.by(names[0]):
                    self.undecided(names[0], month)
                continue
            figures.used.append(value)
            if isinstance(value.figure, tuple):
                first, last = value.figure
                figures.columns |= {f"{suffix}{FROM}": first, f"{suffix}{TO}": last}
            else:
                assert isinstance(value.figure, int | str)
                figures.columns["round_up_to_fen" if suffix == "round_up_to" else suffix] = value.figure
        return figures

    def undecided(self, name: str, month: date) -> None:
        """PolicyError, unless the benefit does not exist yet."""
        begins_on = self.chain.conditions[self.benefit][0].begins_on
        if begins_on is None or month >= begins_on:
            county = self.chain.levels[0]
            raise PolicyError(
                f"{name} 在 {month_text(month)}(按 {self.known_on} 所知)没有规定,无法判断{self.benefit.label}的资格",
                "请在政策中补上此值,或改用更晚的知悉日",
                f"{county.code} {county.name}",
            )

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every entry that names this benefit with another of the county's."""
        others = set(self.chain.conditions)
        return tuple(
            pair
            for level in self.chain.levels
            for pair in level.pairs
            if self.benefit in pair.key and pair.key <= others
        )

    @cached_property
    def statuses(self) -> tuple[str, ...]:
        """Statuses that may exclude this benefit."""
        words = {pair.form.excluded_by for pair in self.pairs if pair.second is self.benefit and pair.form.excluded_by}
        return tuple(sorted(words))

    def interactions(self, month: date) -> dict[str, Column]:
        """Exclusions, group and tie, as the pairs in force say."""
        columns: dict[str, Column] = {f"{EXCLUDED_BY}{status}": False for status in self.statuses}
        columns |= {"choose_group": None, "tie_rank": 0}
        rank = 0
        for other in sorted({next(iter(pair.key - {self.benefit})) for pair in self.pairs}):
            pair = self.chain.pair(self.benefit, other, month, self.known_on)
            if pair is None:
                continue
            if pair.form.relation == "exclude" and pair.second is self.benefit:
                columns[f"{EXCLUDED_BY}{pair.form.excluded_by}"] = True
            elif pair.form.relation == "choose_higher":
                columns["choose_group"] = pair.form.group
                rank += pair.form.tie is self.benefit
        columns["tie_rank"] = rank
        return columns

    def catalogued(self, money: Figures, conditions: Figures) -> str:
        """Put a set of values into the catalogue and return its id: the same values always have the same."""
        told = [*_told(money.used, is_amount=True), *_told(conditions.used, is_amount=False)]
        told_apart_by = [self.benefit, money.why_unset, [{name: row[name] for name in TELLS_APART} for row in told]]
        rate_id = hashlib.sha256(json.dumps(told_apart_by, ensure_ascii=False).encode()).hexdigest()[:RATE_ID_LENGTH]
        self.catalogue.setdefault(
            rate_id,
            {
                "rate_id": rate_id,
                "benefit": self.benefit,
                "amount_status": worst(value.status for value in money.used),
                "values_json": json.dumps(told, ensure_ascii=False),
            },
        )
        return rate_id


def _cells_of(dimension: Dimension) -> pl.DataFrame:
    """The domain of a dimension, null last, one facts column each."""
    rows = [cell if isinstance(cell, tuple) else (cell,) * len(dimension.columns) for cell in dimension.cells]
    return pl.DataFrame(rows, schema={column: FACTS[column] for column in dimension.columns}, orient="row")


def worst(statuses: Iterable[ValueStatus]) -> ValueStatus:
    """The status that may be trusted least; in force where there is none."""
    return max(statuses, key=STATUSES.index, default=ValueStatus.IN_FORCE)


def _told(values: Iterable[Value], *, is_amount: bool) -> Iterator[dict[str, object]]:
    for value in dict.fromkeys(values):
        yield {
            "parameter": value.parameter,
            "key": value.key.text,
            "value": value.text,
            "unit": value.unit,
            "effective_from": value.effective_from.isoformat(),
            "issued_on": value.issued_on.isoformat(),
            "role": value.role,
            "status": value.status,
            "level_code": value.level_code,
            "level_name": value.level_name,
            "title": value.source.title,
            "number": value.source.number,
            "clause": value.source.clause,
            "quote": value.source.quote,
            "note": value.source.note,
            "label": value.label,
            "text": text_of(value),
            "is_amount": is_amount,
        }
