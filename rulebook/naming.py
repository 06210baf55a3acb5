"""Sets of situations in an official's words: the fewest words of the law that say exactly which members are meant.

A member is one row of facts columns of one axis (contracts.situations.AXES); a set of members is named by words of the
vocabulary that hold for them and for no others: 特困人员且自理能力为全护理, 60—79 周岁. Everybody has no name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import polars as pl

from contracts.situations import AXES
from contracts.vocabulary import WORDS, Word, WordKind

MOST_WORDS = 4  # joined by 且; what takes more is told in several parts, joined by 或
AND, OR = "且", " 或 "
NOBODY = "(无)"
NO_ROW = {
    "hukou": "未填户口性质",
    "low_income": "不在低收入名册",
    "disability": "没有有效残疾人证",
    "ability": "没有评估或认定",
    "family_planning": "非计划生育特殊家庭",
}
CODE_SAID = {
    "hukou": "{}户口",
    "low_income": "{}",
    "area": "{}",
    "support_mode": "{}供养",
    "self_care": "{}",
    "scale": "按 {}",
    "disability_category": "{}残疾",
}
NOT_SO = {
    "alive": "当月已不在世",
    "registered": "不是本县户籍",
    "disabled": "没有有效残疾人证",
    "ltc": "不需长期照护",
    "limited": "未失能",
    "unable": "未认定生活不能自理",
}


@dataclass(frozen=True)
class _Saying:
    """What one word says: its text, and the members it holds for (a bit each)."""

    text: str
    held: int


class Naming:
    """The names of sets of members of one axis; `words` are those the law looks at, in the order they are preferred."""

    def __init__(self, axis: str, members: pl.DataFrame, words: Collection[str]) -> None:
        """Members in any order; sets of them are named by row number."""
        self.axis = axis
        self.members = members
        of_axis = [word for word in WORDS.values() if word.column in AXES[axis].columns and word.name in words]
        self.words = sorted(of_axis, key=lambda word: word.kind is not WordKind.YES_NO)
        self.everybody = (1 << members.height) - 1
        self._named: dict[tuple[int, int], str] = {}

    def name(self, chosen: Iterable[int], within: Iterable[int] | None = None) -> str:
        """The words for these rows of members among those `within` (None: everybody); empty for all of them."""
        wanted, meant = _bits(chosen), self.everybody if within is None else _bits(within)
        if (wanted, meant) not in self._named:
            self._named[wanted, meant] = "" if wanted == meant else self._told(wanted, meant)
        return self._named[wanted, meant]

    def _told(self, wanted: int, meant: int) -> str:
        if self.axis == "age":
            return _ages(self.members, [row for row in range(self.members.height) if wanted >> row & 1])
        sayings = list(self._sayings(wanted, meant))
        parts: list[str] = []
        left = wanted
        while left:
            best = max(sayings, key=lambda said: (said.held & left).bit_count(), default=None)
            if best is None or not best.held & left:
                return OR.join([*parts, "其他"])
            parts.append(best.text)
            left &= ~best.held
        return OR.join(parts) or NOBODY

    def _sayings(self, wanted: int, meant: int) -> Iterator[_Saying]:
        """Sayings that, among those meant, hold for wanted members alone, the shortest first."""
        for count in range(1, MOST_WORDS + 1):
            for chosen in combinations(self._of_words, count):
                held = meant
                for said in chosen:
                    held &= said.held
                if held and not held & ~wanted:
                    yield _Saying(AND.join(said.text for said in chosen), held)

    @cached_property
    def _of_words(self) -> list[_Saying]:
        """Everything one word can say of the members, what is said of fewer words' kinds first."""
        told = [said for word in self.words for said in self._of_word(word)]
        nobody = [
            row
            for row, values in enumerate(self.members.iter_rows())
            if not any(value for value in values) and self.axis in NO_ROW
        ]
        if nobody:
            told.append(_Saying(NO_ROW[self.axis], sum(1 << row for row in nobody)))
        kept: dict[int, _Saying] = {}
        for said in told:
            if said.held and said.held != self.everybody:
                kept.setdefault(said.held, said)
        return list(kept.values())

    def _of_word(self, word: Word) -> Iterator[_Saying]:
        held = self.members[word.column].to_list()

        def where(holds: Iterable[bool]) -> int:
            return sum(1 << row for row, is_held in enumerate(holds) if is_held)

        match word.kind:
            case WordKind.YES_NO:
                yield _Saying(word.label, where(value is True for value in held))
                yield _Saying(NOT_SO.get(word.name, f"非{word.label}"), where(value is not True for value in held))
            case WordKind.CODE:
                assert word.code is not None
                for code in word.code:
                    yield _Saying(
                        CODE_SAID.get(word.name, f"{word.label}为{{}}").format(code.label),
                        where(value == code for value in held),
                    )
            case WordKind.NUMBER:
                numbers = sorted({value for value in held if value is not None})
                for first, last in combinations([*numbers, None], 2):
                    upper = numbers[-1] if last is None else numbers[numbers.index(last) - 1]
                    text = f"{word.label} {first}" + (f"—{upper}" if upper != first else "")
                    yield _Saying(text, where(value is not None and first <= value <= upper for value in held))


def _bits(rows: Iterable[int]) -> int:
    return sum(1 << row for row in set(rows))


def _ages(members: pl.DataFrame, rows: Sequence[int]) -> str:
    """Ages as runs of years; apart where only the month of the birthday, or every other month, is meant."""
    known = {(age, is_birthday): row for row, (age, is_birthday) in enumerate(members.iter_rows())}
    chosen = set(rows)
    greatest = max(age for age, _ in known)
    of_month = {
        is_birthday: {age for (age, month), row in known.items() if month is is_birthday and row in chosen}
        for is_birthday in (False, True)
    }
    both = of_month[False] & of_month[True]
    told = [
        *_runs(both, greatest),
        *(f"{run}(生日当月)" for run in _runs(of_month[True] - both, greatest)),
        *(f"{run}(生日当月除外)" for run in _runs(of_month[False] - both, greatest)),
    ]
    return OR.join(told) or NOBODY


def _runs(ages: Collection[int], greatest: int) -> Iterator[str]:
    for first in sorted(age for age in ages if age - 1 not in ages):
        last = next(age for age in range(first, greatest + 2) if age + 1 not in ages)
        if last >= greatest:
            yield f"{first} 周岁及以上" if first else "不论年龄"
        elif first == 0:
            yield f"不满 {last + 1} 周岁"
        else:
            yield f"{first} 周岁" if first == last else f"{first}—{last} 周岁"
