"""The answers to the five questions that clerks are asked, months as segments, and the grid of corrections."""

from dataclasses import replace

import pytest

from contracts.codes import (
    BankEvent,
    Benefit,
    Cause,
    CorrectionGround,
    HoldCode,
    Kind,
    Outcome,
    PaymentState,
    Relationship,
)
from reports.explain import BenefitProof, Proof
from reports.person_page import corrected, page_of, segments
from reports.person_told import (
    AnswerTold,
    AttemptTold,
    ByRun,
    CountyTold,
    HoldTold,
    MonthTold,
    ObligationTold,
    ReceivableTold,
    Registered,
    Sums,
    TakenBack,
    VersionTold,
)

ALLOWANCE, SERVICE = Benefit.OLD_AGE_ALLOWANCE, Benefit.ELDER_SERVICE_SUBSIDY


def by_run(pay_month="2024-08", run_id=2):
    return ByRun(pay_month, run_id, "甲", f"{pay_month}-15", f"{pay_month}-15T00:00:00", "")


def version(number, fen, correction=None, outcome=Outcome.ENTITLED, run=None):
    return VersionTold(number, outcome, fen, fen, None, correction, run or by_run())


def month(benefit_month, fen=50_00, benefit=ALLOWANCE, outcome=Outcome.ENTITLED, **parts):
    told = {"versions": (version(1, fen, outcome=outcome),), "obligations": (), "receivables": ()} | parts
    return MonthTold(benefit_month, benefit, outcome, fen, Sums(), **told)


def obligation(**parts):
    told = {
        "obligation_id": 1,
        "kind": Kind.REGULAR,
        "amount_fen": 50_00,
        "withdrawn_fen": 0,
        "set_off_fen": 0,
        "pays_fen": 0,
        "is_gone": True,
        "state": PaymentState.RELEASED,
        "held_code": None,
        "correction": None,
        "run": by_run(),
        "attempts": (),
        "withdrawals": (),
        "set_offs": (),
    }
    return ObligationTold(**told | parts)


def attempt(day, event, reason=""):
    said = (AnswerTold(event, "", reason, f"{day}T09:00:00"),)
    signed = ("甲", "乙", "丙", "", "", "", "")
    return AttemptTold(1, 50_00, "1", "410721-2024-07-01-01", 1, "", "样本", "银行", "…0001", *signed, said)


def hold(code, lifted_at=""):
    return HoldTold(1, code, "没有收款账户", "请补报收款账户", None, "系统", "2024-08-15", "", "", None, lifted_at)


def proof(*benefits):
    told = [
        BenefitProof(code.value, code.label, out, label, why, "", "", "", (), ()) for code, out, label, why in benefits
    ]
    return Proof("410721 新乡县", "2024-08", "2024-08-15", "样本", {}, (), tuple(told))


def answers(months, holds=(), of_month=None, who=None):
    county = CountyTold("410721", who, (), tuple(months), tuple(holds), Sums())
    page = page_of("990721194003050028", county, of_month or proof())
    return [answer.said for answer in page.answers]


def test_where_nothing_is_wrong_each_question_has_a_plain_answer():
    assert answers([month("2024-07"), month("2024-08")]) == [
        ("两个月应发相同。",),
        ("不用,没有应追回的钱。",),
        ("各项待遇都已享受。",),
        ("该发的都已发出,没有还没付的月份。",),
        ("没有:账户没有缺漏,也没有被银行退回而未更正。",),
    ]


def test_less_this_month_is_told_with_the_reason_and_what_was_set_off():
    lost = proof((ALLOWANCE, "SUSPENDED", "暂停", "条件具备,但当月处于暂停"))
    owed = month("2024-08", 60_00, SERVICE, obligations=(obligation(set_off_fen=10_00),))
    why, *_ = answers([month("2024-07"), month("2024-08", 0, outcome=Outcome.SUSPENDED), owed], of_month=lost)
    assert why[0] == "高龄津贴:2024-07 应发 50.00 元,2024-08 应发 0.00 元;条件具备,但当月处于暂停。"
    assert why[1].startswith("养老服务补贴:2024-07 应发 0.00 元,2024-08 应发 60.00 元")
    assert why[2] == "2024-08 发放月:养老服务补贴 2024-08 的钱里有 10.00 元抵扣了以前多发的。"


@pytest.mark.parametrize("pay_month", ["2024-07", "2024-08"])
def test_arrears_in_either_pay_month_are_why_there_was_more_or_less(pay_month):
    """Who had arrears last month has less now, though the months' own money is the same."""
    late = obligation(kind=Kind.ARREARS, correction=CorrectionGround.LATE_FACT, run=by_run(pay_month))
    months = [month("2024-06", obligations=(late,)), month("2024-07"), month("2024-08")]
    assert answers(months)[0] == (
        "两个月应发相同。",
        f"{pay_month} 发放月:高龄津贴 2024-06 的 50.00 元是补发(情况迟报)。",
    )


def test_what_must_be_paid_back_is_told_as_long_as_any_of_it_is_open():
    owed = ReceivableTold(1, 50_00, 20_00, Cause.DEATH, None, by_run(), ())
    _, back, *_ = answers([month("2024-07", receivables=(owed,))])
    assert back == ("要:高龄津贴 2024-07 多发 50.00 元(死亡),尚欠 20.00 元。",)
    assert answers([month("2024-07", receivables=(replace(owed, open_fen=0),))])[1] == ("不用,没有应追回的钱。",)


def test_what_is_not_drawn_is_told_with_the_condition_that_fails():
    failed = proof(
        (SERVICE, "", "不符合条件", "第一个不具备的条件:低保对象"), (ALLOWANCE, "ENTITLED", "应发", "条件具备")
    )
    assert answers([], of_month=failed)[2] == ("养老服务补贴:不符合条件;第一个不具备的条件:低保对象。",)


def test_benefits_not_drawn_for_one_reason_are_told_together():
    dead = ("", "不符合条件", "第一个不具备的条件:当月在世")
    assert answers([], of_month=proof((ALLOWANCE, *dead), (SERVICE, *dead)))[2] == (
        "高龄津贴、养老服务补贴:不符合条件;第一个不具备的条件:当月在世。",
    )


def test_money_that_waits_is_told_with_what_would_free_it():
    kept = obligation(pays_fen=50_00, is_gone=False, state=PaymentState.HELD, held_code=HoldCode.ACCOUNT_MISSING)
    held = answers([month("2024-07", obligations=(kept,))], [hold(HoldCode.ACCOUNT_MISSING)])
    assert held[3] == ("高龄津贴 2024-07:50.00 元暂缓:缺少账户;请补报收款账户。",)
    assert held[4] == ("缺少账户:没有收款账户;请补报收款账户。",)
    made = replace(kept, state=PaymentState.BATCHED, held_code=None)
    assert answers([month("2024-07", obligations=(made,))])[3] == ("高龄津贴 2024-07:50.00 元已编批。",)


def test_months_that_are_suspended_or_have_no_standard_are_told_where_the_money_is_asked_for():
    suspended = [month(at, 0, outcome=Outcome.SUSPENDED) for at in ("2024-07", "2024-08")]
    unset = month("2024-08", None, SERVICE, Outcome.STANDARD_NOT_SET)
    assert answers([*suspended, unset])[3] == (
        "高龄津贴 2024-07 至 2024-08:暂停,当月不发;恢复时暂停名册写明补发的,才补。",
        "养老服务补贴 2024-08:条件具备,但标准还没有定,算不出金额。",
    )


def test_money_that_went_out_is_told_until_the_bank_says_that_it_arrived():
    def gone(at, state, **parts):
        return month(at, obligations=(obligation(state=state, **parts),))

    july, august = (gone(at, PaymentState.RELEASED) for at in ("2024-07", "2024-08"))
    unknown = gone("2024-06", PaymentState.UNKNOWN, set_off_fen=20_00)
    assert answers([unknown, july, august])[3] == (
        "高龄津贴 2024-06:30.00 元已发出,银行说要查,还不知到账没有。",
        "高龄津贴 2024-07、2024-08:100.00 元已发出,银行还没有答复到账没有。",
    )
    arrived = gone("2024-07", PaymentState.ACCEPTED)
    assert answers([arrived])[3] == ("该发的都已发出,没有还没付的月份。",)


def test_money_that_was_withdrawn_before_it_went_out_is_told():
    taken = TakenBack(50_00, Cause.MOVED_OUT, CorrectionGround.LATE_FACT, by_run())
    withdrawn = obligation(withdrawn_fen=50_00, is_gone=False, withdrawals=(taken,))
    assert answers([month("2024-07", 0, obligations=(withdrawn,))])[3] == (
        "高龄津贴 2024-07:50.00 元没有发出,已撤回(户籍迁出)。",
    )


def registered(**parts):
    nowhere = dict.fromkeys(("birth_date", "township", "village", "moved_in_on", "moved_out_on", "died_on"), "")
    return Registered(name="样本一", sex=None, **nowhere, **parts)


def test_whoever_has_no_account_is_not_told_that_all_is_well_with_it():
    nothing_owed = month("2024-08", 0, outcome=Outcome.SUSPENDED)
    assert answers([nothing_owed], who=registered())[4] == ("账户名册中没有此人的账户:付给本人的钱发不出去,请补报。",)
    assert len(answers([], [hold(HoldCode.ACCOUNT_MISSING)], who=registered())[4]) == 1
    assert answers([nothing_owed], who=registered(account_no="9900000000000001"))[4][0].startswith("没有:")


@pytest.mark.parametrize("code", [HoldCode.MANUAL, HoldCode.UNDER_REVIEW])
def test_a_hold_that_is_not_of_the_account_does_not_blame_it(code):
    assert answers([], [hold(code)])[4] == ("没有:账户没有缺漏,也没有被银行退回而未更正。",)
    assert answers([], [hold(HoldCode.ACCOUNT_REJECTED, "2024-08-20")])[4][0].startswith("没有:")


def test_the_banks_last_word_counts():
    came_back = attempt("2024-07-25", BankEvent.RETURNED, "账号不存在")
    arrived = attempt("2024-08-25", BankEvent.ACCEPTED)
    returned = answers([month("2024-07", obligations=(obligation(attempts=(came_back,)),))])[4]
    assert returned == ("银行最近一次答复(2024-07-25,批次 410721-2024-07-01-01):退票(账号不存在)。",)
    mended = answers([month("2024-07", obligations=(obligation(attempts=(arrived, came_back)),))])[4]
    assert mended[0].startswith("没有:")


def test_months_on_end_that_were_decided_alike_are_one_segment():
    months = [
        month("2024-01"),
        month("2024-02"),
        month("2024-04"),
        month("2024-05", 60_00),
        month("2024-01", 1, SERVICE),
    ]
    told = [(one.benefit, one.first, one.last, one.months, one.amount_fen) for one in segments(months)]
    assert told == [
        (ALLOWANCE, "2024-01", "2024-02", 2, 50_00),
        (ALLOWANCE, "2024-04", "2024-04", 1, 50_00),
        (ALLOWANCE, "2024-05", "2024-05", 1, 60_00),
        (SERVICE, "2024-01", "2024-01", 1, 1),
    ]


def test_corrections_are_a_grid_of_now_before_and_difference_in_the_order_of_the_runs():
    ground = CorrectionGround.LATE_FACT
    june = (version(1, 50_00, run=by_run("2024-06", 1)), version(2, 0, ground, Outcome.NOT_MET, by_run("2024-09", 4)))
    july = (version(1, 50_00, ground, run=by_run("2024-08", 3)), version(2, 50_00, ground, run=by_run("2024-09", 4)))
    told = list(corrected([month("2024-06", versions=june), month("2024-07", versions=july)]))
    assert [(one.benefit_month, one.now_fen, one.before_fen, one.difference_fen, one.pay_month) for one in told] == [
        ("2024-07", 50_00, 0, 50_00, "2024-08"),
        ("2024-06", 0, 50_00, -50_00, "2024-09"),
    ]


@pytest.mark.parametrize(
    ("payee_name", "relationship", "drawn_for", "told"),
    [
        ("样本一", Relationship.SELF, "", "样本一"),
        ("样本一", None, "", "样本一"),
        ("样本二", Relationship.SELF, "", "样本二(本人)"),
        ("样本二", Relationship.CHILD, "", "样本二(代领:子女)"),
        ("样本一", Relationship.CHILD, "", "样本一(代领:子女)"),
        ("样本二", None, "", "样本二(代领:没有写明关系)"),
        ("样本二", Relationship.CHILD, "行动不便", "样本二(代领:子女,行动不便)"),
        ("样本二", None, "未成年", "样本二(代领:没有写明关系,未成年)"),
    ],
)
def test_whoever_draws_for_another_is_told_with_who_he_is_and_why(payee_name, relationship, drawn_for, told):
    who = registered(payee_name=payee_name, relationship=relationship, drawn_for=drawn_for)
    assert who.payee == told
