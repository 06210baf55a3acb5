"""The list of words and keys in policies/README.md, from the code: `python -m rulebook.words policies/README.md`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from contracts.registers import label_of
from contracts.vocabulary import WORDS, Word, WordKind
from rulebook.keys import DIMENSIONS

BLOCK = re.compile(r"(<!-- words -->\n).*?(<!-- /words -->)", re.DOTALL)
NEW_LINE = "\n"
KINDS = {WordKind.YES_NO: "是/否", WordKind.NUMBER: "数字", WordKind.CODE: "代码"}


def with_words(page: str) -> str:
    """The page with the list of today between its marks."""
    return BLOCK.sub(lambda found: f"{found[1]}{NEW_LINE.join(_table())}\n{found[2]}", page)


def _table() -> Iterator[str]:
    yield "| 词 | 意思 | 写法 | 名册 | 分档 |"
    yield "| --- | --- | --- | --- | --- |"
    for word in WORDS.values():
        yield f"| `{word.name}` | {word.label} | {_written(word)} | {_register(word)} | {_key(word.name)} |"
    for name in DIMENSIONS:
        if name not in WORDS:
            yield f"| | {DIMENSIONS[name].label} | | | {_key(name)} |"


def _written(word: Word) -> str:
    return "、".join(member.label for member in word.code) if word.code else KINDS[word.kind]


def _register(word: Word) -> str:
    return label_of(word.register or "population")


def _key(name: str) -> str:
    return f"`{name}`" if name in DIMENSIONS else ""


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(with_words(page.read_text("utf-8")), "utf-8")
