"""A county's month at work: its home, its book, the stage of its manifest, and the law that applies."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl
from pydantic import BaseModel, ConfigDict

import calculators
import rulebook
from contracts.codes import Benefit
from contracts.errors import BookError
from contracts.files import write_whole
from contracts.manifest import Manifest
from contracts.policy import Rules, ServiceRule
from contracts.registers import INBOX_FILES
from contracts.settings import CountySettings, Home
from ledger import cycles
from ledger.book import Book, open_book, opened
from month.store import Stage, Store
from payments import profiles
from payments.profiles import Profile

CHOICES_FILE = "choices.json"
EVIDENCED_POPULATION = "evidenced_population"
Counts = dict[str, int]  # what a step tells: Chinese label → count; a label that ends in 金额 is in fen


class Choices(BaseModel):
    """What the person who starts a run decides; kept beside the manifest."""

    model_config = ConfigDict(frozen=True)

    maker: str
    system_user: str
    override_by: str = ""
    override_reason: str = ""

    @property
    def override(self) -> tuple[str, str] | None:
        """Who lets a stopped run go on, and why."""
        return (self.override_by, self.override_reason) if self.override_by else None


def system_user() -> str:
    """The operating system's user, logged beside the officer."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def total_fen(amounts: pl.Series) -> int:
    """The sum of a column of fen; unknown amounts count nothing."""
    return int(amounts.sum() or 0)


def standing_table(register: str) -> str:
    """The table of the rows of a register or match list that everything after the intake reads."""
    return EVIDENCED_POPULATION if register == "population" else f"accepted_{register}"


@dataclass
class Month:
    """One county's pay month at work on one manifest."""

    home: Home
    book: Book
    stage: Stage

    @cached_property
    def manifest(self) -> Manifest:
        """What this run is made from."""
        return self.stage.manifest

    @cached_property
    def choices(self) -> Choices:
        """Who runs it."""
        return Choices.model_validate_json((self.stage.folder / CHOICES_FILE).read_bytes())

    def keep_choices(self, choices: Choices) -> None:
        """Note who runs it, for the steps of this run and for whoever looks later."""
        write_whole(self.stage.folder / CHOICES_FILE, choices.model_dump_json().encode())

    @cached_property
    def settings(self) -> CountySettings:
        """The county's settings."""
        return self.home.settings().of(self.manifest.county)

    @cached_property
    def rules(self) -> Rules:
        """The law that applies, resolved for every computed month."""
        kept = rulebook.load_kept(self.home.store, self.manifest.pack_digest)
        return kept.resolve(self.manifest.county, self.manifest.computed_months(), self.manifest.known_on)

    @cached_property
    def services(self) -> list[ServiceRule]:
        """Items of the county's list whose people the registers can name."""
        return rulebook.load_kept(self.home.store, self.manifest.pack_digest).services(self.manifest.county)

    @property
    def scope(self) -> calculators.Scope:
        """County and months the calculators work on."""
        return calculators.Scope(self.manifest.county, tuple(self.manifest.computed_months()), self.manifest.pay_month)

    @property
    def registers(self) -> Mapping[str, pl.LazyFrame]:
        """The accepted registers and match lists; the population with what the lists give evidence of."""
        return {name: self.stage.scan(standing_table(name)) for name in INBOX_FILES}

    @cached_property
    def profile_of(self) -> Mapping[str, Profile]:
        """The bank profile of each benefit, by the county's settings."""
        known = profiles.load(self.home.profiles)
        return {benefit.value: profiles.of(known, self.settings.profile_of(benefit)) for benefit in Benefit}

    @cached_property
    def is_replay(self) -> bool:
        """Whether a later month of the county is already in the book: then nothing is posted."""
        with self.book.reading() as conn:
            newest = cycles.newest_cycle(conn, self.manifest.county)
        return newest is not None and newest.pay_month > self.manifest.pay_month

    @cached_property
    def followed_run(self) -> int | None:
        """The run that booked this manifest, where the county had later ones: who is in the book is as of then."""
        with self.book.reading() as conn:
            latest = cycles.latest_run(conn, self.manifest.county)
            own = [
                run.run_id
                for cycle in cycles.cycles_of(conn, self.manifest.county, self.manifest.pay_month)
                for run in cycles.runs_of(conn, cycle.cycle_id)
                if run.manifest == self.manifest
            ]
        return max(own) if own and latest and max(own) < latest.run_id else None

    def close(self) -> None:
        """Let go of the book."""
        self.book.close()


def open_month(home: Home, county: str, pay_month: date) -> Month:
    """The month as it was last begun."""
    return Month(home, open_book(home.database_url), Store(home).current(county, pay_month))


def open_latest(home: Home, county: str, pay_month: date | None = None) -> Month:
    """The month asked for, or the newest one the county's book holds; BookError where there is none."""
    with opened(home.database_url) as book, book.reading() as conn:
        newest = cycles.newest_cycle(conn, county)
    asked = pay_month or (newest.pay_month if newest else None)
    if asked is None:
        raise BookError("本县还没有运行过", "请先运行 disburse run", county)
    return open_month(home, county, asked)
