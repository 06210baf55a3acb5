"""Templates of profiles: fixed text and words in braces, without formats."""

from __future__ import annotations

import re
import string


def known_words(template: str, known: frozenset[str]) -> str:
    """The template where it uses known words only; ValueError otherwise, in an officer's words."""
    try:
        parts = list(string.Formatter().parse(template))
    except ValueError:
        raise ValueError("花括号不成对") from None
    if any(style or conversion for _, _, style, conversion in parts):
        raise ValueError("花括号里只写词,不写格式")
    unknown = {word for _, word, _, _ in parts if word is not None} - known
    if unknown:
        raise ValueError(f"不认识的词 {'、'.join(sorted(unknown))},可用:{'、'.join(sorted(known))}")
    return template


def words_of(template: str) -> list[tuple[str, str | None]]:
    """A template as pairs of fixed text and the word after it (None at the end)."""
    return [(text, word) for text, word, _, _ in string.Formatter().parse(template)]


def read_by(template: str, line: str, anything: str = "any") -> dict[str, str] | None:
    """What a line says for each word of a template; None where it is not written so."""
    pattern, seen = "", set()
    for text, word in words_of(template):
        pattern += re.escape(text)
        if word == anything:
            pattern += ".*"
        elif word:
            pattern += f"(?P={word})" if word in seen else f"(?P<{word}>.*?)"
            seen.add(word)
    found = re.fullmatch(pattern, line)
    return found.groupdict() if found else None
