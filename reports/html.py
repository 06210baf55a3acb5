"""Pages for officers: one self-contained file each, without server, network or script, that prints to A4."""

from __future__ import annotations

from pathlib import Path

from contracts.money import yuan_label


def as_html(template: str, **shown: object) -> str:
    """A template of this room (`*.html.j2`, made of `page.html.j2`) filled in; a text of a register is never markup."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    shipped = FileSystemLoader(Path(__file__).parent)
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, loader=shipped)
    made.filters["yuan"] = yuan_label
    return made.get_template(template).render(**shown)
