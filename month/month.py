"""A county's month at work: its home, its book, the tables of its manifest, and the law that applies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import polars as pl
from pydantic import BaseModel, ConfigDict

import rulebook
from contracts.actor import Actor
from contracts.codes import Benefit, HowKnown
from contracts.errors import BookError
from contracts.files import write_whole
from contracts.funding import FundingShares
from contracts.manifest import Manifest
from contracts.policy import Rules, ServiceRule
from contracts.registers import INBOX_FILES
from contracts.settings import CountySettings, Home
from ledger import cycles, identity, keeping, people
from ledger.book import Book, open_book
from ledger.identity import Identity
from month.store import Store, Tables

if TYPE_CHECKING:
    from calculators import Scope
    from payments.file_forms import Profile

CHOICES_FILE = "choices.json"
EVIDENCED_POPULATION = "evidenced_population"
# What a run leaves for the next one, and for a step of its own that is taken later; the book notes their digests.
LEFT = (
    *(f"{kind}_{register}" for register in INBOX_FILES for kind in ("accepted", "counts")),
    "gone_people",
    EVIDENCED_POPULATION,
)
Counts = dict[str, int]  # what a step tells: Chinese label → count; a label that ends in 金额 is in fen


class Choices(BaseModel):
    """What the person who starts a run decides; kept beside the manifest."""

    model_config = ConfigDict(frozen=True)

    maker: str
    system_user: str
    known_by: HowKnown = HowKnown.BARE
    override_by: str = ""
    override_reason: str = ""
    override_known_by: HowKnown = HowKnown.BARE

    @classmethod
    def of(cls, by: Actor, agrees: Actor | None = None, reason: str = "") -> Self:
        """Who makes the run, who lets it go on where a control stops it, and why."""
        return cls(
            maker=by.officer,
            system_user=by.system_user,
            known_by=by.known_by,
            override_by=agrees.officer if agrees else "",
            override_reason=reason,
            override_known_by=agrees.known_by if agrees else HowKnown.BARE,
        )

    @property
    def by(self) -> Actor:
        """Who makes the run, as which system user, and how he was known."""
        return Actor(self.maker, self.system_user, self.known_by)

    @property
    def agrees(self) -> Actor | None:
        """Who lets a stopped run go on."""
        return Actor(self.override_by, self.system_user, self.override_known_by) if self.override_by else None

    @property
    def override(self) -> tuple[Actor, str] | None:
        """Who lets a stopped run go on, and why."""
        return (self.agrees, self.override_reason) if self.agrees else None


def total_fen(amounts: pl.Series) -> int:
    """The sum of a column of fen; unknown amounts count nothing."""
    return int(amounts.sum() or 0)


def settled_table(register: str) -> str:
    """The table of the rows of a register or match list that everything after the intake reads."""
    return EVIDENCED_POPULATION if register == "population" else f"accepted_{register}"


class _Registers(Mapping[str, pl.LazyFrame]):
    """Every register by name, opened when it is asked for: only then does a stage have to declare it."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def __getitem__(self, register: str) -> pl.LazyFrame:
        return self._tables.scan(settled_table(register))

    def __iter__(self) -> Iterator[str]:
        return iter(INBOX_FILES)

    def __len__(self) -> int:
        return len(INBOX_FILES)


@dataclass
class Month:
    """One county's pay month at work on one manifest.

    `at_hand`: what a stage has just worked out and its findings look at, by name.
    """

    home: Home
    book: Book
    tables: Tables
    at_hand: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def manifest(self) -> Manifest:
        """What this run is made from."""
        return self.tables.manifest

    def opening(self, tables: Tables) -> Month:
        """The same month for a stage that may open these tables only; what was worked out stays known."""
        seen = copy(self)
        seen.tables = tables
        return seen

    @cached_property
    def choices(self) -> Choices:
        """Who runs it."""
        return Choices.model_validate_json((self.tables.folder / CHOICES_FILE).read_bytes())

    def keep_choices(self, choices: Choices) -> None:
        """Note who runs it, for the steps of this run and for whoever looks later."""
        write_whole(self.tables.folder / CHOICES_FILE, choices.model_dump_json().encode())

    @cached_property
    def settings(self) -> CountySettings:
        """The county's settings."""
        return self.home.settings().of(self.manifest.county)

    @cached_property
    def rules(self) -> Rules:
        """The law that applies, resolved for every computed month."""
        return _resolved(self.home.store, self.manifest)

    @cached_property
    def services(self) -> list[ServiceRule]:
        """Items of the county's list whose people the registers can name."""
        return rulebook.load_kept(self.home.store, self.manifest.pack_digest).services(self.manifest.county)

    @cached_property
    def funding(self) -> Mapping[Benefit, FundingShares]:
        """Who bears each benefit that is paid in this month."""
        law, given = rulebook.load_kept(self.home.store, self.manifest.pack_digest), self.manifest
        return law.funding(given.county, given.pay_month, given.known_on)

    @property
    def scope(self) -> Scope:
        """County and months the calculators work on."""
        from calculators import Scope

        return Scope(self.manifest.county, tuple(self.manifest.computed_months()), self.manifest.pay_month)

    @property
    def registers(self) -> Mapping[str, pl.LazyFrame]:
        """The accepted registers and match lists; the population with what the lists give evidence of."""
        return _Registers(self.tables)

    @cached_property
    def profile_of(self) -> Mapping[str, Profile]:
        """The bank profile of each benefit, by the county's settings."""
        from payments import profiles

        known = profiles.load(self.home.profiles)
        return {benefit.value: profiles.to_pay_by(known, self.settings.profile_of(benefit)) for benefit in Benefit}

    @cached_property
    def identity(self) -> Identity:
        """Which numbers are one person's, by the decisions that the manifest names."""
        with self.book.reading() as conn:
            return identity.as_of(conn, self.manifest.county, self.manifest.identity_digest)

    @cached_property
    def identity_before(self) -> Identity:
        """Which numbers were one person's, as the run before knew."""
        given = self.manifest
        if given.previous_month is None or not self.identity.rows:
            return identity.NOBODY
        with self.book.reading() as conn:
            made = cycles.run_made_from(conn, given.county, given.previous_month, given.previous_digest)
            return identity.as_of(conn, given.county, made.manifest.identity_digest) if made else identity.NOBODY

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

    @cached_property
    def booked(self) -> pl.DataFrame:
        """Everybody that the book decided or imported something for, before a later run did: person_no."""
        followed = self.followed_run
        with self.book.reading() as conn:
            return people.with_versions(conn, self.manifest.county, followed, self.identity)

    def before(self, table: str, schema: pl.Schema) -> pl.DataFrame | None:
        """A table of the run before, as that run left it; None where there was none.

        One that is gone, or is not what the book noted, is made anew from the originals of that run: InputError or
        BookError where these are gone too.
        """
        earlier = self.tables.earlier(table)
        if earlier is None or (self._noted_before and table not in self._noted_before):
            return None
        if not is_as_left(earlier, table, self._noted_before):
            from month.rebuilding import rebuild_before  # it works with the stages, and these with a month

            rebuild_before(self)
            self.__dict__.pop("_noted_before", None)
        return self.tables.before(table, schema)

    @cached_property
    def _noted_before(self) -> Mapping[str, frozenset[str]]:
        with self.book.reading() as conn:
            return keeping.known(conn, self.manifest.county, self.manifest.previous_digest)

    def note_left(self) -> None:
        """Note in the book what this run leaves for later ones."""
        left = self.tables.digests(LEFT)
        keeping.note(self.book, self.manifest.county, self.manifest.digest(), left, self.choices.by)

    def require_as_left(self, tables: Iterable[str]) -> None:
        """BookError where one of these tables is no longer what this run noted."""
        with self.book.reading() as conn:
            noted = keeping.known(conn, self.manifest.county, self.manifest.digest())
        wrong = [table for table in tables if noted and not is_as_left(self.tables, table, noted)]
        if wrong:
            what = f"存档中的 {wrong[0]} 已不是本次运行写出的"
            raise BookError(what, "请重新运行本月(disburse run),各表会从原件重算", self.manifest.county)

    def close(self) -> None:
        """Let go of the book."""
        self.book.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_as_left(tables: Tables, table: str, noted: Mapping[str, frozenset[str]]) -> bool:
    """Whether a table is what was noted; of a run of an older program, which noted none, whether it is there."""
    if not noted:
        return tables.is_whole() and (tables.has(table) or table.removeprefix("accepted_") not in tables.registers)
    return tables.digests([table]).get(table) in noted.get(table, ())


@lru_cache(maxsize=2)
def _resolved(store: Path, manifest: Manifest) -> Rules:
    """The law of a manifest. What it is made from is kept by content, so that it never changes."""
    law = rulebook.load_kept(store, manifest.pack_digest)
    return law.resolve(manifest.county, manifest.computed_months(), manifest.known_on)


def registers_of(home: Home, book: Book, county: str) -> Mapping[str, pl.LazyFrame] | None:
    """The registers as the county's newest run took them; None where it never ran."""
    with book.reading() as conn:
        run = cycles.latest_run(conn, county)
    return None if run is None else _Registers(Store(home).of(run.manifest))


def opened_month(home: Home, county: str, pay_month: date | None = None) -> Month:
    """A month as it was last begun, the newest of the county's book by default; close it, or use it as a context.

    BookError where there is none.
    """
    with kept_open(home) as book:
        return Month(home, book, Store(home).current(county, pay_month or _newest(book, county)))


@contextmanager
def kept_open(home: Home) -> Iterator[Book]:
    """A book that stays open for whoever is given it; closed where something goes wrong before."""
    with ExitStack() as undone:
        book = open_book(home.database_url)
        undone.callback(book.close)
        yield book
        undone.pop_all()


def _newest(book: Book, county: str) -> date:
    with book.reading() as conn:
        newest = cycles.newest_cycle(conn, county)
    if newest is None:
        raise BookError("本县还没有运行过", "请先运行 disburse run", county)
    return newest.pay_month
