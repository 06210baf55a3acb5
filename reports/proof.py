"""The proof of a county's law: every situation it can tell apart decided and looked at, month by month.

In     the law, the county, the day as known on which
Out    findings with clause and file line, from which month on, acknowledged or not; which pairs of benefits meet; the
       most anybody can draw; who draws nothing though in a hardship register
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import combinations

import polars as pl

from calculators.conditions import compiled
from calculators.parts import Part
from calculators.situations import CLASS
from contracts.codes import Benefit, Outcome, SelfCare, UnsetReason
from contracts.errors import PolicyError
from contracts.money import yuan_label
from contracts.months import month_text
from contracts.policy import BenefitRules, Condition, Leaf, Rules
from contracts.situations import AXIS_OF, FindingKind
from reports.pay_rhythm import rhythms
from reports.situations import PLACES, Situations, parts_of, tabulate
from rulebook.chain import Chain
from rulebook.keys import DIMENSIONS
from rulebook.law import Known, Pair, Value, Where
from rulebook.lawbook import LawBook
from rulebook.places import ValuesOf, months_of_change, place_of_part
from rulebook.printing import text_of
from rulebook.situations import is_settled, parameters_in
from rulebook.wording import sentence

PERSON, MONTH = "person_no", "benefit_month"
WOULD_PAY = (Outcome.ENTITLED, Outcome.LOST_TO_HIGHER)
OUT_OF_BOUNDS = (UnsetReason.BELOW_FLOOR, UnsetReason.ABOVE_CEILING)
# What the law makes rise: with age, with the severity of a disability (1 is the gravest), with the care needed.
RISING = {"age_years": False, "disability_grade": True, "self_care_code": False}
RISES_WITH = {"age_years": "年龄", "disability_grade": "残疾程度", "self_care_code": "护理程度"}
ORDERED = {"age_years": "age", "disability_grade": "grade"}  # keys in which a notice can leave a hole


@dataclass(frozen=True)
class Finding:
    """One thing that may be wrong: its kind, what it is about (`known:` names it so), told, and where it is written."""

    kind: FindingKind
    about: str
    text: str
    source: str  # document and clause
    where: Where
    since: date
    known: Known | None = None

    def __str__(self) -> str:
        about = "" if self.kind is FindingKind.DRAWS_NOTHING else f"({self.about})"
        return f"{self.where} {self.kind.label}{about}:{self.text}({self.source})"


@dataclass(frozen=True)
class Meeting:
    """Two benefits whose own conditions one person can meet in one month, and what the law says of them."""

    first: Benefit
    second: Benefit
    relation: str
    source: str  # document and clause
    where: Where


@dataclass(frozen=True)
class Idle:
    """People in a hardship register who draw nothing."""

    who: str
    why: str
    known: Known | None


@dataclass(frozen=True)
class Proof:
    """What was found of one county, in_force_from in `month` or beginning later."""

    county: str
    name: str
    known_on: date
    month: date  # the change that still stands in the month asked for
    months: tuple[date, ...]
    situation_count: int
    combination_count: int
    findings: tuple[Finding, ...]
    meetings: tuple[Meeting, ...]
    greatest_fen: int
    greatest: tuple[str, ...]
    idle: tuple[Idle, ...]
    rhythms: tuple[str, ...]  # of benefits that are not paid every month

    @property
    def open_findings(self) -> list[Finding]:
        """Findings that nobody has acknowledged."""
        return [finding for finding in self.findings if finding.known is None]


def prove(law: LawBook, county: str, month: date, known_on: date, *, since_ever: bool = True) -> Proof:
    """Prove a county's law as it stands in a month and changes after it.

    `since_ever`: look at every month in which something changed, so that a finding tells since when it stands; else
    only at the month and what comes after it. PolicyError where the county had no whole law in the month.
    """
    chain = law.chain_of(county)
    changes = months_of_change(chain)
    if not changes or changes[0] > month:
        raise PolicyError(f"{month_text(month)} 之前{law.name_of(county)}的规定不全", "请用更晚的月份(--month)", county)
    in_force_from = max(change for change in changes if change <= month)
    months = changes if since_ever else [change for change in changes if change >= in_force_from]
    rules = law.resolve(county, months, known_on)
    return _Proving(chain, rules, tabulate(rules), in_force_from).proof()


def unacknowledged(law: LawBook, month: date, known_on: date) -> list[str]:
    """What `policies check` fails on beside breaches: findings of every county, from the month on, not acknowledged."""
    return [
        f"{law.name_of(county)} {finding}"
        for county in law.counties()
        for finding in prove(law, county, month, known_on, since_ever=False).open_findings
        if finding.kind is not FindingKind.OUT_OF_BOUNDS  # breaches tell of every month
    ]


@dataclass(frozen=True)
class _Found:
    kind: FindingKind
    about: str
    text: str
    source: str  # document and clause
    where: Where


@dataclass
class _Proving:
    """One county: its months one by one, then what stands in the month asked for."""

    chain: Chain
    rules: Rules
    situations: Situations
    in_force_from: date
    _parts: dict[tuple[object, ...], list[Part]] = field(default_factory=dict)

    def proof(self) -> Proof:
        by_month = {
            month: {(f.kind, f.about): f for f in _OfMonth(self, month).findings()} for month in self.rules.months
        }
        now = _OfMonth(self, self.in_force_from)
        greatest, who = now.greatest()
        return Proof(
            county=self.rules.county,
            name=self.rules.county_name,
            known_on=self.rules.known_on,
            month=self.in_force_from,
            months=self.rules.months,
            situation_count=self.situations.table.situations.height,
            combination_count=self.situations.count,
            findings=tuple(self._since(by_month)),
            meetings=tuple(now.meetings()),
            greatest_fen=greatest,
            greatest=tuple(self.situations.merged(who)) if greatest else (),
            idle=tuple(now.idle()),
            rhythms=rhythms(self.rules, self.in_force_from),
        )

    def _since(self, by_month: Mapping[date, Mapping[tuple[FindingKind, str], _Found]]) -> Iterator[Finding]:
        """Each finding at the month asked for or later, with the first month of the stretch it stands in."""
        told: set[tuple[FindingKind, str]] = set()
        begun: dict[tuple[FindingKind, str], date] = {}
        for month in self.rules.months:
            found = by_month[month]
            begun = {key: begun.get(key, month) for key in found}
            if month < self.in_force_from:
                continue
            for key, finding in found.items():
                if key not in told:
                    told.add(key)
                    yield Finding(
                        finding.kind, finding.about, finding.text, finding.source, finding.where, begun[key],
                        self.acknowledged(finding.kind, finding.about),
                    )  # fmt: skip

    def acknowledged(self, kind: FindingKind, about: str) -> Known | None:
        """The pack's word that a finding is intended, the nearest level's first."""
        return next(
            (
                known
                for level in self.chain.levels
                for known in level.known
                if known.kind is kind and about in known.about
            ),
            None,
        )

    @cached_property
    def values(self) -> ValuesOf:
        """The values behind the rates."""
        return ValuesOf(self.chain, self.rules)

    def parts_of(self, of_benefit: BenefitRules, month: date) -> list[Part]:
        """The parts of a benefit's conditions in a month; worked out once for months with the same figures in them."""
        in_month = _in_month(of_benefit, month)
        columns = [*of_benefit.keys, *(f"p_{name}" for name in parameters_in(of_benefit.when))]
        alike = (of_benefit.benefit, tuple(in_month.rates.select(columns).iter_rows()))
        if alike not in self._parts:
            rules = replace(self.rules, months=(month,), benefits={of_benefit.benefit: in_month})
            self._parts[alike] = parts_of(rules, self.situations.table.members, of_benefit.benefit)
        return self._parts[alike]


class _OfMonth:
    """One month of the table."""

    def __init__(self, proving: _Proving, month: date) -> None:
        self.proving = proving
        self.chain, self.rules, self.month = proving.chain, proving.rules, month
        self.situations = proving.situations
        table = self.situations.table
        of_month = pl.col(MONTH) == month
        self.decided = table.decided.filter(of_month).join(table.situations.select(PERSON, *PLACES), on=PERSON)
        self.entitled = table.entitled.filter(of_month)
        self.facts = table.facts.filter(of_month)

    def findings(self) -> Iterator[_Found]:
        """Everything that is found in the month."""
        for benefit, of_benefit in self.rules.benefits.items():
            rates = of_benefit.rates.filter(pl.col(MONTH) == self.month, ~pl.col("p_is_abolished").fill_null(False))
            if rates.is_empty():
                continue
            rows = self.decided.filter(pl.col("benefit") == benefit)
            yield from self._conditions(benefit, of_benefit)
            yield from self._unreached(of_benefit, rates, rows)
            yield from self._excludes_all(benefit, rows)
            yield from self._out_of_bounds(rows)
            yield from self._holes(of_benefit, rates, rows)
            yield from self._falls(of_benefit, rows)
        yield from self._pairs()
        yield from self._one_sided()
        yield from self._draws_nothing()

    # Conditions.

    def _conditions(self, benefit: Benefit, of_benefit: BenefitRules) -> Iterator[_Found]:
        """Parts that never hold or never fail where they would decide; of nested ones the innermost."""
        with_tree, _ = self.chain.conditions[benefit]
        told: list[tuple[int, ...]] = []
        for part in reversed(self.proving.parts_of(of_benefit, self.month)):
            is_idle = part.can_decide and not (part.can_hold and part.can_fail)
            is_outer = any(inner[: len(part.path)] == part.path for inner in told)
            if not is_idle or is_outer or is_settled(part.condition, _in_month(of_benefit, self.month)):
                continue
            told.append(part.path)
            kind = FindingKind.NEVER_FAILS if part.can_hold else FindingKind.NEVER_HOLDS
            words = sentence(part.condition, lambda name: name)
            text = f"{benefit.label}:“{words}”在此处{kind.label}"
            source = _source_of(part.condition) or str(with_tree.source)
            yield _Found(kind, f"{benefit} {words}", text, source, place_of_part(with_tree, part.path))

    # Figures.

    def _cells(self, of_benefit: BenefitRules, rows: pl.DataFrame) -> pl.DataFrame:
        """The keys of the people behind these rows, each once: of every member of their classes."""
        cells = rows.select(PLACES).unique()
        for axis in dict.fromkeys(AXIS_OF[key] for key in of_benefit.keys):
            keys = [key for key in of_benefit.keys if AXIS_OF[key] == axis]
            members = self.situations.table.members[axis].select("class", *keys).unique()
            cells = cells.join(members, left_on=f"{CLASS}{axis}", right_on="class")
        return cells.select(of_benefit.keys).unique() if of_benefit.keys else cells.head(1).select([])

    def _unreached(self, of_benefit: BenefitRules, rates: pl.DataFrame, rows: pl.DataFrame) -> Iterator[_Found]:
        """Rows of rates with money that nobody would be paid by, gathered by value."""
        paid = rows.filter(pl.col("outcome").is_in(WOULD_PAY))
        with_money = rates.filter(pl.col("unset_code").is_null()).with_row_index("row")
        keys = list(of_benefit.keys)
        if not keys:
            idle = with_money if paid.is_empty() else with_money.clear()
        else:
            idle = with_money.join(self._cells(of_benefit, paid), on=keys, how="anti", nulls_equal=True)
        reached = {self._cell_of(row, of_benefit) for row in with_money.join(idle, on="row", how="anti").to_dicts()}
        gathered: dict[Value, list[Mapping[str, object]]] = {}
        for row in idle.to_dicts():
            if (cell := self._cell_of(row, of_benefit)) not in reached:
                gathered.setdefault(cell[0], []).append(row)
        for value, rows_of_value in gathered.items():
            keys = [key for key in of_benefit.keys if _is_keyed(value, key)]
            who = _cells_told(keys, rows_of_value)
            text = f"{value.label} {value.key.text} {text_of(value)}:{who}没有人能领".replace("  ", " ")
            yield _Found(FindingKind.UNREACHED, value.name, text, str(value.source), value.where)

    def _cell_of(self, row: Mapping[str, object], of_benefit: BenefitRules) -> tuple[Value, tuple[object, ...]]:
        """The value a row of rates rests on, and the cells as far as the value is keyed by them."""
        value = self.proving.values.amounts(str(row["rate_id"]))[0]
        return value, tuple(row[key] for key in of_benefit.keys if _is_keyed(value, key))

    def _out_of_bounds(self, rows: pl.DataFrame) -> Iterator[_Found]:
        broken = rows.filter(pl.col("unset_code").is_in(OUT_OF_BOUNDS)).unique("rate_id", maintain_order=True)
        for rate_id, why_unset in broken.select("rate_id", "unset_code").iter_rows():
            value, *against = self.proving.values.amounts(rate_id)
            text = f"{value.name} {value.written} {UnsetReason(why_unset).label}:" + " 与 ".join(
                v.written for v in against
            )
            yield _Found(FindingKind.OUT_OF_BOUNDS, value.name, text, str(value.source), value.where)

    def _holes(self, of_benefit: BenefitRules, rates: pl.DataFrame, rows: pl.DataFrame) -> Iterator[_Found]:
        """Ages or grades between two that one document speaks of, and of which it does not."""
        met = rows.filter(pl.col("outcome") != Outcome.EXCLUDED)
        for key in (key for key in of_benefit.keys if key in ORDERED):
            others = [name for name in of_benefit.keys if name != key]
            reached = rates.join(self._cells(of_benefit, met), on=list(of_benefit.keys), how="semi", nulls_equal=True)
            for _, line in reached.sort(key).group_by(others or [pl.lit(0)], maintain_order=True):
                yield from self._holes_in(key, line)

    def _holes_in(self, key: str, line: pl.DataFrame) -> Iterator[_Found]:
        spoken = [
            (cell, self._keyed(rate_id) if unset != UnsetReason.NOT_SET else None)
            for cell, rate_id, unset in line.select(key, "rate_id", "unset_code").iter_rows()
        ]
        papers = [_paper(value) for _, value in spoken]
        left_out: dict[Value, list[tuple[int, Value | None]]] = {}
        for place, (cell, value) in enumerate(spoken):
            before = [other for _, other in spoken[:place] if other and _paper(other) in papers[place + 1 :]]
            newer = [other for other in before if value is None or _dates(value) < _dates(other)]
            if newer:
                left_out.setdefault(newer[-1], []).append((cell, value))
        for last, cells in left_out.items():
            yield self._hole(key, [cell for cell, _ in cells], last, cells[0][1])

    def _keyed(self, rate_id: str) -> Value | None:
        """The first amount value behind a row of rates that is keyed."""
        return next((value for value in self.proving.values.amounts(rate_id) if value.key.text), None)

    def _hole(self, key: str, cells: Sequence[int], last: Value, value: Value | None) -> _Found:
        where = f"{DIMENSIONS[ORDERED[key]].label} {'、'.join(_runs(cells))}"
        instead = f"仍按 {value.written}" if value else "标准未设定"
        text = f"{last.source} 自 {last.effective_from} 起定了两边,没有定 {where}:{instead}"
        return _Found(FindingKind.HOLE, f"{last.parameter} {where}", text, str(last.source), last.where)

    def _falls(self, of_benefit: BenefitRules, rows: pl.DataFrame) -> Iterator[_Found]:
        """Amounts that go down from one age, grade or care tier to the next that the law pays no less."""
        known = self.facts.select(PERSON, *RISING)
        paid = rows.filter(pl.col("outcome").is_in(WOULD_PAY)).join(known, on=PERSON)
        for column in (column for column in RISING if column in of_benefit.keys):
            axis = AXIS_OF[column]
            others = [place for place in PLACES if place != f"{CLASS}{axis}"]
            order = pl.col(column).to_physical().cast(pl.Int64) if column == "self_care_code" else pl.col(column)
            steps = (
                paid.filter(pl.col(column).is_not_null())
                .with_columns(order=order)
                .sort(*others, "order", "would_be_fen", descending=[*([False] * len(others)), RISING[column], False])
                .with_columns(
                    before=pl.col("would_be_fen").shift().over(others), from_=pl.col(column).shift().over(others)
                )
                .filter(
                    pl.col("would_be_fen") < pl.col("before"),
                    pl.col("from_").cast(pl.String) != pl.col(column).cast(pl.String),
                )
                .unique("rate_id", maintain_order=True)
            )
            for row in steps.iter_rows(named=True):
                yield self._fall(column, row)

    def _fall(self, column: str, row: Mapping[str, object]) -> _Found:
        value = self.proving.values.amounts(str(row["rate_id"]))[0]
        before, after = (yuan_label(int(str(row[name]))) for name in ("before", "would_be_fen"))
        step = f"{RISES_WITH[column]}从 {_cell(column, row['from_'])} 到 {_cell(column, row[column])}"
        text = f"{step},从 {before} 元降到 {after} 元"
        return _Found(FindingKind.FALLS, value.name, text, str(value.source), value.where)

    # Two benefits together.

    def _together(self, rows: pl.DataFrame) -> set[frozenset[Benefit]]:
        """Pairs of benefits that one person has in these rows."""
        each = rows.select(PERSON, "benefit")
        both = each.join(each, on=PERSON).filter(pl.col("benefit") != pl.col("benefit_right"))
        pairs = both.select(pl.col("benefit", "benefit_right").cast(pl.String)).unique()
        return {frozenset((Benefit(first), Benefit(second))) for first, second in pairs.iter_rows()}

    def _written(self) -> Iterator[Pair]:
        """What the law says of every two benefits that it has in the month."""
        live = [
            benefit
            for benefit in self.chain.conditions
            if not self.entitled.filter(pl.col("benefit") == benefit).is_empty()
        ]
        for first, second in combinations(live, 2):
            pair = self.chain.pair(first, second, self.month, self.rules.known_on)
            if pair is not None:
                yield pair

    def meetings(self) -> Iterator[Meeting]:
        """Pairs that meet, in the order of benefits."""
        met = self._together(self.entitled)
        for pair in self._written():
            if pair.key in met:
                yield Meeting(pair.first, pair.second, pair.form.relation, str(pair.source), pair.where)

    def _pairs(self) -> Iterator[_Found]:
        met = self._together(self.entitled)
        drawn = self._together(self.decided.filter(pl.col("outcome") == Outcome.ENTITLED))
        for pair in self._written():
            about = " + ".join(benefit for benefit in Benefit.values() if benefit in pair.key)
            named = f"{pair.first.label}与{pair.second.label}"
            if pair.key not in met:
                text = f"{named}:没有人能同时符合两项的条件"
                yield _Found(FindingKind.NEVER_MEETS, about, text, str(pair.source), pair.where)
            elif pair.key in drawn and pair.form.relation != "stack":
                text = f"{named}:有人仍能在同一个月两项都领"
                yield _Found(FindingKind.DRAWN_TOGETHER, about, text, str(pair.source), pair.where)

    def _excludes_all(self, benefit: Benefit, rows: pl.DataFrame) -> Iterator[_Found]:
        if rows.is_empty() or not (rows["outcome"] == Outcome.EXCLUDED).all():
            return
        for pair in self._written():
            if pair.second is benefit and pair.form.relation == "exclude":
                text = f"每一个符合{benefit.label}条件的人都因{pair.first.label}一条不得领取"
                yield _Found(FindingKind.EXCLUDES_ALL, benefit, text, str(pair.source), pair.where)

    def _one_sided(self) -> Iterator[_Found]:
        """Groups in which, of two benefits both in the running, the same one always wins."""
        running = self.decided.filter(pl.col("outcome").is_in(WOULD_PAY), pl.col("choose_group").is_not_null())
        wins: dict[frozenset[Benefit], set[Benefit]] = {}
        lost = running.filter(pl.col("outcome") == Outcome.LOST_TO_HIGHER).select(
            pl.col("benefit", "winner").cast(pl.String)
        )
        for loser, winner in lost.unique().iter_rows():
            wins.setdefault(frozenset((Benefit(loser), Benefit(winner))), set()).add(Benefit(winner))
        for pair in self._written():
            winners = wins.get(pair.key, set())
            if len(winners) == 1:
                (winner,) = winners
                (loser,) = pair.key - winners
                about = f"{winner} > {loser}"
                text = f"{winner.label}与{loser.label}择高,总是{winner.label}胜出"
                yield _Found(FindingKind.ONE_SIDED, about, text, str(pair.source), pair.where)

    # People.

    def greatest(self) -> tuple[int, list[int]]:
        """The most that anybody can draw in the month, fen, and the situations that do."""
        sums = self.decided.group_by(PERSON).agg(pl.col("amount_fen").sum())
        most = sums["amount_fen"].max()
        assert most is None or isinstance(most, int)
        return most or 0, sums.filter(pl.col("amount_fen") == most)[PERSON].to_list()

    @cached_property
    def _hard_up(self) -> pl.DataFrame:
        """Facts of people in a hardship register, alive, registered here and old enough for some benefit."""
        ages = [rates["p_min_age"].min() for rates in self._rates() if not rates.is_empty()]
        least = min((age for age in ages if isinstance(age, int)), default=0)
        return self.facts.filter(
            "is_alive", "is_registered", pl.col("low_income_code").is_not_null(), pl.col("age_years") >= least
        )

    def _idle_people(self) -> pl.DataFrame:
        """Those of them who draw nothing; `waits`: for a standard that is not set."""
        draws = self.decided.filter(pl.col("outcome") == Outcome.ENTITLED)
        unset = self.decided.filter(pl.col("outcome") == Outcome.STANDARD_NOT_SET)
        waiting = pl.col(PERSON).is_in(unset[PERSON].unique().to_list())
        return self._hard_up.join(draws, on=PERSON, how="anti").with_columns(waits=waiting)

    def _told(self, people: Sequence[int]) -> list[str]:
        return self.situations.merged(people, self._hard_up[PERSON]) if people else []

    def _rates(self) -> Iterator[pl.DataFrame]:
        for of_benefit in self.rules.benefits.values():
            yield of_benefit.rates.filter(pl.col(MONTH) == self.month, ~pl.col("p_is_abolished").fill_null(False))

    def _idle_by_known(self) -> Iterator[tuple[Known | None, bool, list[int]]]:
        """Idle people by who acknowledges them, the nearest first, and whether they wait for a standard."""
        left = self._idle_people()
        words = [known for level in self.chain.levels for known in level.known if known.tree is not None]
        for waits in (True, False):
            rest = left.filter(pl.col("waits") == waits)
            for known in words if not waits else []:
                assert known.tree is not None
                meant = compiled(known.tree.condition)
                yield known, waits, rest.filter(meant)[PERSON].to_list()
                rest = rest.filter(~meant)
            yield None, waits, rest[PERSON].to_list()

    def idle(self) -> Iterator[Idle]:
        """People in hardship registers who draw nothing, in the fewest rows."""
        for known, waits, people in self._idle_by_known():
            for who in self._told(people):
                yield Idle(who, "标准未设定" if waits else "没有一项的条件包括此类人员", known)

    def _draws_nothing(self) -> Iterator[_Found]:
        county = self.chain.levels[0]
        for known, waits, people in self._idle_by_known():
            if waits or known is not None or not people:
                continue
            for who in self._told(people):
                nowhere = f"{county.name}各项目的条件"
                yield _Found(FindingKind.DRAWS_NOTHING, who, f"{who}:一项也领不到", nowhere, county.where)


def _source_of(part: Condition) -> str:
    """The clause of its own that a part carries; empty where it has none."""
    return part.source if isinstance(part, Leaf) else ""


def _in_month(of_benefit: BenefitRules, month: date) -> BenefitRules:
    rates = of_benefit.rates.filter(pl.col(MONTH) == month)
    return replace(of_benefit, rates=rates)


def _paper(value: Value | None) -> tuple[object, ...] | None:
    """The document a value stands in, on its level."""
    return None if value is None else (value.level_code, value.source.number, value.effective_from, value.issued_on)


def _dates(value: Value) -> tuple[date, date]:
    return value.effective_from, value.issued_on


def _cell(column: str, held: object) -> str:
    if column == "self_care_code":
        return SelfCare.label_of(str(held))
    return f"{held} {'周岁' if column == 'age_years' else '级'}"


def _is_keyed(value: Value, key: str) -> bool:
    return any(key in DIMENSIONS[name].columns for name in value.by)


def _cells_told(keys: Iterable[str], rows: Sequence[Mapping[str, object]]) -> str:
    """Cells for an officer: the values of each key, ages as runs."""
    told = []
    for key in keys:
        held = {row[key] for row in rows}
        if key == "has_birthday":
            continue
        if key == "age_years":
            told.append("、".join(_runs({int(str(age)) for age in held})) + " 周岁")
        else:
            told.append("、".join(sorted(_code_told(key, value) for value in held)))
    return " ".join(told)


def _code_told(key: str, value: object) -> str:
    dimension = next(dimension for dimension in DIMENSIONS.values() if key in dimension.columns)
    return "无" if value is None else f"{dimension.label} {dimension.told(str(value) if dimension.code else value)}"  # type: ignore[arg-type]


def _runs(ages: Iterable[int]) -> Iterator[str]:
    held = set(ages)
    for first in sorted(age for age in held if age - 1 not in held):
        last = next(age for age in range(first, first + len(held) + 1) if age + 1 not in held)
        yield str(first) if first == last else f"{first}—{last}"
