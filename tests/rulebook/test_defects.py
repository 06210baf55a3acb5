"""One folder per defect, named by what is wrong, and the words its message must contain: place, value, what to do."""

from pathlib import Path

import pytest

import rulebook
from contracts.errors import PolicyError

DEFECTS = Path(__file__).parents[2] / "fixtures" / "defects" / "policies"

TABLE = {
    "abolished_condition": ("notice.yaml:12:16", "不能为 null", "只有待遇标准可以取消"),
    "amount_with_three_decimals": ("notice.yaml:12:16", "'60.555'", "最多两位小数"),
    "anchor": ("notice.yaml:2:11", "不允许锚点"),
    "band_after_birthday_uncovered": ("family_planning_support.yaml:5:3", "周岁(自生日次月) [59,60)", "not_set"),
    "band_with_round_brackets": ("notice.yaml:12:29", "(80,90) 不是年龄段", "应写作 [80,90)"),
    "before_the_benefit_exists": ("notice.yaml:12:16", "自 2015-01-01 起", "《测试通知》", "2016-01-01", "请核对日期"),
    "benchmark_of_nothing": ("notice.yaml:12:23", "elder_care_subsidy.amuont", "应为某项目的 amount"),
    "choose_higher_without_tie": ("interactions.yaml:4:5", "应写 group、tie"),
    "city_that_pays": ("jurisdiction.yaml:1:1", "只有县级发放"),
    "code_no_condition_knows": ("notice.yaml:12:16", "level", "410000_河南省/elder_care_subsidy.yaml", "应为 unable"),
    "code_without_words": ("old_age_allowance.yaml:8:38", "bedridden 没有中文说法", "词表"),
    "condition_not_decided": ("410726/jurisdiction.yaml:1:1", "dibao_needs_qualifier", "不能载入", "请写明此值及依据"),
    "county_under_a_province": ("jurisdiction.yaml:1:1", "parent 410000", "应是已有的上级"),
    "decimal_ratio": ("notice.yaml:12:16", "1.3", "应为分数,如 13/10"),
    "document_registered_twice": ("notice.yaml:2:9", "list", "请另取名"),
    "empty_band": ("notice.yaml:12:29", "[90,80)", "空的年龄段"),
    "exclude_by_no_status": ("interactions.yaml:4:5", "age", "如 tekun"),
    "file_named_after_another_benefit": ("tekun_care.yaml:1:10", "old_age_allowance 应与文件名 tekun_care 相同"),
    "file_outside_folders": ("notice.yaml:1:1", "应放在以行政区划代码开头的文件夹里"),
    "folder_without_code": ("新乡县/notice.yaml:1:1", "应放在以行政区划代码开头的文件夹里"),
    "gap_in_bands": ("family_planning_support.yaml:5:3", "伤残", "既没有值", "not_set"),
    "gap_in_time": ("family_planning_support.yaml:18:16", "自 2025-06-01 才有规定", "请补上更早的值"),
    "grade_out_of_range": ("notice.yaml:12:23", "1-5", "应写作 1-2 或 3"),
    "item_nobody_can_decide": ("list.yaml:6:5", "when", "missing"),
    "jurisdiction_described_twice": ("jurisdiction.yaml:1:1", "410721 已由 policies/410000_河南省", "不能再定义"),
    "jurisdiction_not_described": ("410726/notice.yaml:1:1", "没有 jurisdiction.yaml", "写明代码、名称与上级"),
    "key_where_none_belongs": ("notice.yaml:12:22", "键 城市"),
    "keyed_otherwise_than_above": ("notice.yaml:13:22", "按 area 分档", "测试通知", "豫政办〔2023〕35号", "须一致"),
    "missing_source": ("notice.yaml:7:9", "source", "缺少必填的键"),
    "no_such_day": ("notice.yaml:7:25", "2025-02-30", "没有这一天"),
    "no_value_at_all": ("notice.yaml:7:9", "value 与 values 必须且只能写一个"),
    "not_yaml": ("notice.yaml:13:1", "YAML 写法有误"),
    "number_word_alone": ("old_age_allowance.yaml:8:30", "age 不是是/否类的词", "可用:alive"),
    "overlapping_bands": ("notice.yaml:12:44", "[85,95)", "[80,90)", "重叠", "请只留一条"),
    "pair_decided_twice": ("interactions.yaml:8:5", "elder_service_subsidy + elder_care_subsidy", "请只留一条"),
    "pair_with_itself": ("interactions.yaml:4:5", "不能与自己成对"),
    "parameter_no_condition_uses": ("notice.yaml:12:16", "include_everybody", "不认识的参数"),
    "repeated_key": ("notice.yaml:10:9", "重复的键 role(第 9 行已有)"),
    "same_value_twice": ("second.yaml:12:16", "120 yuan/month", "notice.yaml:12", "100 yuan/month", "请只留一条"),
    "source_without_words": ("notice.yaml:11:17", "quote(原文)与 note(说明)至少写一项"),
    "standard_without_its_pair": ("notice.yaml:12:29", "old_age_allowance.amount [80,90)", "须同时重申"),
    "two_groups_of_one_benefit": ("elder_care_subsidy.yaml:3:3", "两个择高组:care、living"),
    "two_keys_in_one_condition": ("old_age_allowance.yaml:8:30", "一个条件只写一个键"),
    "undecided_pair": ("family_planning_support.yaml:5:3", "高龄津贴与计划生育特别扶助金", "请在 interactions.yaml"),
    "unit_of_another_kind": ("notice.yaml:5:11", "单位应为 yuan/month"),
    "unknown_benefit": ("notice.yaml:12:16", "elder_car_subsidy.amount", "是否应为 elder_care_subsidy.amount"),
    "unknown_bound": ("old_age_allowance.yaml:8:36", "应写 at_least、at_most、below 或 within"),
    "unknown_code_word": ("old_age_allowance.yaml:8:45", "取自 分散、集中"),
    "unknown_document": ("notice.yaml:11:28", "notise", "现有:list、notice"),
    "unknown_enrolment": ("notice.yaml:12:16", "by_phone", "应为 automatic、claim"),
    "unknown_key": ("notice.yaml:10:16", "rolle:不认识的键"),
    "unknown_parameter": ("notice.yaml:12:16", "elder_care_subsidy.amonut", "是否应为 elder_care_subsidy.amount"),
    "unknown_parent": ("jurisdiction.yaml:1:1", "parent 410800", "应是已有的上级"),
    "unknown_relation": ("interactions.yaml:6:15", "sometimes", "只能是 stack"),
    "unknown_role": ("notice.yaml:9:15", "minimum", "只能是 floor"),
    "unknown_status": ("notice.yaml:10:17", "valid", "只能是 in_force"),
    "unknown_unit": ("notice.yaml:5:11", "yuan/week", "可用:yuan/month"),
    "unknown_word": ("old_age_allowance.yaml:8:30", "pensioner 不是是/否类的词"),
    "value_and_values": ("notice.yaml:7:9", "value 与 values 必须且只能写一个"),
    "wrong_type": ("notice.yaml:7:25", "2025年1月", "应为日期(YYYY-MM-DD)"),
}  # fmt: skip


def message_of(*folders):
    with pytest.raises(PolicyError) as refused:
        rulebook.load(rulebook.POLICIES, *folders)
    return refused.value


@pytest.mark.parametrize("defect", sorted(TABLE))
def test_a_broken_pack_says_where_what_and_what_to_do(defect):
    message = message_of(DEFECTS / defect).what
    assert [words for words in TABLE[defect] if words not in message] == [], message


def test_every_defect_is_in_the_table():
    assert {folder.name for folder in DEFECTS.iterdir() if folder.is_dir()} == set(TABLE)


def test_all_problems_come_at_once():
    both = message_of(DEFECTS / "unknown_role", DEFECTS / "unknown_status").what
    assert "共 2 处" in both
    assert "minimum" in both
    assert "valid" in both


def test_a_broken_law_has_its_own_exit_code_and_advice():
    refused = message_of(DEFECTS / "unknown_role")
    assert refused.exit_code == 4
    assert refused.advice
