"""The words of the command line: click's own texts in Chinese, its errors as an officer reads them."""

from __future__ import annotations

import gettext
import os
import re
from pathlib import Path

import click

DOMAIN = "messages"  # the one that click asks
LANGUAGE = "zh_CN"
QUOTED = re.compile(r"'([^']*)'")
LOCALE = Path(__file__).with_name("locale")


def speak_chinese() -> None:
    """Have click say its texts in Chinese, whatever the terminal's language."""
    os.environ["LANGUAGE"] = LANGUAGE
    gettext.bindtextdomain(DOMAIN, str(LOCALE))


def usage_told(wrong: click.ClickException) -> tuple[str, str]:
    """What is wrong with a command line, and what to do."""
    what = QUOTED.sub(r"“\1”", wrong.format_message()).replace("。 ", "。").replace(". ", ";").rstrip(".。")
    context = wrong.ctx if isinstance(wrong, click.UsageError) else None
    return what, f"写法见 {context.command_path if context else 'disburse'} --help"
