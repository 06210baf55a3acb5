"""The cast: a few invented people in every generated county, each with a story told over three pay months.

Whatever the size of the county they are in its files, so that every kind of difference shows in a small sample.
A story's docstring is its telling for officers (fixtures/README.md); 首月 is the first pay month, 次月 the second,
末月 the third. Serial numbers are fixed for good: identity numbers follow from them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contracts.codes import (
    AbilityScale,
    Benefit,
    ChoiceGroup,
    DisabilityCategory,
    FamilyPlanningKind,
    LowIncomeCategory,
    Relationship,
    SelfCare,
    SupportMode,
    SuspensionReason,
)
from generator.accounts import institution_id
from generator.names import GIVEN_WORDS
from generator.stage import Character, Stage, StagedRow

DIBAO, TEKUN = LowIncomeCategory.DIBAO, LowIncomeCategory.TEKUN
LONG_AGO = -30  # a month well before the first


@dataclass(frozen=True)
class Story:
    """One story: its name, its telling in Chinese, and its rows."""

    name: str
    telling: str
    rows: tuple[StagedRow, ...]

    @property
    def person_ids(self) -> tuple[str, ...]:
        """The identity numbers it is about, in order of appearance."""
        return tuple(dict.fromkeys(row.cells["person_id"] for row in self.rows))


Rows = tuple[StagedRow, ...]


def cast(stage: Stage) -> list[Story]:
    """Every story, on this stage."""
    return [Story(tell.__name__, tell.__doc__ or "", tell(stage)) for tell in STORIES]


def _elder(stage: Stage, serial: int, age_years: int, number: int = -4, day: int = 9) -> Character:
    """Somebody who reaches an age on a day of a month, by default some months before the first."""
    return Character(stage, serial, "故事" + GIVEN_WORDS[serial - 1], stage.born(age_years, number, day))


def _certificate(
    person: Character, grade: int, category: DisabilityCategory, digit: int, **cells: str
) -> dict[str, str]:
    usual = {
        "certificate_no": f"{person.person_id}{digit}{grade}",
        "category": category.label,
        "grade": str(grade),
        "needs_long_term_care": "是" if grade <= 2 else "否",
        "issued_on": person.stage.day(LONG_AGO, 11),
        "expires_on": person.stage.day(LONG_AGO + 120, 11),
    }
    return usual | cells


def _physical(person: Character, grade: int, **cells: str) -> dict[str, str]:
    return _certificate(person, grade, DisabilityCategory.PHYSICAL, 4, **cells)


def _unable(person: Character, from_month: str) -> StagedRow:
    """Assessed at level 3 and found 生活不能自理 by 民政."""
    stage = person.stage
    return person.row(
        "ability",
        scale=AbilityScale.GBT_42195.label,
        level="3",
        assessed_on=stage.day(0, 8),
        valid_until=stage.day(36, 8),
        is_unable="是",
        unable_from_month=from_month,
    )


def _claim(person: Character, benefit: Benefit, **cells: str) -> StagedRow:
    stage = person.stage
    usual = {"benefit": benefit.label, "claimed_on": stage.day(-6, 3), "approved_on": stage.day(-6, 20)}
    return person.row("claim", **usual | cells)


# Births, deaths and moves


def late_death(stage: Stage) -> Rows:
    """首月去世,末月名册才有死亡日期:次月的高龄津贴(及末月)不该发,已发的次月转为应收。"""
    elder = _elder(stage, 1, 84)
    return (
        elder.registered().seen(until=2),
        elder.registered(died_on=stage.day(1, 18)).seen(since=3),
        elder.account(),
    )


def death_before_the_first_month(stage: Stage) -> Rows:
    """首月之前已去世,次月名册才有死亡日期:首月发出的高龄津贴转为应收。"""
    elder = _elder(stage, 2, 91)
    return (
        elder.registered().seen(until=1),
        elder.registered(died_on=stage.day(0, 6)).seen(since=2),
        elder.account(),
    )


def death_known_in_time(stage: Stage) -> Rows:
    """首月之前去世,首月名册已登记:从未发放。"""
    elder = _elder(stage, 3, 88)
    return (elder.registered(died_on=stage.day(-1, 25)), elder.account())


def arrears_of_a_dead_person(stage: Stage) -> Rows:
    """次月去世;末月才补录自首月起的低保:两个月的养老服务补贴应补,因本人已去世,暂缓待核。"""
    elder = _elder(stage, 4, 74)
    return (
        elder.registered().seen(until=2),
        elder.registered(died_on=stage.day(2, 11)).seen(since=3),
        elder.account(),
        elder.low_income(DIBAO, stage.month(1)).seen(since=3),
    )


def moved_out(stage: Stage) -> Rows:
    """首月迁出,次月登记:首月照发,次月起停发,不产生应收。"""
    elder = _elder(stage, 5, 83)
    return (
        elder.registered().seen(until=1),
        elder.registered(moved_out_on=stage.day(1, 14)).seen(since=2),
        elder.account(),
    )


def moved_out_known_late(stage: Stage) -> Rows:
    """首月之前迁出,末月才登记:首月、次月已发的转为应收。"""
    elder = _elder(stage, 6, 87)
    return (
        elder.registered().seen(until=2),
        elder.registered(moved_out_on=stage.day(0, 20)).seen(since=3),
        elder.account(),
    )


def moved_in(stage: Stage) -> Rows:
    """首月迁入:次月起由本县发放。"""
    elder = _elder(stage, 7, 85)
    return (elder.registered(moved_in_on=stage.day(1, 21)).seen(since=2), elder.account().seen(since=2))


def registered_elsewhere(stage: Stage) -> Rows:
    """户籍在外县,误列入名册:不发。"""
    elder = _elder(stage, 8, 86)
    return (elder.registered(division_code="990101901201"), elder.account())


def eighty_in_the_second_month(stage: Stage) -> Rows:
    """次月最后几天满 80 岁:次月起发高龄津贴,当月全额。"""
    elder = _elder(stage, 9, 80, number=2, day=28)
    return (elder.registered(), elder.account())


def eighty_in_the_third_month(stage: Stage) -> Rows:
    """末月 1 日满 80 岁:末月起发高龄津贴。"""
    elder = _elder(stage, 10, 80, number=3, day=1)
    return (elder.registered(), elder.account())


def ninety_in_the_second_month(stage: Stage) -> Rows:
    """次月满 90 岁:次月起按上一档发放。"""
    elder = _elder(stage, 11, 90, number=2, day=15)
    return (elder.registered(), elder.account())


def hundred_in_the_third_month(stage: Stage) -> Rows:
    """末月满 100 岁:末月起按百岁档发放。"""
    elder = _elder(stage, 12, 100, number=3, day=3)
    return (elder.registered(), elder.account())


def older_than_hundred(stage: Stage) -> Rows:
    """103 岁,三个月都按百岁档发放。"""
    elder = _elder(stage, 13, 103)
    return (elder.registered(), elder.account())


# Low income


def dibao_added_late(stage: Stage) -> Rows:
    """末月补录自首月起的低保:末月一次补发首月、次月的养老服务补贴。"""
    elder = _elder(stage, 14, 72)
    return (elder.registered(), elder.account(), elder.low_income(DIBAO, stage.month(1)).seen(since=3))


def dibao_ended_late(stage: Stage) -> Rows:
    """低保止于首月,末月才登记终止:次月已发的养老服务补贴转为应收。"""
    elder = _elder(stage, 15, 70)
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(DIBAO, stage.month(LONG_AGO)).seen(until=2),
        elder.low_income(DIBAO, stage.month(LONG_AGO), to_month=stage.month(1)).seen(since=3),
    )


def dibao_ended_in_time(stage: Stage) -> Rows:
    """低保止于首月,次月登记终止:次月起停发,不产生应收。"""
    elder = _elder(stage, 16, 76)
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(DIBAO, stage.month(LONG_AGO)).seen(until=1),
        elder.low_income(DIBAO, stage.month(LONG_AGO), to_month=stage.month(1)).seen(since=2),
    )


def dibao_ended_and_restored(stage: Stage) -> Rows:
    """次月登记低保止于首月之前,末月复核撤销终止:首月应收,末月又应发,两相抵销。"""
    elder = _elder(stage, 17, 69)
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(DIBAO, stage.month(LONG_AGO)).seen(until=1),
        elder.low_income(DIBAO, stage.month(LONG_AGO), to_month=stage.month(0)).seen(since=2, until=2),
        elder.low_income(DIBAO, stage.month(LONG_AGO)).seen(since=3),
    )


def dibao_becomes_tekun(stage: Stage) -> Rows:
    """低保止于首月,次月起为特困(分散、半护理):养老服务补贴换为特困供养两项。"""
    elder = _elder(stage, 18, 67)
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(DIBAO, stage.month(LONG_AGO)).seen(until=1),
        elder.low_income(DIBAO, stage.month(LONG_AGO), to_month=stage.month(1)).seen(since=2),
        elder.low_income(
            TEKUN,
            stage.month(2),
            support_mode=SupportMode.HOME.label,
            self_care=SelfCare.HALF.label,
        ).seen(since=2),
    )


def tekun_in_an_institution(stage: Stage) -> Rows:
    """特困集中供养、全护理,81 岁:供养金付给敬老院,高龄津贴付给本人。"""
    elder = _elder(stage, 19, 81)
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(
            TEKUN,
            stage.month(LONG_AGO),
            support_mode=SupportMode.INSTITUTION.label,
            self_care=SelfCare.FULL.label,
            institution_id=institution_id(0),
        ),
    )


def tekun_needs_more_care(stage: Stage) -> Rows:
    """特困分散供养,末月起由全自理改为全护理:末月起照料护理费提高。"""
    elder = _elder(stage, 20, 71)
    home = {"support_mode": SupportMode.HOME.label}
    able = home | {"self_care": SelfCare.ABLE.label}
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(TEKUN, stage.month(LONG_AGO), **able).seen(until=2),
        elder.low_income(TEKUN, stage.month(LONG_AGO), to_month=stage.month(2), **able).seen(since=3),
        elder.low_income(TEKUN, stage.month(3), **home | {"self_care": SelfCare.FULL.label}).seen(since=3),
    )


def tekun_and_dibao_at_once(stage: Stage) -> Rows:
    """同月既有低保又有特困:按特困发放并提示;养老服务补贴不得兼领。"""
    elder = _elder(stage, 21, 66)
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(DIBAO, stage.month(LONG_AGO)),
        elder.low_income(TEKUN, stage.month(-2), support_mode=SupportMode.HOME.label, self_care=SelfCare.ABLE.label),
    )


def special_family(stage: Stage) -> Rows:
    """计划生育特殊家庭(独生子女死亡),64 岁,无低收入:发养老服务补贴。"""
    elder = _elder(stage, 22, 64)
    kind = FamilyPlanningKind.DEATH.label
    return (
        elder.registered(),
        elder.account(),
        elder.row("family_planning", kind=kind, from_month=stage.month(LONG_AGO)),
    )


# Disability and care


def grade_corrected_and_corrected_back(stage: Stage) -> Rows:
    """低保、生活不能自理、二级残疾:择高发重度残疾人护理补贴;次月更正为三级,改发护理补贴;末月又更正回二级。"""
    elder = _elder(stage, 23, 68)
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(DIBAO, stage.month(LONG_AGO)),
        _unable(elder, stage.month(0)),
        elder.row("disability", **_physical(elder, 2)).seen(until=1),
        elder.row("disability", **_physical(elder, 3)).seen(since=2, until=2),
        elder.row("disability", **_physical(elder, 2)).seen(since=3),
        _claim(elder, Benefit.DISABILITY_CARE_SUBSIDY),
        _claim(elder, Benefit.DISABILITY_LIVING_SUBSIDY),
    )


def grade_corrected_upwards(stage: Stage) -> Rows:
    """低保、生活不能自理、三级残疾;末月更正为一级(自发证起):首月、次月的护理补贴换为重度残疾人护理补贴。"""
    elder = _elder(stage, 24, 73)
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(DIBAO, stage.month(LONG_AGO)),
        _unable(elder, stage.month(0)),
        elder.row("disability", **_physical(elder, 3)).seen(until=2),
        elder.row("disability", **_physical(elder, 1)).seen(since=3),
        _claim(elder, Benefit.DISABILITY_CARE_SUBSIDY),
    )


def chooses_the_lower(stage: Stage) -> Rows:
    """可择高领重度残疾人护理补贴,本人自次月起选择护理补贴:按本人选择。"""
    elder = _elder(stage, 25, 75)
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(DIBAO, stage.month(LONG_AGO)),
        _unable(elder, stage.month(0)),
        elder.row("disability", **_physical(elder, 2)),
        _claim(elder, Benefit.DISABILITY_CARE_SUBSIDY),
        elder.row(
            "choice",
            group=ChoiceGroup.CARE.label,
            benefit=Benefit.ELDER_CARE_SUBSIDY.label,
            from_month=stage.month(2),
        ).seen(since=2),
    )


def claim_approved_late(stage: Stage) -> Rows:
    """首月申请困难残疾人生活补贴,末月才批:末月补发首月、次月。"""
    elder = _elder(stage, 26, 65)
    claimed = {"claimed_on": stage.day(1, 2), "approved_on": ""}
    benefit = Benefit.DISABILITY_LIVING_SUBSIDY
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(DIBAO, stage.month(LONG_AGO)),
        elder.row("disability", **_physical(elder, 3)),
        _claim(elder, benefit, **claimed).seen(until=2),
        _claim(elder, benefit, **claimed | {"approved_on": stage.day(2, 26)}).seen(since=3),
    )


def certificate_run_out(stage: Stage) -> Rows:
    """残疾人证首月到期,末月才换发:次月无证停发,末月起恢复,次月不补。"""
    elder = _elder(stage, 27, 63)
    visual = DisabilityCategory.VISUAL
    old = {"issued_on": stage.day(-119, 17), "expires_on": stage.day(1, 17)}
    new = {"issued_on": stage.day(3, 2), "expires_on": stage.day(123, 2)}
    return (
        elder.registered(),
        elder.account(),
        elder.row("disability", **_certificate(elder, 1, visual, 1, **old)),
        elder.row("disability", **_certificate(elder, 1, visual, 1, **new)).seen(since=3),
        _claim(elder, Benefit.DISABILITY_CARE_SUBSIDY),
    )


def found_unable_late(stage: Stage) -> Rows:
    """末月登记自首月起认定生活不能自理:末月补发首月、次月的护理补贴。"""
    elder = _elder(stage, 28, 77)
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(DIBAO, stage.month(LONG_AGO)),
        _unable(elder, stage.month(1)).seen(since=3),
    )


# Accounts, certification, suspension


def account_in_the_second_month(stage: Stage) -> Rows:
    """首月没有账户,暂缓;次月有了账户,两个月一并发放。"""
    elder = _elder(stage, 29, 82)
    return (elder.registered(), elder.account().seen(since=2))


def account_in_the_third_month(stage: Stage) -> Rows:
    """首月、次月没有账户,暂缓;末月有了账户,三个月一并发放。"""
    elder = _elder(stage, 30, 92)
    return (elder.registered(), elder.account().seen(since=3))


def dibao_ended_before_it_was_paid(stage: Stage) -> Rows:
    """首月、次月没有账户,养老服务补贴暂缓;次月登记低保止于首月之前:首月未付的撤回,不产生应收。"""
    elder = _elder(stage, 45, 74)
    return (
        elder.registered(),
        elder.account().seen(since=3),
        elder.low_income(DIBAO, stage.month(LONG_AGO)).seen(until=1),
        elder.low_income(DIBAO, stage.month(LONG_AGO), to_month=stage.month(0)).seen(since=2),
    )


def paid_to_a_child(stage: Stage) -> Rows:
    """由子女代领:收款人不是本人,各次记录在案。"""
    elder = _elder(stage, 31, 89)
    child = _elder(stage, 32, 58)
    payee = {
        "payee_name": child.name,
        "payee_id": child.person_id,
        "relationship": Relationship.CHILD.label,
        "account_no": child.account_no,
    }
    return (elder.registered(), child.registered(), elder.account(**payee))


def two_different_accounts(stage: Stage) -> Rows:
    """次月账户名册有两行互相矛盾:两行都拒收,沿用上月账户并暂缓;末月只剩一行。"""
    elder = _elder(stage, 33, 81)
    other = _elder(stage, 34, 57)
    return (
        elder.registered(),
        other.registered(),
        elder.account(),
        elder.account(account_no=other.account_no).seen(since=2, until=2),
    )


def the_same_account_twice(stage: Stage) -> Rows:
    """账户名册里同一行出现两次:合并为一行,照发。"""
    elder = _elder(stage, 35, 85)
    return (elder.registered(), elder.account(), elder.account())


def certification_lapsed(stage: Stage) -> Rows:
    """资格认证止于首月,次月暂缓;末月重新认证,两个月一并发放。"""
    elder = _elder(stage, 36, 86)
    return (
        elder.registered(),
        elder.account(),
        elder.row("certification", certified_until=stage.last_day(1)).seen(until=2),
        elder.row("certification", certified_until=stage.last_day(14)).seen(since=3),
    )


def suspended_with_back_pay(stage: Stage) -> Rows:
    """首月因失联暂停,次月登记首月底恢复并补发:次月一并补发首月。"""
    elder = _elder(stage, 37, 84)
    cells = {
        "benefit": "全部",
        "reason_code": SuspensionReason.UNREACHABLE.label,
        "from_month": stage.month(1),
        "back_pay": "是",
    }
    return (
        elder.registered(),
        elder.account(),
        elder.row("suspension", **cells).seen(until=1),
        elder.row("suspension", **cells | {"to_month": stage.month(1)}).seen(since=2),
    )


def suspended_for_good(stage: Stage) -> Rows:
    """次月起服刑暂停,不补发。"""
    elder = _elder(stage, 38, 80)
    return (
        elder.registered(),
        elder.account(),
        elder.row(
            "suspension",
            benefit=Benefit.OLD_AGE_ALLOWANCE.label,
            reason_code=SuspensionReason.PRISON.label,
            from_month=stage.month(2),
            back_pay="否",
        ).seen(since=2),
    )


# Rows that cannot be taken


def vanished_and_back(stage: Stage) -> Rows:
    """次月人口名册漏了此人,末月又有:次月沿用上月并暂缓,待核。"""
    elder = _elder(stage, 39, 83)
    return (elder.registered().seen(until=1), elder.registered().seen(since=3), elder.account())


def wrong_check_digit(stage: Stage) -> Rows:
    """人口名册里身份证号校验码不对,三个月都未改正:该行拒收,列入拒收清单。"""
    elder = _elder(stage, 40, 82)
    last = elder.person_id[-1]
    return (elder.registered(person_id=elder.person_id[:-1] + ("0" if last != "0" else "1")),)


def birth_date_contradicts(stage: Stage) -> Rows:
    """人口名册里出生日期与身份证号不一致,三个月都未改正:该行拒收。"""
    elder = _elder(stage, 41, 90)
    return (elder.registered(birth_date=stage.born(88, -4, 9).isoformat()), elder.account())


def birth_date_mistyped_for_a_month(stage: Stage) -> Rows:
    """次月出生日期误录,与身份证号不一致:该行拒收,沿用上月并暂缓;末月改回。"""
    elder = _elder(stage, 42, 85)
    return (
        elder.registered().seen(until=1),
        elder.registered(birth_date=stage.born(86, -4, 9).isoformat()).seen(since=2, until=2),
        elder.registered().seen(since=3),
        elder.account(),
    )


def unknown_category(stage: Stage) -> Rows:
    """低收入名册里类别写成“困难户”,不在代码表内,三个月都未改正:该行拒收。"""
    elder = _elder(stage, 43, 70)
    return (
        elder.registered(),
        elder.account(),
        elder.low_income(DIBAO, stage.month(LONG_AGO)).saying(category="困难户"),
    )


def not_in_the_population(stage: Stage) -> Rows:
    """在残疾名册和申请名册里,人口名册没有此人:不发,列入清单。"""
    elder = _elder(stage, 44, 68)
    return (
        elder.row("disability", **_physical(elder, 1)),
        _claim(elder, Benefit.DISABILITY_CARE_SUBSIDY),
        elder.account(),
    )


STORIES: tuple[Callable[[Stage], Rows], ...] = (
    late_death,
    death_before_the_first_month,
    death_known_in_time,
    arrears_of_a_dead_person,
    moved_out,
    moved_out_known_late,
    moved_in,
    registered_elsewhere,
    eighty_in_the_second_month,
    eighty_in_the_third_month,
    ninety_in_the_second_month,
    hundred_in_the_third_month,
    older_than_hundred,
    dibao_added_late,
    dibao_ended_late,
    dibao_ended_in_time,
    dibao_ended_and_restored,
    dibao_becomes_tekun,
    tekun_in_an_institution,
    tekun_needs_more_care,
    tekun_and_dibao_at_once,
    special_family,
    grade_corrected_and_corrected_back,
    grade_corrected_upwards,
    chooses_the_lower,
    claim_approved_late,
    certificate_run_out,
    found_unable_late,
    account_in_the_second_month,
    account_in_the_third_month,
    dibao_ended_before_it_was_paid,
    paid_to_a_child,
    two_different_accounts,
    the_same_account_twice,
    certification_lapsed,
    suspended_with_back_pay,
    suspended_for_good,
    vanished_and_back,
    wrong_check_digit,
    birth_date_contradicts,
    birth_date_mistyped_for_a_month,
    unknown_category,
    not_in_the_population,
)
