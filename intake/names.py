"""Names of people, as they are compared: the same name written in two ways is the same name."""

from __future__ import annotations

import polars as pl

# The dot inside a name of several parts (阿里·买买提): what keyboards and old systems write for it.
DOTS = r"[\x{00B7}\x{2022}\x{2027}\x{2219}\x{22C5}\x{30FB}\x{2024}\x{25CF}\x{FF0E}.]"
DOT = "\u00b7"


def canonical_name(name: pl.Expr) -> pl.Expr:
    """The name in plain characters, without blanks, its dots all alike, Latin letters large. For comparing only."""
    return name.str.normalize("NFKC").str.replace_all(r"[\s\p{Cf}]", "").str.replace_all(DOTS, DOT).str.to_uppercase()
