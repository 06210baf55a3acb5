"""One person asked about: the proof of a month, and everything on one page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import rulebook
from contracts.errors import InputError
from contracts.files import write_whole
from ledger import people
from month.month import Month, registers_of
from reports import person_page
from reports.explain import Proof, explain
from reports.person import tell
from rulebook.telling import in_force


def number_of(month: Month, person_id: str) -> int:
    """The number that a person counts as in the month's county; InputError where nobody had this identity number."""
    county = month.manifest.county
    with month.book.reading() as conn:
        found = people.counted_no_of(conn, county, person_id)
    if found is None:
        raise InputError("从未收到过这个身份证号", "请核对号码", county)
    return found


def proof_of(month: Month, person_no: int, benefit_month: date) -> Proof:
    """Why a person gets what of a benefit month, as the month's run knew it.

    InputError where that run did not work the month out.
    """
    county = month.manifest.county
    if benefit_month not in month.manifest.computed_months():
        raise InputError(f"{benefit_month:%Y-%m} 不在该次运行计算的月份之内", "请另选 --month 或 --run", county)
    law = rulebook.load_kept(month.home.store, month.manifest.pack_digest)
    told = in_force(law.chain_of(county), benefit_month, month.manifest.known_on)
    return explain(month.book, person_no, benefit_month, month.rules, month.scope, month.registers, told)


def write_page(month: Month, person_no: int, proof: Proof, target: Path) -> None:
    """Write a person's page for the month's county to `target` (.html), whole or not at all.

    InputError where the county decided nothing about him and paid him nothing.
    """
    county = month.manifest.county
    told = tell(month.book, person_no, county, lambda name: registers_of(month.home, month.book, name))
    if not told.counties:
        raise InputError("本县从未核定过此人的待遇,也没有发过钱", "没有可以说明的", county)
    page = person_page.page_of(told.person_id, told.counties[0], proof)
    write_whole(target, person_page.html(page).encode())
