"""The whole 清单: every item is there with its class, and a service goes to those its words name."""

import polars as pl
import pytest

import rulebook
from calculators.conditions import compiled
from contracts.codes import Benefit
from contracts.columns import polars_schema
from contracts.tables import Facts
from rulebook.forms import ItemClass

LAW = rulebook.load(rulebook.POLICIES)
ITEMS = [(code, item) for code, place in sorted(LAW.jurisdictions.items()) for item in place.items]


def name_of(pair):
    return f"{pair[0]}-{pair[1].no}"


# People of whom at most one thing is special; `age` 75 unless said.
PEOPLE = {
    "plain": {},
    "59": {"age_years": 59},
    "60": {"age_years": 60},
    "64": {"age_years": 64},
    "65": {"age_years": 65},
    "80": {"age_years": 80},
    "moved away": {"is_registered": False},
    "dead": {"is_alive": False},
    "dibao": {"is_dibao_household": True, "is_dibao_person": True, "low_income_code": "dibao"},
    "dibao household": {"is_dibao_household": True, "low_income_code": "dibao"},
    "dibao and limited": {"is_dibao_household": True, "low_income_code": "dibao", "is_limited": True},
    "margin and limited": {"is_margin": True, "low_income_code": "margin", "is_limited": True},
    "tekun at home": {"is_tekun": True, "low_income_code": "tekun", "support_mode_code": "home"},
    "tekun at home, 80": {"is_tekun": True, "support_mode_code": "home", "age_years": 80},
    "tekun at home, disabled": {"is_tekun": True, "support_mode_code": "home", "is_disabled": True},
    "tekun at home, limited": {"is_tekun": True, "support_mode_code": "home", "is_limited": True, "ability_level": 3},
    "tekun in an institution": {"is_tekun": True, "low_income_code": "tekun", "support_mode_code": "institution"},
    "tekun in an institution, limited": {"is_tekun": True, "support_mode_code": "institution", "is_limited": True},
    "special family": {"is_special_family": True},
    "special family, 80": {"is_special_family": True, "age_years": 80},
    "limited": {"is_limited": True, "ability_level": 2},
    "dibao, level 3": {"is_dibao_household": True, "is_limited": True, "ability_level": 3},
    "severe": {"is_disabled": True, "is_severe": True, "disability_grade": 1},
    "disabled": {"is_disabled": True, "disability_grade": 4},
}
EVERYBODY = {name for name in PEOPLE if name not in ("59", "moved away", "dead")}
OF_65 = EVERYBODY - {"60", "64"}
SPECIAL = {name for name in EVERYBODY if "limited" in name or "level 3" in name or "special family" in name} | {
    "severe"
}
TEKUN_HOME = {name for name in EVERYBODY if name.startswith("tekun at home")}
TEKUN_INSTITUTION = {name for name in EVERYBODY if name.startswith("tekun in an institution")}
DIBAO = {name for name in EVERYBODY if name.startswith("dibao")}
WHO = {
    "ability_assessment": OF_65,
    "assistive_devices": {"severe", "disabled", "tekun at home, disabled"},
    "accident_insurance": TEKUN_INSTITUTION,
    "culture_and_recreation": EVERYBODY,
    "dibao": DIBAO,
    "entrusted_services": SPECIAL,
    "family_doctor_contract": EVERYBODY,
    "free_public_culture": OF_65,
    "home_adaptation": TEKUN_HOME - {"tekun at home"},
    "home_repairs": SPECIAL | TEKUN_HOME | TEKUN_INSTITUTION | {"80"},
    "home_visits": SPECIAL,
    "household_help": TEKUN_HOME | {"dibao and limited", "dibao, level 3", "margin and limited"},
    "legal_services": EVERYBODY,
    "medical_premium_aid": TEKUN_HOME | TEKUN_INSTITUTION | {"dibao"},
    "medical_priority": EVERYBODY,
    "online_medical_care": EVERYBODY,
    "parks_and_sights": EVERYBODY,
    "priority_admission": {"special family", "special family, 80"},
    "public_culture": EVERYBODY,
    "public_sports": EVERYBODY,
    "public_transport": EVERYBODY,
    "residential_placement": {"dibao and limited", "dibao, level 3", "special family, 80"},
    "severe_residential_care": {"dibao, level 3", "tekun at home, limited"},
    "utility_relief": DIBAO | TEKUN_HOME,
    ("370828", "9"): OF_65,
    ("370828", "11"): OF_65,
    ("370828", "20"): {"dibao and limited", "dibao, level 3", "margin and limited", "tekun at home, limited",
                       "tekun in an institution, limited"},
}  # fmt: skip


@pytest.fixture(scope="module")
def people():
    schema = polars_schema(Facts)
    plain = {name: False if dtype == pl.Boolean else None for name, dtype in schema.items()}
    plain |= {"age_years": 75, "is_alive": True, "is_registered": True}
    rows = [plain | special | {"person_no": number} for number, special in enumerate(PEOPLE.values())]
    return pl.DataFrame(rows, schema=schema).with_columns(name=pl.Series(list(PEOPLE)))


@pytest.mark.parametrize("pair", [pair for pair in ITEMS if not pair[1].benefits], ids=name_of)
def test_an_item_goes_to_those_its_words_name_or_says_which_fact_is_missing(people, pair):
    code, item = pair
    if item.tree is None:
        assert item.missing
        return
    found = set(people.filter(compiled(item.tree.condition))["name"])
    assert found == WHO.get((code, item.no), WHO.get(item.id))


@pytest.mark.parametrize(("code", "numbered"), [("410721", 20), ("410900", 30), ("370828", 28), ("411100", 20)])
def test_every_numbered_item_is_there(code, numbered):
    numbers = {int(number) for item in LAW.jurisdictions[code].items if (number := item.no.rstrip("ab")).isdigit()}
    assert numbers == set(range(1, numbered + 1))


@pytest.mark.parametrize("county", LAW.counties())
def test_every_benefit_of_a_county_is_in_its_list(county):
    chain = LAW.chain_of(county)
    listed = next(level.items for level in chain.levels if level.items)
    assert {benefit for item in listed for benefit in item.benefits} == set(chain.conditions)


@pytest.mark.parametrize("pair", ITEMS, ids=name_of)
def test_only_monthly_cash_is_computed(pair):
    _, item = pair
    assert (item.kind is ItemClass.MONTHLY_CASH) == bool(item.benefits)


def test_what_is_drafted_or_inferred_says_so():
    statuses = {code: {item.status for item in LAW.jurisdictions[code].items} for code, _ in ITEMS}
    assert statuses == {
        "130581": {"in_force"},
        "370828": {"in_force"},
        "410721": {"in_force"},
        "410900": {"draft"},
        "411100": {"placeholder"},
    }


def test_the_name_of_an_item_names_its_benefit_in_a_register(shipped):
    items = [item for place in shipped.jurisdictions.values() for item in place.items if len(item.benefits) == 1]
    assert items
    assert [item.name for item in items if Benefit.of(item.name) is not item.benefits[0]] == []
