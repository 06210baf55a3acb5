"""What applies in a county in a month, for a person to read: each value, who set it, on what, how far to trust it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contracts.codes import Benefit, Role, UnsetReason, ValueStatus
from rulebook.bands import bands
from rulebook.chain import Chain, Chosen
from rulebook.law import Source, Unset
from rulebook.parameters import ALL, STANDARDS, belongs_to, declared
from rulebook.printing import printed, with_unit


@dataclass(frozen=True)
class InForce:
    """One value that stands in a month, or the lack of one."""

    benefit: Benefit | None  # None: a standard, or something for every benefit
    parameter: str
    label: str
    key: str
    value: str  # as printed; empty where nothing is set
    unit: str
    why_unset: UnsetReason | None  # why the value is not paid; NOT_SET where there is none
    role: Role | None
    status: ValueStatus | None
    set_by: str  # the jurisdiction's name
    effective_from: date | None
    issued_on: date | None
    source: str
    citation: str  # number and clause alone
    quote: str
    note: str
    against: str  # the other document, where two disagree
    is_abolished: bool = False

    @property
    def text(self) -> str:
        """The value with its unit."""
        if self.is_abolished:
            return "已取消"
        if not self.value:
            return "标准未设定"
        return with_unit(self.value, self.unit)


def in_force(chain: Chain, month: date, known_on: date) -> list[InForce]:
    """Everything that stands in the month: benefits in their order, then the standards they rest on."""
    order = list(chain.conditions)
    found = [told for parameter in _parameters(chain) for told in _of_parameter(chain, parameter, month, known_on)]
    return sorted(found, key=lambda told: (order.index(told.benefit) if told.benefit else len(order),))


def _parameters(chain: Chain) -> list[str]:
    """Parameters of the county's benefits and what they rest on."""
    names = sorted({*chain.values, *chain.unset})
    return [
        name
        for name in names
        if belongs_to(name) in chain.conditions or name in STANDARDS or name.startswith(f"{ALL}.")
    ]


def _of_parameter(chain: Chain, parameter: str, month: date, known_on: date) -> Iterator[InForce]:
    """Every value in force for some cells, and every cell that a paper names and none in force sets."""
    for parts in bands(chain, parameter, month, known_on):
        if isinstance(parts.said, Chosen):
            yield _value(parameter, parts.said, parts.key)
        else:
            yield _unset(chain, parameter, parts.key, parts.said)


def _value(parameter: str, chosen: Chosen, key: str) -> InForce:
    value, against = chosen.value, chosen.against
    assert value is not None
    return InForce(
        benefit=belongs_to(parameter),
        parameter=parameter,
        label=value.label,
        key=key,
        value=printed(value),
        unit=value.unit,
        why_unset=chosen.why_unset,
        role=value.role,
        status=value.status,
        set_by=value.level_name,
        effective_from=value.effective_from,
        issued_on=value.issued_on,
        source=str(value.source),
        citation=_citation(value.source),
        quote=value.source.quote,
        note=value.source.note,
        against=f"{against.written}({against.level_name}{against.role.label})" if against else "",
        is_abolished=chosen.is_abolished,
    )


def _citation(source: Source) -> str:
    return f"{source.number} {source.clause}"


def _unset(chain: Chain, parameter: str, key: str, said: Unset | None) -> InForce:
    known = declared(parameter)
    labels = [value.label for level in chain.values.get(parameter, ()) for value in level]
    source = said.source if said else Source("", "", "")
    return InForce(
        benefit=belongs_to(parameter),
        parameter=parameter,
        label=labels[0] if labels else known.label if known else parameter,
        key=key,
        value="",
        unit="",
        why_unset=UnsetReason.NOT_SET,
        role=None,
        status=None,
        set_by="",
        effective_from=None,
        issued_on=None,
        source=str(said.source) if said else "",
        citation=_citation(source) if said else "",
        quote=source.quote,
        note=source.note,
        against="",
    )
