"""The worked cases as data: `tests/cases/<county>.yaml` → registers as accepted, the law with a case's overlay.

Nothing goes through intake: rows are typed as the contracts say, so that a case shows the law and nothing else.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby
from pathlib import Path

import polars as pl
import yaml

import rulebook
from contracts.codes import Code
from contracts.columns import CellKind, columns_of, polars_schema
from contracts.months import months_between, parse_month
from contracts.registers import REGISTERS, accepted_schema
from contracts.tables import PersonNumbers

CASES = Path(__file__).parent
YES_NO = {"是": True, "否": False}


@dataclass(frozen=True)
class Case:
    """One worked case; `told` is the whole of it as written."""

    told: dict

    @property
    def id(self):
        return self.told["id"]

    @property
    def county(self):
        return self.told["jurisdiction"]

    @property
    def run(self):
        return parse_month(self.told["run"])

    @property
    def known_on(self):
        return date.fromisoformat(self.told["known_on"])

    @property
    def go_live_month(self):
        return parse_month(self.told["go_live_month"])

    @property
    def months(self):
        return months_between(self.go_live_month, self.run)

    @property
    def earlier_runs(self):
        """The runs before this one, each with its own registers where it says so."""
        return self.told.get("earlier_runs", [])

    @cached_property
    def person_ids(self):
        """Everybody in some register of the case or of an earlier run, in order."""
        rows = [
            row
            for registers in [self.told["registers"], *(run.get("registers", {}) for run in self.earlier_runs)]
            for rows in registers.values()
            for row in rows
        ]
        return sorted({row["person_id"] for row in rows if "person_id" in row})

    @cached_property
    def numbers(self):
        """Person numbers, given in the order of identity numbers (contracts.tables.PersonNumbers)."""
        ids = self.person_ids
        return pl.DataFrame(
            {"person_id": ids, "person_no": range(1, len(ids) + 1)}, schema=polars_schema(PersonNumbers)
        )

    def registers(self, earlier=None):
        """Accepted registers as handed in for this run, or for an earlier one."""
        told = {**self.told["registers"], **((earlier or {}).get("registers", {}))}
        return {name: accepted_rows(name, told.get(name, []), self) for name in REGISTERS}

    def law(self, folder):
        """The shipped law with the case's overlay on top, written into `folder`."""
        if not self.told.get("overlay"):
            return rulebook.load(rulebook.POLICIES)
        write_overlay(self.told["overlay"], folder)
        return rulebook.load(rulebook.POLICIES, folder)


def read_cases(county):
    """The cases of a county's file."""
    return [Case(told) for told in yaml.safe_load((CASES / f"{county}.yaml").read_text("utf-8"))]


def all_cases():
    """Every case of every county."""
    return [case for file in sorted(CASES.glob("*.yaml")) for case in read_cases(file.stem)]


def accepted_rows(register, rows, case):
    """Rows of a register as the intake would have accepted them."""
    typed = [
        {
            **{facts.name: cell(row.get(facts.name), facts) for facts in columns_of(REGISTERS[register])},
            "source_file": f"{case.id}.yaml",
            "source_sheet": "",
            "source_row": place,
        }
        for place, row in enumerate(rows, start=1)
    ]
    frame = pl.DataFrame(typed, schema={"person_id": pl.String, **accepted_schema(register)})
    return frame.drop("person_no", strict=False).pipe(_numbered, case).select(accepted_schema(register).names())


def _numbered(frame, case):
    return frame.join(case.numbers, on="person_id", how="left") if "person_id" in frame.columns else frame


def cell(written, facts):
    """One cell, typed as its column is declared; a code by any of its spellings."""
    if written is None or written in facts.null_words:
        return None
    match facts.kind:
        case CellKind.DAY:
            return date.fromisoformat(written)
        case CellKind.MONTH:
            return parse_month(written)
        case CellKind.YES_NO:
            return YES_NO[written]
        case CellKind.CODE:
            return code(facts.code, written)
        case _:
            return written


def code(listed: type[Code], written):
    """The member a case names."""
    member = listed.of(written)
    assert member is not None, f"{written} is no {listed.__name__}"
    return member.value


def write_overlay(rows, folder):
    """A case's overlay as a county would write it: a folder per level, one file of values."""
    for level, of_level in groupby(sorted(rows, key=lambda row: row["level"]), key=lambda row: row["level"]):
        parameters = {}
        for row in of_level:
            parameter = parameters.setdefault(row["parameter"], {"unit": row["unit"], "entries": []})
            key, value = row.get("key"), row["value"]
            entry = {
                **{name: str(row[name]) for name in ("effective_from", "issued_on", "role", "status")},
                "source": {"document": "assumed", "clause": "overlay", "note": "用例假设"},
                **({"values": {key: value}} if key else {"value": value}),
            }
            parameter["entries"].append(entry)
        documents = {"assumed": {"title": "用例假设的标准", "number": "用例"}}
        target = folder / level
        target.mkdir(parents=True)
        (target / "assumed.yaml").write_text(
            yaml.safe_dump({"documents": documents, "parameters": parameters}, allow_unicode=True), "utf-8"
        )
