"""The table of rules: what each looks for, on which ground, whose matter it is, and what it reads.

Number and name are those of `contracts.codes.AuditRule`; whether a finding stops the batch, and the limit of a rule
that has one, is the county's pack (`policies/audit.yaml`). A rule without a function is one that no register carries
yet, or that a check of another stage holds: the same table says which.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import polars as pl

from audit import money, payees, people, statuses
from contracts.codes import AuditRule, Department

KEPT: Mapping[str, str] = {"published": "没有登记过公示,张贴后用 disburse public up 登记"}
LIMIT = "limit"  # the parameter of a rule that the pack gives a number


@dataclass(frozen=True)
class Rule:
    """One rule.

    `ground`: the law or the control it rests on. `lacks`: the register without which it cannot be checked at all, or
    not to the end. `held_by`: the check of a stage that stops the month for the same. `kept`: what it reads
    that officers keep themselves (of KEPT): where nothing is on record, nothing can be looked for.
    """

    code: AuditRule
    owner: Department
    ground: str
    find: Callable[..., pl.LazyFrame] | None = None
    lacks: str = ""
    held_by: str = ""
    kept: str = ""

    @property
    def reads(self) -> tuple[str, ...]:
        """What it reads: names of audit.evidence.Evidence, and `limit`."""
        return tuple(inspect.signature(self.find).parameters) if self.find else ()

    @property
    def has_limit(self) -> bool:
        """Whether the pack has to give it a number."""
        return LIMIT in self.reads

    def state(self, records: Collection[str] = KEPT) -> str:
        """How far it can be checked, in an officer's words. `records`: which of KEPT there are any of."""
        if self.kept and self.kept not in records:
            return f"无法核查:{KEPT[self.kept]}"
        if self.find is None:
            return f"由核对 {self.held_by} 叫停" if self.held_by else f"无法核查:缺{self.lacks}"
        return f"已核查;另缺{self.lacks}" if self.lacks else "已核查"


_CIVIL, _DISABLED, _POLICE = Department.CIVIL_AFFAIRS, Department.DISABLED_FEDERATION, Department.PUBLIC_SECURITY
_FINANCE, _BANK = Department.FINANCE, Department.BANK
_OVERLAP = "兼领规定(interactions.yaml)"
_STANDARD = "本月适用的标准(标准目录)"
_TABLE = (
    Rule(AuditRule.R01, _POLICE, "去世当月发完,次月停发", people.paid_after_death),
    Rule(AuditRule.R02, _CIVIL, "去世、迁出、身份终止的次月停发", money.ended_late),
    Rule(AuditRule.R03, _CIVIL, _OVERLAP, statuses.tekun_and_disability),
    Rule(AuditRule.R04, _CIVIL, "特困人员不再享受低保", statuses.tekun_and_dibao),
    Rule(AuditRule.R05, _CIVIL, _OVERLAP, statuses.tekun_and_elder),
    Rule(AuditRule.R06, _CIVIL, _OVERLAP, statuses.both_of_care),
    Rule(AuditRule.R07, _CIVIL, _OVERLAP, statuses.both_of_living),
    Rule(AuditRule.R08, _CIVIL, "同一人、项目、所属月只发一份", payees.paid_twice),
    Rule(AuditRule.R09, _CIVIL, "由户籍所在县发放", payees.paid_elsewhere, lacks="未用本系统又未报送名单的县"),
    Rule(AuditRule.R10, _POLICE, "一人一个公民身份号码", people.two_numbers),
    Rule(AuditRule.R11, _POLICE, _STANDARD, people.below_age),
    Rule(AuditRule.R12, _CIVIL, _STANDARD, people.above_band),
    Rule(AuditRule.R13, _FINANCE, _STANDARD, money.above_standard),
    Rule(AuditRule.R14, _FINANCE, _STANDARD, money.below_standard),
    Rule(AuditRule.R15, _CIVIL, "标准自执行月起算,差额补发", money.raise_not_paid),
    Rule(AuditRule.R16, _CIVIL, "各项待遇的条件;主动发现", statuses.should_draw),
    Rule(AuditRule.R17, _POLICE, "具有本县户籍", people.not_registered),
    Rule(AuditRule.R18, _CIVIL, "低保、特困等身份的起止年月", statuses.without_low_income),
    Rule(AuditRule.R19, _DISABLED, "残疾证在有效期内", statuses.without_certificate),
    Rule(AuditRule.R20, _DISABLED, "重度残疾人护理补贴的等级", statuses.grade_too_light),
    Rule(AuditRule.R21, Department.JUSTICE, "服刑期间停发", people.in_custody),
    Rule(AuditRule.R22, Department.HUMAN_RESOURCES, "已领工伤生活护理费的不再发护理补贴", lacks="工伤生活护理费名单"),
    Rule(AuditRule.R23, _CIVIL, "照料护理按自理能力分档", statuses.tier_not_of_register),
    Rule(AuditRule.R24, _CIVIL, "护理类待遇须经评估或认定", statuses.never_assessed),
    Rule(AuditRule.R25, _CIVIL, "集中供养的付给供养机构", payees.wrong_kind_of_account),
    Rule(AuditRule.R26, _BANK, "款项付给本人或登记的代领人", payees.not_to_him_or_his, lacks="村(居)干部名单"),
    Rule(AuditRule.R27, _BANK, "户名与收款人一致", payees.another_name),
    Rule(AuditRule.R28, _CIVIL, "按期资格认证", payees.certification_over, lacks="认证照片和设备记录"),
    Rule(AuditRule.R29, _CIVIL, "退票更正后及时再发", payees.returned_and_idle),
    Rule(AuditRule.R30, _CIVIL, "依申请的项目须经审批;批次未批准不能放行", statuses.without_claim),
    Rule(AuditRule.R31, _CIVIL, "发放前公示", statuses.never_published, kept="published"),
    Rule(AuditRule.R32, _FINANCE, "多发的款项及时追回", money.owed_back_and_idle),
    Rule(AuditRule.R33, _FINANCE, "各项目的资金渠道", lacks="指标用于哪些项目的登记"),
    Rule(AuditRule.R34, Department.HUMAN_RESOURCES, "财政供养人员不享受低保类待遇", lacks="财政供养人员名单"),
    Rule(AuditRule.R35, _FINANCE, "花名册、汇总表、申请表、批次相等", held_by="listed.papers_tie"),
    Rule(AuditRule.R36, _CIVIL, "高龄老人上门核实", people.very_old, lacks="住院、养老金领取记录"),
)
RULES: Mapping[AuditRule, Rule] = {rule.code: rule for rule in _TABLE}
