"""What an officer reads before he signs: the month's files, how it differs from last month, and what it rests on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from contracts.actor import system_user
from contracts.errors import BookError
from contracts.settings import Home
from ledger import batches, figures, overrides, signing
from ledger.book import opened
from ledger.overrides import Overridden
from month.cautions import cautions
from month.explaining import explained
from month.listing import Left, left
from payments.payees import counted
from payments.profiles import unconfirmed
from reports.month_explained import Change, MonthExplained
from reports.summary import FileLine, Labelled, file_lines, not_in_force


@dataclass(frozen=True)
class Review:
    """A month that waits for a signature. `left`: what its run left; None where that is not to be had any more.

    `digest`: of which batches stand, what they hold and their files; an approval says that this was seen.
    """

    digest: str
    files: tuple[FileLine, ...]
    payees: tuple[str, ...]  # what the files' lines are: sent again, institutions, 代领, accounts of several people
    explained: MonthExplained
    largest: tuple[Change, ...]
    uncertain: tuple[Labelled, ...]  # money that rests on a draft or a placeholder
    unconfirmed: tuple[str, ...]  # forms of the files to which no bank has agreed
    left: Left | None
    overridden: tuple[Overridden, ...]  # the controls that stopped the month, and who let it go on
    cautions: tuple[str, ...]  # what is to be known of who acted


def review(home: Home, county: str, pay_month: date, only: Collection[str] = ()) -> Review:
    """Read what waits to be signed, or `only` some batches of it by id. Read-only."""
    with opened(home.database_url) as book, book.reading() as conn:
        waiting = signing.among(signing.waiting(conn, county, pay_month), only)
        overridden = overrides.of_month(conn, county, pay_month)
        told = cautions(home, conn, county, pay_month, now_at=system_user())
        paid = batches.payees(conn, waiting["batch_id"].to_list())
        uncertain = not_in_force(figures.uncertain(conn, county, pay_month))
    try:
        run = left(home, county, pay_month)
    except BookError:
        run = None
    opened_up = explained(home, county, pay_month)
    return Review(
        signing.seen_digest(waiting),
        tuple(file_lines(waiting)),
        tuple(counted(paid)) if paid.height else (),
        opened_up.told,
        opened_up.largest,
        uncertain,
        unconfirmed(home, waiting),
        run,
        overridden,
        told,
    )
