"""The whole law of some folders, linked and checked; resolved per county on demand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain as each
from pathlib import Path

from contracts.codes import AuditRule, Benefit
from contracts.errors import PolicyError
from contracts.funding import FundingShares
from contracts.policy import AuditSetting, Rules, ServiceRule
from contracts.strict_yaml import Problem
from rulebook import checks
from rulebook.chain import Chain
from rulebook.keeping import PackFile, digest_of_pack, pack_files
from rulebook.law import Jurisdiction
from rulebook.reading import read_law
from rulebook.resolving import resolve


@dataclass
class LawBook:
    """The law as loaded: nothing in it is broken."""

    jurisdictions: Mapping[str, Jurisdiction]
    digest: str
    _chains: dict[str, Chain] = field(default_factory=dict, repr=False)
    _resolved: dict[tuple[str, tuple[date, ...], date], Rules] = field(default_factory=dict, repr=False)

    def counties(self) -> list[str]:
        """Codes of the counties that pay, in order."""
        return sorted(code for code, place in self.jurisdictions.items() if place.is_paying)

    def name_of(self, code: str) -> str:
        """The name of a jurisdiction; PolicyError where there is none."""
        return self._place(code).name

    def chain_of(self, county: str) -> Chain:
        """A jurisdiction with everything above it, nearest first."""
        if county not in self._chains:
            self._chains[county] = chain_above(self.jurisdictions, self._place(county))
        return self._chains[county]

    def resolve(self, county: str, months: Sequence[date], known_on: date) -> Rules:
        """The law of a county for these months, as known on a day."""
        if county not in self.counties():
            raise PolicyError(
                f"没有 {county} 的政策",
                f"可用的县:{'、'.join(self.counties())};新的县请在 policies/ 中建立文件夹(policies/README.md)",
                county,
            )
        asked = (county, tuple(months), known_on)
        if asked not in self._resolved:
            self._resolved[asked] = resolve(self.chain_of(county), asked[1], known_on, self.digest)
        return self._resolved[asked]

    def services(self, county: str) -> list[ServiceRule]:
        """The items of the nearest list whose people the registers can name, in the list's order."""
        items = next((level.items for level in self.chain_of(county).levels if level.items), [])
        return [
            ServiceRule(item.no, item.id, item.name, item.tree.condition, str(item.source))
            for item in items
            if item.tree is not None
        ]

    def audit(self, county: str) -> Mapping[AuditRule, AuditSetting]:
        """What the county's pack says of every audit rule, the nearest level first; PolicyError where none says it."""
        settings: dict[AuditRule, AuditSetting] = {}
        for level in reversed(self.chain_of(county).levels):
            settings |= level.audit
        unsaid = [rule.value for rule in AuditRule if rule not in settings]
        if unsaid:
            raise PolicyError(f"政策包没有写明审计规则 {'、'.join(unsaid)}", "请在 policies/audit.yaml 中写明", county)
        return settings

    def funding(self, county: str, month: date, known_on: date) -> Mapping[Benefit, FundingShares]:
        """Who bears each benefit in a month, as known on a day; a benefit of which no level says it has none.

        The nearest level counts, of its entries the latest in force, then the latest issued.
        """
        found: dict[Benefit, FundingShares] = {}
        for level in reversed(self.chain_of(county).levels):
            live = (said for said in level.funding if said.effective_from <= month and said.issued_on <= known_on)
            for said in sorted(live, key=lambda one: (one.effective_from, one.issued_on)):
                found[said.shares.benefit] = said.shares
        return found

    def unfunded(self, known_on: date) -> Iterator[str]:
        """Benefits that counties pay this month and of which no level says who bears them, in an officer's words."""
        for county in self.counties():
            said = self.funding(county, known_on.replace(day=1), known_on)
            if none := [benefit.label for benefit in self.chain_of(county).conditions if benefit not in said]:
                yield f"{self.name_of(county)} 没有写明由谁负担(funding.yaml):{'、'.join(none)}"

    def _place(self, code: str) -> Jurisdiction:
        if code not in self.jurisdictions:
            raise PolicyError(f"没有 {code} 的政策", f"已有:{'、'.join(sorted(self.jurisdictions))}", code)
        return self.jurisdictions[code]


def chain_above(jurisdictions: Mapping[str, Jurisdiction], place: Jurisdiction) -> Chain:
    """A jurisdiction and those above it, nearest first."""
    levels = [place]
    while (above := jurisdictions.get(levels[-1].parent or "")) is not None and above not in levels:
        levels.append(above)
    return Chain(tuple(levels))


def load(folders: Iterable[Path]) -> LawBook:
    """Read and check these folders; PolicyError with every problem, in the order of files and lines."""
    return _load(tuple(pack_files(folders)))


@lru_cache(maxsize=8)
def _load(files: tuple[PackFile, ...]) -> LawBook:
    texts = ((file.path, file.name, file.content.decode("utf-8", "replace")) for file in files)
    return LawBook(load_texts(texts), digest_of_pack(files))


def load_texts(texts: Iterable[tuple[Path, str, str]]) -> dict[str, Jurisdiction]:
    """The law of these texts: (path below its root, name for problems, text). PolicyError with every problem."""
    reading = read_law(texts)
    found = reading.problems or list(_linked(reading.jurisdictions))
    if found:
        told = sorted(set(found))
        raise PolicyError(
            f"政策有误,共 {len(told)} 处:\n" + "\n".join(map(str, told)),
            "请逐处改正后重试(policies/README.md)",
            "policies",
        )
    return reading.jurisdictions


def _linked(jurisdictions: Mapping[str, Jurisdiction]) -> Iterable[Problem]:
    """Problems between files; those of a county only where the tree itself is sound."""
    places = list(jurisdictions.values())
    first = [
        *checks.of_tree(jurisdictions),
        *checks.of_names(places),
        *each.from_iterable(map(checks.of_overlaps, places)),
        *each.from_iterable(map(checks.of_interactions, places)),
    ]
    if first:
        return first
    paying = [chain_above(jurisdictions, place) for place in places if place.is_paying]
    return list(each.from_iterable(map(checks.of_county, paying)))
