"""Who is on which line of a batch, in which order, for how much."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors import BookError
from contracts.tables import InstructionLine
from payments import profiles
from payments.instructions import BatchIdentity, content_digest, instructions
from payments.orders import Order
from payments.printing import printed
from tests.payments.rows import JULY, in_institution, payable_rows, resident_id

IDENTITY = BatchIdentity("410721", JULY, sequence=1, ordinal=3)
PIPE = profiles.load()["generic_pipe"]
MAY, JUNE = date(2024, 5, 1), date(2024, 6, 1)


def made(payable, profile, identity=IDENTITY):
    content = instructions(payable, identity, profile)
    InstructionLine.validate(content.lines)
    return content


def test_a_person_has_one_line_for_each_obligation(pipe):
    content = made(payable_rows({"n": 1}, {"n": 2, "person_no": 1, "benefit_month": JUNE, "kind": "arrears"}), pipe)
    assert content.lines["amount_fen"].to_list() == [5000, 5000]
    assert content.items["amount_fen"].to_list() == [5000, 5000]


def per_payee(profile):
    return profile.model_copy(update={"lines": "per_payee"})


def test_a_person_has_one_line_for_what_is_of_one_kind_where_the_profile_says_so(pipe):
    rows = payable_rows(
        {"n": 1},
        {"n": 2, "person_no": 1, "benefit_month": JUNE, "kind": "arrears"},
        {"n": 3, "person_no": 1, "benefit_month": MAY, "kind": "arrears", "pays_fen": 4000},
        {"n": 4, "person_no": 1, "benefit_month": date(2024, 4, 1), "kind": "arrears", "attempt": 2},
        {"n": 5, "person_no": 1, "benefit_month": date(2024, 3, 1), "kind": "arrears", "attempt": 3},
        {"n": 6},
    ).with_columns(person_id=pl.col("person_no").cast(pl.String))
    content = made(rows, per_payee(pipe))
    assert content.lines.select("period_from", "period_to", "kind", "attempt", "amount_fen").rows() == [
        ("2024-03", "2024-04", "arrears", 3, 10000),
        ("2024-05", "2024-06", "arrears", 1, 9000),
        ("2024-07", "2024-07", "regular", 1, 5000),
        ("2024-07", "2024-07", "regular", 1, 5000),
    ]
    paid = content.items.group_by("instruction_id").agg(pl.col("obligation_id").sort()).sort("instruction_id")
    assert paid["obligation_id"].to_list() == [[4, 5], [2, 3], [1], [6]]


def test_months_between_that_a_line_does_not_pay_are_told(pipe):
    told = per_payee(pipe).model_copy(update={"remark": pipe.remark.model_copy(update={"person": "{months}"})})
    arrears = {"person_no": 1, "kind": "arrears"}
    rows = payable_rows({"n": 1, **arrears, "benefit_month": MAY}, {"n": 2, **arrears})
    assert made(rows, told).lines["remark"].to_list() == ["202405-202407共2个月"]


MANY = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 12), st.sampled_from(["regular", "arrears"]), st.integers(1, 3)),
    min_size=1,
    max_size=20,
)


@given(owed=MANY, in_home=st.booleans())
def test_a_file_of_persons_and_one_of_obligations_pay_the_same(owed, in_home):
    rows = payable_rows(
        *(
            {"n": n, "person_no": who, "person_id": str(who), "benefit_month": date(2024, month, 1), "kind": kind}
            | {"attempt": attempt, "pays_fen": 100 * n}
            for n, (who, month, kind, attempt) in enumerate(owed, 1)
        ),
        *([in_institution(90), in_institution(91)] if in_home else []),
    )
    one_each, together = (made(rows, profile) for profile in (PIPE, per_payee(PIPE)))
    assert together.items.drop("instruction_id").equals(one_each.items.drop("instruction_id"))
    for content in (one_each, together):
        sums = content.items.group_by("instruction_id").agg(pl.sum("amount_fen")).sort("instruction_id")
        assert sums.rows() == content.lines.select("instruction_id", "amount_fen").sort("instruction_id").rows()
    kinds = {(who, kind, attempt > 1) for who, _, kind, attempt in owed}
    assert together.lines.height == len(kinds) + in_home


def test_an_institution_has_one_line_for_its_whole_roster(pipe):
    content = made(
        payable_rows(
            in_institution(1),
            in_institution(2, pays_fen=90000),
            in_institution(3, person_no=2, pays_fen=10000, kind="arrears", benefit_month=MAY),
            in_institution(4, institution="J02"),
        ),
        pipe,
    )
    first = content.lines.row(0, named=True)
    assert (first["amount_fen"], first["people_count"]) == (180000, 2)
    assert (first["period_from"], first["period_to"], first["kind"]) == ("2024-05", "2024-07", "regular")
    assert (first["name"], first["person_id"]) == ("示范敬老院J01", None)
    assert first["payee_name"] == "新乡县示范敬老院J01"
    assert content.items.group_by("instruction_id").agg(pl.col("amount_fen").sum()).sort("instruction_id")[
        "amount_fen"
    ].to_list() == [180000, 80000]


def test_the_order_is_township_village_person_month_kind(sheet):
    content = made(
        payable_rows(
            {"n": 4, "township": "A", "village": "C"},
            {"n": 3, "township": "A", "village": "D"},
            {"n": 1, "benefit_month": JUNE, "kind": "arrears", "person_id": resident_id(9)},
            {"n": 2, "person_id": resident_id(9), "kind": "arrears"},
            {"n": 5, "person_id": resident_id(9)},
        ),
        sheet,
    )
    assert content.items.sort("instruction_id")["obligation_id"].to_list() == [4, 3, 1, 5, 2]


def test_the_order_of_the_payable_rows_changes_nothing(sheet):
    rows = payable_rows(*({"n": n} for n in range(1, 40)))
    there, back = made(rows, sheet), made(rows.reverse(), sheet)
    assert there.lines.equals(back.lines)
    assert there.items.equals(back.items)
    assert content_digest(there, sheet.digest, "law") == content_digest(back, sheet.digest, "law")


def test_an_instruction_id_fits_twenty_places_and_names_nobody(sheet):
    lines = made(payable_rows({"n": 1}), sheet).lines
    assert lines["batch_id"].to_list() == ["410721-2024-07-01-03"]
    assert lines["instruction_id"].to_list() == ["41072124070103000001"]


def test_ids_of_different_batches_differ(sheet):
    identities = [
        IDENTITY,
        BatchIdentity("410721", JULY, 2, 3),
        BatchIdentity("410721", JULY, 1, 37),
        BatchIdentity("410721", JUNE, 1, 3),
        BatchIdentity("410902", JULY, 1, 3),
    ]
    made_ids = {instructions(payable_rows({}), identity, sheet).lines["instruction_id"][0] for identity in identities}
    assert len(made_ids) == len(identities)
    assert {len(one) for one in made_ids} == {20}


def test_when_the_numbers_of_a_cycle_run_out_it_is_said():
    with pytest.raises(BookError, match="编号已用尽"):
        _ = BatchIdentity("410721", JULY, 1, 36 * 36).line_prefix


def test_content_is_the_same_under_another_batch_name_and_differs_with_any_field(sheet, pipe):
    rows = payable_rows({"n": 1}, {"n": 2})
    first = content_digest(made(rows, sheet), sheet.digest, "law")
    assert content_digest(made(rows, sheet, BatchIdentity("410721", JULY, 1, 9)), sheet.digest, "law") == first
    changed = [
        rows.with_columns(pays_fen=pl.col("pays_fen") + 1),
        rows.with_columns(account_no=pl.lit("9900000000")),
        rows.with_columns(obligation_id=pl.col("obligation_id") + 10),
        rows.with_columns(village=pl.lit("别村")),
        rows.head(1),
    ]
    digests = {content_digest(made(other, sheet), sheet.digest, "law") for other in changed}
    assert first not in digests
    assert len(digests) == len(changed)
    assert content_digest(made(rows, pipe), pipe.digest, "law") != first


def test_a_remark_says_benefit_months_and_kind(pipe):
    content = made(payable_rows({"benefit_month": MAY, "kind": "arrears"}), pipe)
    assert content.lines["remark"].to_list() == ["高龄津贴202405补发"]
    content = made(payable_rows(in_institution(1), in_institution(2, benefit_month=MAY, kind="arrears")), pipe)
    assert content.lines["remark"].to_list() == ["特困供养基本生活202405-202407 2人"]


@pytest.mark.parametrize(
    ("kind", "attempt", "word"),
    [("regular", 1, "正常"), ("arrears", 1, "补发"), ("arrears", 2, "重发"), ("regular", 2, "重发")],
)
def test_a_second_attempt_is_never_called_arrears(sheet, kind, attempt, word):
    order = Order(made(payable_rows({"kind": kind, "attempt": attempt}), sheet).lines, "410721", JULY)
    assert printed(order, sheet)["6"].to_list() == [word]


ORIGINS = ("origin_id", "origin_batch", "origin_line", "origin_account", "origin_amount", "origin_reason")


def came_from(line, fen=5000, batch="410721-2024-06-01-01"):
    """What a payable row that is sent again has of the line that came back."""
    told = {"origin_id": f"4107212406010100000{line}", "origin_batch": batch, "origin_line": line, "origin_fen": fen}
    return told | {"attempt": 2, "origin_account": "9900000001", "origin_reason": "账户已销户"}


def asking(profile, **more):
    """The profile with every column that tells where a line comes from."""
    columns = [{"header": name, "field": name} for name in ORIGINS]
    return type(profile).model_validate(
        profile.model_dump() | {"columns": [*profile.model_dump()["columns"], *columns]} | more
    )


def test_what_is_sent_again_names_the_line_that_came_back_and_the_others_name_none(pipe):
    told = asking(pipe, amount="fen", remark={"person": "{kind}{origin}"})
    lines = made(
        payable_rows({"n": 1}, {"n": 2, "kind": "arrears", "benefit_month": MAY}, {"n": 3, **came_from(8)}), told
    ).lines
    assert lines.select("remark", *ORIGINS).sort("remark").rows() == [
        ("正常", *[None] * 6),
        ("补发", *[None] * 6),
        (
            "重发原批次410721-2024-06-01-01第8行",
            "41072124060101000008",
            "410721-2024-06-01-01",
            "8",
            "9900000001",
            "5000",
            "账户已销户",
        ),
    ]


def test_a_line_that_sends_several_again_names_each_in_the_same_order_in_every_column(pipe):
    rows = payable_rows(
        {"n": 1, **came_from(9, fen=10000)},
        {"n": 2, "person_no": 1, "benefit_month": JUNE, **came_from(9, fen=10000)},
        {"n": 3, "person_no": 1, "benefit_month": MAY, **came_from(2, fen=4000, batch="410721-2024-05-01-01")},
    )
    (line,) = made(rows, asking(pipe, lines="per_payee")).lines.select("amount_fen", *ORIGINS[1:5]).rows()
    assert line == (
        15000,
        "410721-2024-05-01-01、410721-2024-06-01-01",
        "2、9",
        "9900000001、9900000001",
        "40.00、100.00",
    )


def test_a_profile_that_does_not_print_it_keeps_nothing_of_it_and_its_batch_stands(pipe):
    rows, plain = payable_rows({"n": 1, **came_from(8)}), payable_rows({"n": 1, "attempt": 2})
    content = made(rows, pipe)
    assert content.lines.select(ORIGINS).row(0) == (None,) * 6
    assert content_digest(content, pipe.digest, "law") == content_digest(made(plain, pipe), pipe.digest, "law")
    told = asking(pipe)
    assert content_digest(made(rows, told), "same", "law") != content_digest(made(plain, told), "same", "law")


def test_what_came_back_from_an_institution_is_never_in_one_line_with_what_is_new(pipe):
    rows = payable_rows(
        in_institution(1, benefit_month=JUNE, **came_from(4, fen=80000)),
        in_institution(2, person_no=1),
        in_institution(3),
    )
    lines = made(rows, asking(pipe)).lines
    assert lines.select("attempt", "amount_fen", "people_count", "origin_line").rows() == [
        (2, 80000, 1, "4"),
        (1, 160000, 2, None),
    ]
