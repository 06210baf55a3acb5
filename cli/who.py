"""Who gives a command: known by his system user, or by a password asked for on the terminal or read from a descriptor.

A password is never an argument, never in the environment, and never printed.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from contracts.actor import Actor
    from contracts.settings import Home

DESCRIPTOR = "disburse.password_fd"


def acting(home: Home, officer: str) -> Actor:
    """Whoever gives the command, known as the officer he says he is; NotAllowedError where he is not."""
    from month.officers import asks_password, known

    return known(home, officer, password_of(officer) if asks_password(home, officer) else "")


def agreeing(home: Home, officer: str) -> Actor:
    """Another officer who agrees at this terminal."""
    from month.officers import agreeing as agrees
    from month.officers import asks_password

    return agrees(home, officer, password_of(officer) if asks_password(home, officer) else "")


def password_of(officer: str, *, label: str = "密码", is_new: bool = False) -> str:
    """An officer's password: the next line of --password-fd, else typed unseen; a new one is typed twice."""
    told = click.get_current_context().meta.get(DESCRIPTOR)
    if told is not None:
        return _next_line(told, officer)
    if not sys.stdin.isatty():
        raise click.UsageError(f"“{officer}”须给出{label}:请在终端里办,脚本用 --password-fd 描述符号")
    return str(
        click.prompt(
            f"{officer} 的{label}", hide_input=True, err=True, confirmation_prompt=is_new and f"再输一次{label}"
        )
    )


def _next_line(told: TextIO, officer: str) -> str:
    line = told.readline()
    if not line:
        raise click.UsageError(f"--password-fd 里没有“{officer}”的密码:每个密码一行,按询问的次序")
    return line.rstrip("\n")


def _open_descriptor(ctx: click.Context, param: click.Parameter, number: int | None) -> None:
    if number is None:
        return
    try:
        ctx.meta[DESCRIPTOR] = os.fdopen(number, encoding="utf-8")
    except OSError:
        raise click.BadParameter(f"描述符 {number} 没有打开", ctx, param) from None


def password_option(command: Any) -> Any:  # noqa: ANN401 whatever the command is
    """`--password-fd`, for every command that may ask for a password."""
    return click.option(
        "--password-fd",
        type=click.IntRange(min=0),
        metavar="N",
        expose_value=False,
        callback=_open_descriptor,
        help="从这个描述符读密码,一行一个(供脚本使用;默认在终端里问)",
    )(command)
