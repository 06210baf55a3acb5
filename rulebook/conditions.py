"""A pack's `when:` as written in YAML → the tree the calculators read (contracts.policy).

registered                          a yes/no word                $include_margin       a yes/no parameter
{age: {at_least: $min_age}}         at_least, at_most, below; within: $levels (a range parameter)
{support_mode: [分散]}               a code word                  {$test: [unable]}     a code parameter
{all: […], label: …}  {any: […], label: …}  {not: …}

Any of them may carry the clause it rests on, beside its key: `{age: {at_least: 80}, source: {…}}`; a yes/no word then
reads `{registered: yes, source: {…}}`. It holds for everything inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from contracts.policy import AllOf, AnyOf, Compare, Condition, Fact, Not, OneOf, Parameter, Switch
from contracts.strict_yaml import YES_NO, Key
from contracts.vocabulary import WORDS, Word, WordKind
from rulebook.parameters import Kind

SIGN = "$"
BOUNDS = ("at_least", "at_most", "below")
YES = tuple(text for text, is_yes in YES_NO.items() if is_yes)
FROM, TO = "_from", "_to"  # a range parameter stands in the rates as two columns
NOTHING = AllOf(())  # what stands in a tree where a part could not be read
Cite = Callable[[object, Key], str]
BESIDE = ("label", "source")  # what may stand beside the key that says what a condition is


@dataclass
class Tree:
    """A condition, the parameters it uses with the kind each must be, and what was wrong with it."""

    condition: Condition = NOTHING
    uses: dict[str, Kind] = field(default_factory=dict)
    codes: dict[str, set[str]] = field(default_factory=dict)  # code parameter → the codes the tree knows
    problems: list[tuple[Key, str]] = field(default_factory=list)


def read_tree(written: object, key: Key, cite: Cite) -> Tree:
    """Read a `when:` that stands at `key` of its document. `cite` reads a source that stands at a key, as text."""
    tree = Tree()
    tree.condition = _Reader(tree, cite).condition(written, key, "")
    return tree


class _Reader:
    def __init__(self, tree: Tree, cite: Cite) -> None:
        self.tree = tree
        self.cite = cite

    def wrong(self, key: Key, what: str) -> Condition:
        self.tree.problems.append((key, what))
        return NOTHING

    def condition(self, written: object, key: Key, source: str) -> Condition:
        match written:
            case str() if written.startswith(SIGN):
                return Switch(self.parameter(written, Kind.YES_NO), source)
            case str():
                word = WORDS.get(written)
                if word is None or word.kind is not WordKind.YES_NO:
                    return self.wrong(key, f"{written} 不是是/否类的词,可用:{_words(WordKind.YES_NO)}")
                return Fact(written, source)
            case dict():
                return self.mapping(written, key, source)
            case _:
                return self.wrong(key, "条件应为一个词或一个键值对")

    def mapping(self, written: dict[str, object], key: Key, source: str) -> Condition:
        names = [name for name in written if name not in BESIDE]
        label = written.get("label", "")
        if len(names) != 1 or not isinstance(label, str):
            return self.wrong(key, "一个条件只写一个键(all、any、not 或一个词);label 为文字")
        name, told = names[0], written[names[0]]
        if "label" in written and name not in ("all", "any"):
            return self.wrong((*key, "label"), "label 只写在 all 与 any 旁")
        if "source" in written:
            source = self.cite(written["source"], (*key, "source"))
        match name:
            case "all" | "any":
                parts = tuple(self.parts(told, (*key, name), source))
                return AllOf(parts, label) if name == "all" else AnyOf(parts, label)
            case "not":
                return Not(self.condition(told, (*key, name), source))
            case _ if told in YES and "source" in written:
                return self.condition(name, (*key, name), source)
            case _ if name.startswith(SIGN):
                return self.one_of_parameter(name, told, (*key, name), source)
            case _ if name in WORDS and WORDS[name].kind is WordKind.NUMBER:
                return self.compare(name, told, (*key, name), source)
            case _ if name in WORDS and WORDS[name].kind is WordKind.CODE:
                return self.one_of(WORDS[name], told, (*key, name), source)
            case _:
                known = f"all、any、not、{_words(WordKind.NUMBER)}、{_words(WordKind.CODE)}"
                return self.wrong((*key, name), f"{name} 不能这样用,可用:{known}")

    def parts(self, told: object, key: Key, source: str) -> Iterator[Condition]:
        if not isinstance(told, list) or not told:
            self.wrong(key, "应为非空的列表")
            return
        for place, part in enumerate(told):
            yield self.condition(part, (*key, place), source)

    def compare(self, word: str, told: object, key: Key, source: str) -> Condition:
        if not isinstance(told, dict) or not told or set(told) - {*BOUNDS, "within"}:
            return self.wrong(key, "应写 at_least、at_most、below 或 within")
        bounds = {name: self.bound(told[name], (*key, name)) for name in BOUNDS if name in told}
        if "within" in told:
            if len(told) > 1 or not str(told["within"]).startswith(SIGN):
                return self.wrong((*key, "within"), "within 单独使用,并指一个区间参数,如 $levels")
            name = self.parameter(str(told["within"]), Kind.RANGE).name
            return Compare(word, at_least=Parameter(name + FROM), at_most=Parameter(name + TO), source=source)
        return Compare(word, **bounds, source=source)

    def bound(self, told: object, key: Key) -> int | Parameter:
        if isinstance(told, str) and told.startswith(SIGN):
            return self.parameter(told, Kind.WHOLE)
        if isinstance(told, str) and told.isascii() and told.isdigit():
            return int(told)
        self.wrong(key, "应为整数或 $参数")
        return 0

    def one_of(self, word: Word, told: object, key: Key, source: str) -> Condition:
        assert word.code is not None
        members = [word.code.of(str(code)) for code in told] if isinstance(told, list) else []
        if not members or None in members:
            return self.wrong(key, f"应为列表,取自 {'、'.join(member.label for member in word.code)}")
        return OneOf(word.name, tuple(member.value for member in members if member), source)

    def one_of_parameter(self, name: str, told: object, key: Key, source: str) -> Condition:
        if not isinstance(told, list) or not told or not all(isinstance(code, str) for code in told):
            return self.wrong(key, "应为代码的列表")
        if unknown := [code for code in told if code not in WORDS]:
            return self.wrong(key, f"代码 {'、'.join(unknown)} 没有中文说法,应取自词表中的词")
        parameter = self.parameter(name, Kind.CODE)
        self.tree.codes.setdefault(parameter.name, set()).update(told)
        return OneOf(parameter, tuple(told), source)

    def parameter(self, written: str, kind: Kind) -> Parameter:
        name = written.removeprefix(SIGN)
        self.tree.uses[name] = kind
        return Parameter(name)


def _words(kind: WordKind) -> str:
    return "、".join(word.name for word in WORDS.values() if word.kind is kind)
