"""Words of an invented county: nobody and nowhere is called like this."""

from __future__ import annotations

STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
DIGITS = "一二三四五六七八九"

FAMILY_WORDS = ("样本", "示例", "虚构", "仿真", "演示", "假想", "模拟", "试验")
GIVEN_WORDS = tuple(stem + branch for stem in STEMS for branch in BRANCHES)
TOWNSHIPS = (
    "示范镇",
    "样本镇",
    "样板镇",
    "仿真镇",
    "演示镇",
    "虚构镇",
    "假想镇",
    "模拟镇",
    "试验镇",
    "范例乡",
    "空白乡",
    "例证乡",
)
VILLAGES_AT_MOST = 60  # to a township: the names end there
VILLAGES = tuple(STEMS[n % 10] + BRANCHES[n % 12] + "村" for n in range(VILLAGES_AT_MOST))
BANKS = (
    ("示例农村商业银行", "999100000011"),
    ("示例邮政储蓄所", "999100000020"),
    ("示例村镇银行", "999100000038"),
)


def home_name(township: str) -> str:
    """The 敬老院 of a township."""
    return township + "敬老院"
