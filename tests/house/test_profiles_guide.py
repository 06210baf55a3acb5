"""The guide to bank profiles says everything a profile may say, and its example is one."""

import re

import pytest

from contracts.codes import BankEvent
from payments import file_forms, profiles
from payments.answer_forms import AnswerForm


@pytest.fixture
def guide(root):
    return (root / "docs/guides/profiles.md").read_text("utf-8")


def test_its_examples_are_profiles_one_confirmed_and_with_an_answer(guide, tmp_path):
    for example in re.findall(r"```yaml profile\n(.*?)```", guide, re.DOTALL):
        name = re.search(r"profile: (\w+)", example)[1]
        (tmp_path / f"{name}.yaml").write_text(example, "utf-8")
    known = profiles.load(tmp_path)["our_bank"]
    assert profiles.load(tmp_path)["our_host"].kind == "fixed_width"
    assert known.confirmed
    assert known.answer.states["01"] is BankEvent.RETURNED


@pytest.mark.parametrize(
    "form",
    [
        file_forms.Delimited,
        file_forms.FixedWidth,
        file_forms.Xlsx,
        file_forms.Column,
        file_forms.FixedColumn,
        file_forms.Piece,
        file_forms.Payer,
        file_forms.OwnBank,
        AnswerForm,
    ],
)
def test_every_key_is_told(guide, form):
    told = set(re.findall(r"`(\w+)`", guide))
    assert set(form.model_fields) - told == set()


def test_every_shipped_profile_is_told(guide):
    listed = guide.split("## 随程序的格式")[1].split("## 回盘")[0]
    assert re.findall(r"^\| `(\w+)` \|", listed, re.MULTILINE) == [
        path.stem for path in sorted(profiles.SHIPPED.glob("*.yaml"))
    ]


def test_every_field_that_can_be_printed_is_told_and_no_other(guide):
    listed = guide.split("`field` 可写:")[1].split("户名、账号、金额必须有")[0]
    assert re.findall(r"`(\w+)`", listed) == [field.value for field in file_forms.Printed]
