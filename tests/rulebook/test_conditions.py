"""A `when:` as a pack writes it: what is read, and what is refused at its key."""

import pytest

from contracts.policy import AllOf, AnyOf, Compare, Fact, Not, OneOf, Parameter, Switch
from rulebook.conditions import NOTHING, read_tree
from rulebook.parameters import Kind

AGE_80 = Compare("age", at_least=80)


def read(written):
    return read_tree(written, ("when",), lambda source, key: f"{source} at {'.'.join(map(str, key))}")


@pytest.mark.parametrize(
    ("written", "condition"),
    [
        ("registered", Fact("registered")),
        ("$margin", Switch(Parameter("margin"))),
        ({"age": {"at_least": "80"}}, AGE_80),
        ({"age": {"at_least": "$min_age", "below": "90"}}, Compare("age", at_least=Parameter("min_age"), below=90)),
        (
            {"level": {"within": "$levels"}},
            Compare("level", at_least=Parameter("levels_from"), at_most=Parameter("levels_to")),
        ),
        ({"$test": ["unable", "level"]}, OneOf(Parameter("test"), ("unable", "level"))),
        ({"support_mode": ["分散"]}, OneOf("support_mode", ("home",))),
        ({"not": "tekun"}, Not(Fact("tekun"))),
        ({"all": ["alive", "tekun"], "label": "两者"}, AllOf((Fact("alive"), Fact("tekun")), "两者")),
        ({"any": ["alive"], "label": "一者"}, AnyOf((Fact("alive"),), "一者")),
        ({"registered": "yes", "source": "第一条"}, Fact("registered", "第一条 at when.source")),
        (
            {"all": ["alive", {"not": {"age": {"at_least": "80"}}}], "source": "第二条"},
            AllOf(
                (
                    Fact("alive", "第二条 at when.source"),
                    Not(Compare("age", at_least=80, source="第二条 at when.source")),
                )
            ),
        ),
    ],
)
def test_a_condition_is_read_with_the_clause_it_rests_on(written, condition):
    tree = read(written)
    assert (tree.condition, tree.problems) == (condition, [])


def test_a_tree_says_which_parameters_it_uses_and_what_each_must_be():
    tree = read({"all": ["$margin", {"age": {"at_least": "$min_age"}}, {"level": {"within": "$levels"}},
                         {"$test": ["unable"]}, {"not": {"$test": ["level"]}}]})  # fmt: skip
    kinds = {"margin": Kind.YES_NO, "min_age": Kind.WHOLE, "levels": Kind.RANGE, "test": Kind.CODE}
    assert (tree.uses, tree.codes) == (kinds, {"test": {"unable", "level"}})


@pytest.mark.parametrize(
    ("written", "key", "words"),
    [
        (3, (), "条件应为一个词或一个键值对"),
        ("age", (), "age 不是是/否类的词"),
        ("nothing", (), "nothing 不是是/否类的词"),
        ({}, (), "只写一个键"),
        ({"alive": "yes", "tekun": "yes"}, (), "只写一个键"),
        ({"all": ["alive"], "label": 3}, (), "只写一个键"),
        ({"not": "alive", "label": "非"}, ("label",), "label 只写在 all 与 any 旁"),
        ({"registered": "yes"}, ("registered",), "registered 不能这样用"),
        ({"registered": "no", "source": "第一条"}, ("registered",), "registered 不能这样用"),
        ({"nothing": ["x"]}, ("nothing",), "nothing 不能这样用"),
        ({"all": "alive"}, ("all",), "应为非空的列表"),
        ({"any": []}, ("any",), "应为非空的列表"),
        ({"all": ["alive", "nothing"]}, ("all", 1), "nothing 不是是/否类的词"),
        ({"age": "80"}, ("age",), "应写 at_least"),
        ({"age": {}}, ("age",), "应写 at_least"),
        ({"age": {"above": "80"}}, ("age",), "应写 at_least"),
        ({"age": {"at_least": "八十"}}, ("age", "at_least"), "应为整数或 $参数"),
        ({"age": {"at_least": "80.5"}}, ("age", "at_least"), "应为整数或 $参数"),
        ({"age": {"at_least": "²"}}, ("age", "at_least"), "应为整数或 $参数"),
        ({"age": {"at_least": 80}}, ("age", "at_least"), "应为整数或 $参数"),
        ({"level": {"within": "2-4"}}, ("level", "within"), "within 单独使用"),
        ({"level": {"within": "$levels", "at_least": "2"}}, ("level", "within"), "within 单独使用"),
        ({"support_mode": "分散"}, ("support_mode",), "应为列表"),
        ({"support_mode": []}, ("support_mode",), "应为列表"),
        ({"support_mode": ["分散", "到处"]}, ("support_mode",), "应为列表"),
        ({"$test": "unable"}, ("$test",), "应为代码的列表"),
        ({"$test": []}, ("$test",), "应为代码的列表"),
        ({"$test": ["unable", 3]}, ("$test",), "应为代码的列表"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_key_and_once(written, key, words):
    ((told_at, told),) = read(written).problems
    assert told_at == ("when", *key)
    assert words in told


def test_what_could_not_be_read_stands_as_nothing_beside_what_could():
    tree = read({"all": ["alive", {"age": "80"}]})
    assert tree.condition == AllOf((Fact("alive"), NOTHING))
    assert read({"age": {"at_least": "八十"}}).condition == Compare("age", at_least=0)


def test_the_words_that_may_stand_are_told():
    ((_, yes_no),) = read("nothing").problems
    assert "registered" in yes_no
    assert "age" not in yes_no
    ((_, keyed),) = read({"nothing": "x"}).problems
    assert "age、" in keyed
    assert "support_mode" in keyed
    assert "registered" not in keyed
