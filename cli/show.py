"""How commands show things in the terminal: tables, money, progress. The figures come from reports/."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from contracts.money import yuan_label


def console() -> Console:
    """Where results go; as wide as the terminal, or wide enough for a table where there is none."""
    shown = Console(highlight=False)
    return shown if shown.is_terminal else Console(highlight=False, width=120)


def table(title: str, headers: Sequence[str], rows: Iterable[Sequence[object]], numbers_from: int = 1) -> None:
    """Print a table; columns from `numbers_from` on are aligned right. Nothing where there are no rows."""
    listed = [[str(cell) for cell in row] for row in rows]
    if not listed:
        return
    grid = Table(title=title, title_justify="left", header_style="bold")
    for place, header in enumerate(headers):
        grid.add_column(header, justify="right" if place >= numbers_from else "left", overflow="fold")
    for row in listed:
        grid.add_row(*row)
    console().print(grid)


def yuan(fen: int | None) -> str:
    """Money as an officer reads it; empty for nothing."""
    return yuan_label(fen) if fen else ""


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[str], None]]:
    """Show steps as they are reached, on stderr; silent where stderr is no terminal."""
    with _bar() as bar:
        task = bar.add_task(title, total=total)

        def reached(step: str) -> None:
            bar.update(task, advance=1, description=f"{title} · {step}")

        yield reached


@contextmanager
def many_at_work(title: str, total: int) -> Iterator[tuple[Callable[[str, str], None], Callable[[str], None]]]:
    """The same for many at once: what tells that one reached a step, and what tells that one ended."""
    at_work: dict[str, str] = {}
    with _bar() as bar:
        task = bar.add_task(title, total=total)

        def reached(one: str, step: str) -> None:
            at_work[one] = step
            bar.update(task, description=f"{title} · " + " ".join(f"{name}:{at}" for name, at in at_work.items()))

        def ended(one: str) -> None:
            at_work.pop(one, None)
            bar.advance(task)

        yield reached, ended


def _bar() -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    shown = Console(stderr=True)
    return Progress(*columns, console=shown, transient=True, disable=not shown.is_terminal)
