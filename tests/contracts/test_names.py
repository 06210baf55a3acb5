"""Names become part of a path only where they are plain, wherever they come from."""

import pytest

from contracts.errors import InputError
from contracts.months import parse_month
from contracts.names import is_plain_part, plain_part
from contracts.settings import Home

PLAIN = ["410721", "generic_pipe", "农村", "城镇(二)", "low-income", "con1", "县.old", "a" * 80]
FOREIGN = [
    "",
    ".",
    "..",
    "../410721",
    "..\\410721",
    "/etc",
    "410721/",
    "4107\0",
    "4107\n21",
    "4107\u200b21",
    "4107\u202e21",
    " 410721",
    "410721 ",
    "~root",
    "-rf",
    ".hidden",
    "name.",
    "CON",
    "nul.yaml",
    "Com1",
    "a:b",
    "a*",
    "<x>",
    "a" * 81,
    "县" * 27,
]


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_name_stays_as_it_is(name):
    assert plain_part(name) == name


@pytest.mark.parametrize("name", FOREIGN)
def test_another_becomes_no_path(tmp_path, name):
    assert not is_plain_part(name)
    home = Home(tmp_path)
    month = parse_month("2024-07")
    paths = (home.inbox_of, home.layouts_of, lambda county: home.inbox(county, month), lambda at: home.lists(at, month))
    for path in (*paths, home.of_files):
        with pytest.raises(InputError, match="县代码不能作目录名"):
            path(name)


SETTINGS = {
    "county": '[county."../x"]\ngo_live_month = "2024-07"',
    "parts": '[county.410721.parts]\nlow_income = ["农村", "../城镇"]',
    "default_profile": '[county.410721]\ndefault_profile = "../../x"',
    "profiles": '[county.410721.profiles]\nold_age_allowance = "/etc/x"',
}


@pytest.mark.parametrize("written", SETTINGS.values(), ids=SETTINGS.keys())
def test_the_settings_hold_none(tmp_path, written):
    (tmp_path / "disburse.toml").write_text(written, "utf-8")
    with pytest.raises(InputError, match="名称"):
        Home(tmp_path).settings()
