"""The law of one jurisdiction as read: values, conditions, pairs and list items, each with the place it stands at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from contracts.codes import AuditRule, Benefit, Role, ValueStatus
from contracts.funding import FundingShares
from contracts.policy import AuditSetting
from contracts.situations import FindingKind
from contracts.strict_yaml import Key as At
from contracts.strict_yaml import Problem
from rulebook.conditions import Tree
from rulebook.forms import ItemClass, Level, PairForm
from rulebook.keys import Key
from rulebook.parameters import Figure


@dataclass(frozen=True, order=True)
class Where:
    """A place in a file."""

    file: str
    line: int
    column: int

    def problem(self, what: str) -> Problem:
        """Something that is wrong there."""
        return Problem(self.file, self.line, self.column, what)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Source:
    """A document and the place in it."""

    title: str
    number: str
    clause: str
    quote: str = ""
    note: str = ""

    def __str__(self) -> str:
        return f"《{self.title}》({self.number}) {self.clause}"

    @property
    def told(self) -> str:
        """The place with its words, or what is said in their stead."""
        return f"{self}“{self.quote}”" if self.quote else f"{self}({self.note})"


@dataclass(frozen=True)
class Value:
    """One value of one parameter, for one key, from a month on."""

    parameter: str
    label: str
    by: tuple[str, ...]
    key: Key
    text: str | None  # as the pack writes it; None: abolished
    figure: Figure | None
    unit: str
    effective_from: date
    issued_on: date
    role: Role
    status: ValueStatus
    level_code: str
    level_name: str
    source: Source
    where: Where

    @property
    def name(self) -> str:
        """Parameter and key."""
        return f"{self.parameter} {self.key.text}".rstrip()

    @property
    def written(self) -> str:
        """The value as written, and the document it stands in."""
        return f"{self.text} {self.unit},{self.source}"


@dataclass(frozen=True)
class Unset:
    """A key that a document names and sets nothing for."""

    parameter: str
    by: tuple[str, ...]
    key: Key
    source: Source
    where: Where


@dataclass(frozen=True)
class Conditions:
    """Who qualifies for one benefit; `tree` is None where the level keeps the tree above it."""

    benefit: Benefit
    tree: Tree | None
    begins_on: date | None
    source: Source
    where: Where
    places: Mapping[At, Where] = field(default_factory=dict, repr=False, compare=False)  # keys below `when:` → places


@dataclass(frozen=True)
class Known:
    """Findings that are intended: those of a kind that are about these, or about people of these conditions."""

    kind: FindingKind
    about: tuple[str, ...]
    tree: Tree | None
    source: Source
    where: Where


@dataclass(frozen=True)
class Pair:
    """What one entry says of two benefits."""

    first: Benefit
    second: Benefit
    form: PairForm
    level_code: str
    source: Source
    where: Where

    @property
    def key(self) -> frozenset[Benefit]:
        """The two, whatever their order."""
        return frozenset((self.first, self.second))


@dataclass(frozen=True)
class Funding:
    """Who bears a benefit from a day on."""

    shares: FundingShares
    effective_from: date
    issued_on: date
    where: Where


@dataclass(frozen=True)
class Item:
    """One item of a 清单."""

    no: str
    id: str
    name: str
    kind: ItemClass
    who: str
    standard: str
    period: str
    funding: str
    lead: tuple[str, ...]
    benefits: tuple[Benefit, ...]
    tree: Tree | None
    missing: tuple[str, ...]
    status: ValueStatus
    list_title: str
    source: Source
    where: Where


@dataclass
class Jurisdiction:
    """A province, city or county and what it has laid down itself."""

    code: str
    name: str
    level: Level
    parent: str | None
    is_paying: bool
    where: Where
    values: list[Value] = field(default_factory=list)
    unset: list[Unset] = field(default_factory=list)
    conditions: list[Conditions] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    audit: dict[AuditRule, AuditSetting] = field(default_factory=dict)
    funding: list[Funding] = field(default_factory=list)
