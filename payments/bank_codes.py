"""联行号 (CNAPS): twelve digits, the last by ISO 7064 MOD 11,10 over the other eleven."""

from __future__ import annotations

DIGITS = 12


def check_digit(body: str) -> str:
    """The last digit of a code that begins with these eleven."""
    product = 10
    for digit in body:
        product = (int(digit) + product - 1) % 10 + 1
        product = product * 2 % 11
    return str((11 - product) % 10)


def is_bank_code(text: str) -> bool:
    """Whether a text is a code with the right check digit."""
    return text.isascii() and text.isdigit() and len(text) == DIGITS and check_digit(text[:-1]) == text[-1]
