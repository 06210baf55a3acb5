"""A home's own law names no county that could not be a folder."""

import pytest

import rulebook

HEAD = """schema: 1
code: "{code}"
name: 样例县
is_paying: yes
"""


@pytest.mark.parametrize(
    ("code", "is_county"),
    [("419999", True), ("../410721", False), ("410721/..", False), ("/etc", False), ("nul", False)],
)
def test_a_code_that_is_no_plain_name_is_no_county(tmp_path, code, is_county):
    folder = tmp_path / "policies" / "sample"
    folder.mkdir(parents=True)
    (folder / "jurisdiction.yaml").write_text(HEAD.format(code=code), "utf-8")
    assert (code in rulebook.county_names(tmp_path / "policies")) == is_county
