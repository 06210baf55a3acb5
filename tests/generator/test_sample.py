"""The committed sample county is what the generator writes today, and stays small."""

from contracts.codes import OfficerRole
from contracts.settings import Home


def test_the_sample_is_what_the_generator_writes(root_sample, county):
    committed = root_sample / "inbox" / "410721"
    names = {path.relative_to(county) for path in county.rglob("*") if path.is_file()}
    assert {path.relative_to(committed) for path in committed.rglob("*") if path.is_file()} == names
    differing = [str(name) for name in names if (committed / name).read_bytes() != (county / name).read_bytes()]
    assert differing == [], "disburse generate -o fixtures/sample/inbox, then read the expected months anew"


def test_the_sample_is_small(root_sample):
    assert sum(path.stat().st_size for path in root_sample.rglob("*") if path.is_file()) < 1_500_000


def test_three_different_officers_may_act_and_a_scheduled_run_has_a_maker(root_sample):
    settings = Home(root_sample).settings()
    for name, role in (
        ("示例经办", OfficerRole.MAKER),
        ("示例复核", OfficerRole.CHECKER),
        ("示例发放", OfficerRole.RELEASER),
    ):
        assert settings.authorised(name, role, "410721").roles == (role,)
    county = settings.of("410721")
    assert settings.service_of("410721").name == county.run_as
    assert county.profile_of("old_age_allowance") == "yikatong_list"
    assert county.profile_of("elder_service_subsidy") == "generic_pipe"
