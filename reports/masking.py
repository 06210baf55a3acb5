"""How much of an account, an identity number or a telephone number people are shown."""

SHOWN = 4  # last digits


def masked(number: str) -> str:
    """The last digits of a number; nothing of nothing."""
    return f"…{number[-SHOWN:]}" if number else ""
