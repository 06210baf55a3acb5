"""政策找人: a roster of who may have which service, with the clause."""

from contracts.tables import ServiceExport
from reports.services import roster
from tests.cases.reading import read_cases


def roster_of(law, case):
    registers = {name: rows.lazy() for name, rows in case.registers().items()}
    rules = law.resolve(case.county, case.months, case.known_on)
    return roster(registers, rules, law.services(case.county), case.run, case.numbers)


def case(county, number):
    return next(found for found in read_cases(county) if found.id == f"{county}-{number}")


def test_a_tekun_elder_of_82_at_home_with_grade_1(shipped):
    rows = roster_of(shipped, case("410721", "05"))
    ServiceExport.validate(rows)
    assert rows["item_id"].to_list() == [
        "ability_assessment",
        "home_adaptation",
        "assistive_devices",
        "medical_premium_aid",
        "home_visits",
        "free_public_culture",
    ]
    visits = rows.row(4, named=True)
    assert (visits["person_id"], visits["list_item"]) == ("990721194204185391", "18")
    assert visits["clause"] == "《新乡县基本养老服务清单》(新政办〔2024〕13号) 清单第18项"


def test_an_able_elder_of_72_on_no_register_is_found_too(shipped):
    rows = roster_of(shipped, case("410721", "01"))  # 80 in July, on the population register alone
    assert rows["item_id"].to_list() == ["ability_assessment", "free_public_culture"]


def test_every_place_has_a_roster_and_only_of_its_list(shipped):
    for county in shipped.counties():
        rules = shipped.services(county)
        assert [rule.list_item for rule in rules] == list(dict.fromkeys(rule.list_item for rule in rules))
        rows = roster_of(shipped, read_cases(county)[0])
        assert set(rows["list_item"]) <= {rule.list_item for rule in rules}
    assert "410721" not in {rule.source for rule in shipped.services("410902")}


def test_a_county_without_a_list_has_nobody_to_name(invented):
    assert invented.services("990101") == []
