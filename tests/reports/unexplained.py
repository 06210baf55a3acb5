"""What the explained month leaves over, held against sums that are read without the code under test."""

from contracts.months import parse_month
from month.explaining import explained_from
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
    return [
        (month, since, part)
        for number, month in enumerate(months)
        if month == months[-1] or not only_newest
        for since in ({None} if only_newest else {None, *months[:1][:number]})
        for part in _left_over(book, county, month, since, is_newest=month == months[-1])
    ]


def _left_over(book, county, month, since, *, is_newest):
    told = explained_from(book, county, parse_month(month), None, parse_month(since) if since else None).told
    for line in (*told.benefits, told.total):
        if line.difference != (0, 0, 0):
            yield line
    [(in_files,)] = laws.rows(book, IN_FILES.format(county=county, month=month))
    [(owed,)] = laws.rows(book, OWED.format(county=county, month=month))
    if told.total.fen_in_files != in_files or (is_newest and told.total.fen_now != owed):
        yield told.total.fen_in_files, in_files, told.total.fen_now, owed
