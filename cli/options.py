"""Options that several commands share."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, cast

import click
from click.core import ParameterSource

from cli.who import password_option
from contracts.money import parse_yuan
from contracts.months import parse_month

if TYPE_CHECKING:
    import polars as pl

    from contracts.settings import Home

LEAST_DIGITS = 16  # of a digest
DIGEST = re.compile(f"[0-9a-f]{{{LEAST_DIGITS},64}}")

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


class DigestType(click.ParamType[str]):
    """A digest, or its first digits: enough of them that nobody can make another that begins so."""

    name = "摘要"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The digits in small letters, without blanks."""
        digits = "".join(str(value).split()).lower()
        if digits and not DIGEST.fullmatch(digits):
            told = f"{len(digits)} 位" if digits.isascii() and digits.isalnum() else "有别的字符"
            self.fail(f"摘要是 64 位 0–9、a–f,至少写前 {LEAST_DIGITS} 位;所给的{told}", param, ctx)
        return digits


class CountyType(click.ParamType[str]):
    """A county, by its code or by its name."""

    name = "县"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code of the county; a slip is told with the nearest name or code."""
        import rulebook
        from contracts.wording import or_nearest

        home, given = the_home(), str(value).strip()
        names = rulebook.county_names(home.overlay)
        if given in {*names, *home.settings().county, *home.counties_handed_in()}:
            return given
        meant = [code for code, name in names.items() if name == given]
        if len(meant) > 1:
            self.fail(f"不止一个县叫“{given}”,请写代码:{'、'.join(meant)}", param, ctx)
        known = "、".join(f"{code} {name}" for code, name in names.items())
        slip = or_nearest(given, [*names, *names.values()]) or ";"
        return meant[0] if meant else self.fail(f"没有“{given}”这个县{slip}可用的县:{known}", param, ctx)


COUNTY = CountyType()


def the_home() -> Home:
    """The home that this call works in, for what is no command: a command takes it by `click.pass_obj`."""
    return cast("Home", click.get_current_context().obj)


def _usual_county(ctx: click.Context, param: click.Parameter, given: str | None) -> str:
    """The county that was given, or the one of the settings; none where the command is for several."""
    if MANY in ctx.meta:
        if ctx.get_parameter_source("county") is ParameterSource.COMMANDLINE:
            raise click.UsageError("--county 与 --all、--counties 只能写一个", ctx)
        return ""
    usual = given or the_home().settings().usual_county
    if not usual:
        advice = "也可以在 disburse.toml 的 [default] 中写 county"
        raise click.MissingParameter(advice, ctx, param)
    return given or COUNTY.convert(usual, param, ctx)


def _usual_officer(ctx: click.Context, param: click.Parameter, given: str | None) -> str:
    """The officer that was given, or the one of the settings."""
    usual = given or the_home().settings().default.officer
    if not usual:
        advice = "也可以在 disburse.toml 的 [default] 中写 officer"
        raise click.MissingParameter(advice, ctx, param)
    return usual


def _month_at_work(is_to_run: bool) -> Callable[[click.Context, click.Parameter, date | None], date]:
    """The month that was given, or the one the county is at: for a run, or for what is done with a month after it."""

    def at_work(ctx: click.Context, param: click.Parameter, given: date | None) -> date:
        if given is not None:
            return given
        if MANY in ctx.meta:
            raise click.MissingParameter("办多个县须写明月份", ctx, param)
        from month.progress import month_at_work

        found = month_at_work(the_home(), ctx.params["county"], is_to_run=is_to_run)
        if found is None:
            raise click.MissingParameter("本县还没有运行过,收件目录里也没有哪个月的名册", ctx, param)
        return found

    return at_work


def _say_defaults(ctx: click.Context) -> None:
    """One line first of what the command took that its giver did not say; on stderr where the output is JSON."""
    told = []
    for name, label in (("county", "县"), ("pay_month", "月份"), ("officer", "经办人")):
        option = next((param for param in ctx.command.params if param.name == name and param.envvar), None)
        source = ctx.get_parameter_source(name)
        if option is None or source not in (ParameterSource.DEFAULT, ParameterSource.ENVIRONMENT):
            continue
        value = ctx.params[name]
        if name == "county" and MANY in ctx.meta:
            continue
        shown = f"{value:%Y-%m}" if isinstance(value, date) else value
        told.append(f"{label} {shown}({option.envvar if source is ParameterSource.ENVIRONMENT else DEFAULTS[name]})")
    if told:
        click.echo(f"未写明的按:{','.join(told)}", err=bool(ctx.params.get("as_json")))


DEFAULTS = {"county": "设置", "pay_month": "本县正在办理的月份", "officer": "设置"}


def county_option(command: Command) -> Command:
    """`--county`, for every command that has one; the command says first what it took by default."""

    @functools.wraps(command)
    def said(*args: Any, **given: Any) -> Any:  # noqa: ANN401 whatever the command takes and gives
        _say_defaults(click.get_current_context())
        return command(*args, **given)

    option = click.option(
        "--county",
        type=COUNTY,
        callback=_usual_county,
        envvar="DISBURSE_COUNTY",
        metavar="县",
        help="县的代码或名称,如 410721、新乡县(默认见设置)",
    )
    return cast("Command", option(said))


MANY = "disburse.counties"


def counties_options(command: Command) -> Command:
    """`--all` and `--counties`, for a command that does the same in many counties: `counties`, empty for one."""

    @functools.wraps(command)
    def of_many(*args: Any, **given: Any) -> Any:  # noqa: ANN401 whatever the command takes and gives
        return command(*args, counties=click.get_current_context().meta.get(MANY, ()), **given)

    every = click.option(
        "--all", is_flag=True, is_eager=True, expose_value=False, callback=_every_county, help="本目录的每个县"
    )
    listed = click.option(
        "--counties",
        type=click.File(encoding="utf-8"),
        metavar="文件",
        is_eager=True,
        expose_value=False,
        callback=_listed_counties,
        help="文件所列的县,一行一个代码或名称,# 起为注(- 为标准输入)",
    )
    return cast("Command", every(listed(of_many)))


def _every_county(ctx: click.Context, param: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        from month.counties import known_counties

        _note_counties(ctx, param, known_counties(the_home()), "本目录还没有任何县")


def _listed_counties(ctx: click.Context, param: click.Parameter, listed: TextIO | None) -> None:
    if listed is not None:
        written = (line.partition("#")[0].strip() for line in listed)
        _note_counties(ctx, param, [COUNTY.convert(one, param, ctx) for one in written if one], "文件里没有列县")


def _note_counties(ctx: click.Context, param: click.Parameter, counties: list[str], none: str) -> None:
    if MANY in ctx.meta:
        raise click.UsageError("--all 与 --counties 只能写一个", ctx)
    if not counties:
        raise click.BadParameter(none, ctx, param)
    ctx.meta[MANY] = tuple(dict.fromkeys(counties))


def _month_option(is_to_run: bool) -> Callable[[Command], Command]:
    return click.option(
        "--month",
        "pay_month",
        type=MonthType(),
        callback=_month_at_work(is_to_run),
        envvar="DISBURSE_MONTH",
        help="发放月(默认本县正在办理的月份)",
    )


month_option = _month_option(is_to_run=False)
month_to_run_option = _month_option(is_to_run=True)
page_option = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="文件.html",
    help="写成一页(.html):常问的五件事、逐项说明、各月、更正、经过;不联网,可打印",
)


def officer_option(command: Command) -> Command:
    """`--as`, and where his password comes from, for every command that somebody has to answer for."""
    named = click.option(
        "--as",
        "officer",
        callback=_usual_officer,
        envvar="DISBURSE_OFFICER",
        metavar="NAME",
        help="以谁的名义(默认见设置)",
    )
    return cast("Command", named(password_option(command)))


json_option = click.option("--json", "as_json", is_flag=True, help="以 JSON 输出")


def rows_of(table: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table for JSON; months are YYYY-MM, as at every edge."""
    months = [name for name in table.columns if name.endswith("_month")]
    return table.with_columns(table[name].dt.strftime("%Y-%m") for name in months).to_dicts()


def print_json(result: object) -> None:
    """Write a result to stdout as JSON, Chinese as it is."""
    click.echo(json.dumps(result, ensure_ascii=False, indent=2, default=str))
