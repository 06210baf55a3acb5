"""What policies/README.md shows can be written exactly so."""

import re

import pytest

import rulebook
from contracts.codes import StartRule
from contracts.strict_yaml import check, read
from contracts.vocabulary import WORDS
from rulebook.forms import FundingSharesForm, InteractionsForm, KnownFindingsForm, ListForm, ProvisionsForm
from rulebook.keys import DIMENSIONS
from rulebook.words import with_words

BLOCKS = re.findall(r"```yaml\n(.*?)```", (rulebook.POLICIES / "README.md").read_text("utf-8"), re.DOTALL)
FORMS = {
    "documents": ProvisionsForm,
    "benefit": ProvisionsForm,
    "pairs": InteractionsForm,
    "title": ListForm,
    "known": KnownFindingsForm,
    "funding": FundingSharesForm,
}
SOURCE = "source: {document: notice, clause: 第一条, quote: 原文}"


def as_written(block):
    return block.replace("source: {…}", SOURCE).replace("quote: …", "quote: 原文")


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.partition(":")[0])
def test_an_example_is_accepted_as_it_stands(block):
    form, problems = check(FORMS[block.partition(":")[0]], read(as_written(block), "README.md"))
    assert problems == []
    assert form is not None


def test_every_kind_of_file_is_shown():
    assert {block.partition(":")[0] for block in BLOCKS} == set(FORMS)


def test_the_example_of_a_notice_loads_on_top_of_the_shipped_law(tmp_path):
    (tmp_path / "410721").mkdir()
    (tmp_path / "410721" / "2025-3.yaml").write_text(as_written(BLOCKS[0]), "utf-8")
    assert "410721" in rulebook.load(rulebook.POLICIES, tmp_path).counties()


def test_every_unit_and_parameter_that_can_be_written_is_told():
    from rulebook.parameters import OF_ALL, STANDARDS, TEKUN, UNITS

    text = (rulebook.POLICIES / "README.md").read_text("utf-8")
    assert [name for name in (*UNITS, *STANDARDS, *TEKUN, *OF_ALL) if name not in text] == []


def test_the_list_of_words_and_keys_is_what_the_code_knows():
    text = (rulebook.POLICIES / "README.md").read_text("utf-8")
    assert with_words(text) == text, "python -m rulebook.words policies/README.md"
    assert [name for name in (*WORDS, *DIMENSIONS, *StartRule.values()) if f"`{name}`" not in text] == []
