"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from contracts.money import parse_yuan
from contracts.months import parse_month

if TYPE_CHECKING:
    import polars as pl

Command = TypeVar("Command", bound=Callable[..., Any])


class MonthType(click.ParamType[date]):
    """A month written YYYY-MM."""

    name = "YYYY-MM"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the text as the first day of that month."""
        if isinstance(value, date):
            return value
        try:
            return parse_month(str(value))
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


class DayType(click.ParamType[date]):
    """A day written YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the text as a day."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} 不是日期(YYYY-MM-DD)", param, ctx)


class YuanType(click.ParamType[int]):
    """Money written in yuan, read as fen."""

    name = "元"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the text exactly; at most two decimals, and more than nothing."""
        if isinstance(value, int):
            return value
        try:
            fen = parse_yuan(str(value))
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)
        return fen or self.fail("金额须大于零", param, ctx)


county_option = click.option("--county", required=True, metavar="CODE", help="县代码,如 410721")
month_option = click.option("--month", "pay_month", required=True, type=MonthType(), help="发放月")
officer_option = click.option("--as", "officer", required=True, metavar="NAME", help="以谁的名义(disburse.toml)")
json_option = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")


def rows_of(table: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table for JSON; months are YYYY-MM, as at every edge."""
    months = [name for name in table.columns if name.endswith("_month")]
    return table.with_columns(table[name].dt.strftime("%Y-%m") for name in months).to_dicts()


def print_json(result: object) -> None:
    """Write a result to stdout as JSON, Chinese as it is."""
    click.echo(json.dumps(result, ensure_ascii=False, indent=2, default=str))
