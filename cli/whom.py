"""Whom a command is about. An identity number is read from standard input or a file, never from the command's words:
whoever may list the machine's processes reads those, and the shell keeps them."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO
from unicodedata import normalize

import click

METAVAR = "-|@文件|序号"
STDIN, FILE = "-", "@"  # how it is written where an identity number is to be read from
SOURCES = "disburse.identity_numbers"
HOW = "写 - 从标准输入读(终端里会问),或 @文件(一行一个),或 disburse person 列出的序号"
IN_WORDS = "命令里不写身份证号:机器上的人都看得到运行中的命令,终端还会留下历史"

AS_TYPED = re.compile(r"\d{17}[\dX]|\d{15}")
ROW_NUMBER = re.compile(r"\d{1,10}")
WITHIN = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
ACCOUNT_LEAST, INSTRUCTION_LEAST = 9, 20  # digits: shorter than an account is the end of one, longer is an instruction


class PersonType(click.ParamType[str]):
    """An identity number that is read from elsewhere, or the row number of a person; gives the identity number."""

    name = "人"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The identity number; what was typed is never repeated."""
        written = str(value)
        if (read := _read(written)) is not None:
            return _identity_number(read)
        if not ROW_NUMBER.fullmatch(written):
            self.fail(f"{IN_WORDS};{HOW}", param, ctx)
        return _of_row(int(written)) or self.fail("没有这个序号;请先用 disburse person 姓名 村名 查", param, ctx)


class AskedType(click.ParamType[str]):
    """Whoever is asked about: by name, instruction or the end of an account, or by what is read from elsewhere."""

    name = "何人"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """What is asked, plain; whole identity numbers and accounts stand in no command."""
        written = str(value)
        if (read := _read(written)) is not None:
            return _identity_number(read) if AS_TYPED.fullmatch(_plain(read)) else read
        plain = _plain(written)
        if AS_TYPED.fullmatch(plain):
            self.fail(f"{IN_WORDS};{HOW}", param, ctx)
        if plain.isdecimal() and ACCOUNT_LEAST <= len(plain) < INSTRUCTION_LEAST:
            self.fail("命令里不写完整的账号,只写末几位(四至八位)", param, ctx)
        return written


PERSON, ASKED = PersonType(), AskedType()


def require_no_identity_number(words: Iterable[str]) -> None:
    """UsageError where an identity number stands in a command's words, also in a reason or the name of a file."""
    for place, word in enumerate(words, start=1):
        if any(_is_identity_number(found) for found in WITHIN.findall(normalize("NFKC", word))):
            raise click.UsageError(
                f"第 {place} 个词里有身份证号。{IN_WORDS}(请从历史里删去)。何人:{HOW};理由、凭据、文件名里不写号码"
            )


def _is_identity_number(found: str) -> bool:
    """Whether its day exists and its check digit is right (GB 11643): a document's number seldom has both."""
    import polars as pl

    from intake.resident_ids import legible

    return pl.select(legible(pl.lit(found.upper())).is_not_null()).item() is True


def _read(written: str) -> str | None:
    """The next line of what `written` names as a source; None where it is none."""
    if written != STDIN and not written.startswith(FILE):
        return None
    sources: dict[str, TextIO] = click.get_current_context().meta.setdefault(SOURCES, {})
    if written == STDIN and sys.stdin.isatty():
        return str(click.prompt("身份证号", err=True))
    source = sources.get(written) or _open(written)
    sources[written] = source
    line = source.readline(1024).strip()
    if not line:
        raise click.UsageError("标准输入或文件里没有(下一个)身份证号:一行一个")
    return line


def _open(written: str) -> TextIO:
    if written == STDIN:
        return sys.stdin
    from intake.kinds import content_of

    return io.StringIO(content_of(Path(written.removeprefix(FILE))).decode("utf-8-sig", "replace"))


def _plain(text: str) -> str:
    return re.sub(r"[\s\ufeff'-]", "", normalize("NFKC", text)).upper()


def _identity_number(text: str) -> str:
    """The number of eighteen that was read; one of fifteen is upgraded. UsageError where it is none."""
    import polars as pl

    from intake.resident_ids import upgraded

    plain = _plain(text)
    if not AS_TYPED.fullmatch(plain):
        raise click.UsageError("读到的不是身份证号:须是 18 位(或旧的 15 位)")
    return str(pl.select(upgraded(pl.lit(plain))).item())


def _of_row(person_no: int) -> str | None:
    from cli.options import the_home
    from month.identifying import number_of

    return number_of(the_home(), person_no)
