"""What the explained month and year leave over, held against sums that are read without the code under test."""

from itertools import pairwise

from contracts.months import parse_month
from month.explaining import explained_from, year_from
from tests.ledger import laws

IN_FILES = (
    "SELECT coalesce(sum(b.total_fen), 0) FROM batch b JOIN cycle c ON c.cycle_id = b.cycle_id"
    " WHERE c.county = '{county}' AND c.pay_month = '{month}' AND NOT EXISTS"
    " (SELECT 1 FROM batch_event e WHERE e.batch_id = b.batch_id AND e.event = 'voided')"
)
MONTHS = (
    "SELECT DISTINCT c.pay_month FROM cycle c JOIN run r ON r.cycle_id = c.cycle_id"
    " WHERE c.county = '{county}' ORDER BY 1"
)
OWED = (
    "SELECT coalesce(sum(amount_fen), 0) FROM entitlement_version v"
    " WHERE county = '{county}' AND benefit_month = '{month}' AND version_no ="
    " (SELECT max(version_no) FROM entitlement_version w WHERE w.county = v.county AND w.person_no = v.person_no"
    " AND w.benefit = v.benefit AND w.benefit_month = v.benefit_month)"
)


def found(book, county, *, only_newest=False):
    """Every month of the book, against the one before and against the first; the newest against today's sums too."""
    months = [month for (month,) in laws.rows(book, MONTHS.format(county=county))]
    of_months = [
        (month, since, part)
        for number, month in enumerate(months)
        if month == months[-1] or not only_newest
        for since in ({None} if only_newest else {None, *months[:1][:number]})
        for part in _left_over(book, county, month, since, is_newest=month == months[-1])
    ]

    years = [] if only_newest else sorted({month[:4] for month in months})
    return of_months + [(year, part) for year in years for part in _of_year(book, county, year, months)]


def _of_year(book, county, year, months):
    told = year_from(book, county, int(year), lambda _: None)
    yield from left_of_year(told, [int(month[5:]) - 1 for month in months if month.startswith(year)])
    any_month = IN_FILES.replace("c.pay_month =", "c.pay_month LIKE")
    [(in_files,)] = laws.rows(book, any_month.format(county=county, month=f"{year}-%"))
    if told.total.in_files.of_year != in_files:
        yield "files", told.total.in_files.of_year, in_files


def left_of_year(told, ran):
    """Of a year that ran in some months (0 to 11): what does not add up, down each month and along each line."""
    for one in (*told.benefits, told.total):
        lines = [*one.people, *one.regular, *one.money]
        yield from (line for line in lines if [at for at, fen in enumerate(line.of_months) if fen is not None] != ran)
        figures = {"year": lambda line: line.of_year} | {at: lambda line, at=at: line.of_months[at] for at in ran}
        yield from ((one.label, at) for at, figure in figures.items() if _difference(one, figure) != (0, 0, 0))
        sums = [*one.new, *one.gone, *one.moves, one.owed, *one.flows, one.in_files]
        yield from (line for line in sums if sum(line.of_months[at] for at in ran) != line.of_year)
        for before, now in ((one.people_before, one.people_now), (one.fen_before, one.fen_now)):
            yield from ((one.label, to) for at, to in pairwise(ran) if now.of_months[at] != before.of_months[to])
            ends = before.of_year, now.of_year
            if ends != (before.of_months[ran[0]], now.of_months[ran[-1]]):
                yield one.label, ends
    for name in ("people_before", "people_now", "fen_before", "fen_now", "owed", "in_files"):
        if getattr(told.total, name).of_year != sum(getattr(one, name).of_year for one in told.benefits):
            yield name


def _difference(one, figure):
    def total(lines):
        return sum(figure(line) for line in lines)

    return (
        figure(one.people_before) + total(one.new) - total(one.gone) - figure(one.people_now),
        figure(one.fen_before) + total(one.moves) - figure(one.fen_now),
        figure(one.owed) + total(one.flows) - figure(one.in_files),
    )


def _left_over(book, county, month, since, *, is_newest):
    told = explained_from(book, county, parse_month(month), None, parse_month(since) if since else None).told
    for line in (*told.benefits, told.total):
        if line.difference != (0, 0, 0):
            yield line
    [(in_files,)] = laws.rows(book, IN_FILES.format(county=county, month=month))
    [(owed,)] = laws.rows(book, OWED.format(county=county, month=month))
    if told.total.fen_in_files != in_files or (is_newest and told.total.fen_now != owed):
        yield told.total.fen_in_files, in_files, told.total.fen_now, owed
