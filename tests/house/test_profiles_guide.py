"""The guide to bank profiles says everything a profile may say, and its example is one."""

import re

import pytest

from contracts.codes import BankEvent
from payments import profiles
from payments.answer_forms import AnswerForm


@pytest.fixture
def guide(root):
    return (root / "docs/guides/profiles.md").read_text("utf-8")


def test_its_example_is_a_profile_confirmed_and_with_an_answer(guide, tmp_path):
    (example,) = re.findall(r"```yaml profile\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "our_bank.yaml").write_text(example, "utf-8")
    known = profiles.of(profiles.load(tmp_path), "our_bank")
    assert known.confirmed
    assert known.answer.states["01"] is BankEvent.RETURNED


@pytest.mark.parametrize("form", [profiles.Delimited, profiles.Xlsx, profiles.Column, AnswerForm])
def test_every_key_is_told(guide, form):
    told = set(re.findall(r"`(\w+)`", guide))
    assert set(form.model_fields) - told == set()


def test_every_field_that_can_be_printed_is_told_and_no_other(guide):
    listed = guide.split("`field` 可写:")[1].split("户名、账号、金额必须有")[0]
    assert re.findall(r"`(\w+)`", listed) == [field.value for field in profiles.Printed]
