"""Values made by hand, for the tests of which one counts."""

from datetime import date

from contracts.codes import Role, ValueStatus
from rulebook.keys import read_key
from rulebook.law import Source, Value, Where
from rulebook.parameters import read_figure

EARLY, LATE = date(2020, 1, 1), date(2099, 1, 1)


def day(text):
    return date.fromisoformat(text)


def value(text, role=Role.FIXED, *, start="2020-01-01", issued="2020-01-01", unit="yuan/month", key="", by=()):
    return Value(
        parameter="elder_care_subsidy.amount",
        label="标准",
        by=by,
        key=read_key(key, by),
        text=text,
        figure=None if text is None else read_figure(text, unit),
        unit=unit,
        effective_from=day(start),
        issued_on=day(issued),
        role=role,
        status=ValueStatus.IN_FORCE,
        level_code="990101",
        level_name="示范县",
        source=Source("示范", "示〔2020〕1号", "第一条", "原文"),
        where=Where("f.yaml", 1, 1),
    )
