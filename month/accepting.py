"""The stages that take registers in: row by row, with what stands where rows are refused, and what is in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import polars as pl

import intake
from contracts.codes import Control, Doubt, ListChange, MissingRegister, RefusalCode
from contracts.columns import empty, headers, polars_schema
from contracts.errors import StoppedError
from contracts.manifest import RegisterInput
from contracts.months import month_text, parse_month
from contracts.registers import MATCH_LISTS, REGISTERS, REQUIRED_REGISTERS, accepted_schema, empty_register, label_of
from contracts.tables import GonePerson, IntakeCount, ListedChange, RefusedRow, RegisterGap
from ledger import people, receipts
from month.controls import goes_on
from month.gathering import kept_input, oldest_month
from month.month import EVIDENCED_POPULATION, Counts, Month, settled_table

SAME_REGISTERS = ("population", "account", "low_income", "disability")
PAIR = ["person_no", "other_no"]


def accept(month: Month, register: str) -> Counts:
    """Check one register or match list row by row; where rows are refused or gone, the last accepted rows stand."""
    given = month.manifest.given(register)
    previous = _before(month, f"accepted_{register}", accepted_schema(register))
    carried = previous if previous is not None else empty_register(register)
    if not given.file_digest:
        _require_new(month, given)
        return _keep(month, given, carried, empty(RefusedRow), empty(RegisterGap))
    received = kept_input(month.home, given)
    if _is_refused_whole(received, given):
        if register in REQUIRED_REGISTERS and (problem := received.problem()):
            raise problem
        _require_new(month, given, is_usable=False)
        return _keep(month, given, carried, received.refused_rows(), empty(RegisterGap))
    _require_new(month, given)
    numbers = month.identity.of(people.number_people(month.book, intake.ids_in([received])))
    with month.book.reading() as conn:
        earlier = people.earlier_numbers(conn, month.identity)
    is_current_list = given.current_list is not None
    known_on = month.manifest.known_on
    accepted = intake.accept(received, numbers, known_on, earlier=earlier, is_current_list=is_current_list)
    month.tables.write(f"refused_{register}", accepted.refused)  # to be looked at where a threshold stops the register
    with _goes_on_where_taken(month, given, Control.REFUSED_SHARE):
        intake.check_refused(accepted, month.settings)
    with _goes_on_where_taken(month, given, Control.SHRINK):
        intake.check_shrink(register, accepted.rows, _running(previous, given), month.settings)
    decisions = month.tables.read("decisions")
    listed = _with_months(month, given, accepted, previous, decisions)
    stood = intake.stand_in(listed, previous, decisions)
    return _keep(month, given, stood.rows, accepted.refused, stood.gaps, accepted)


def _before(month: Month, table: str, schema: pl.Schema) -> pl.DataFrame | None:
    """A table of the run before, its people as the numbers they count as now, those parted since with its rows each."""
    before = month.before(table, schema)
    has_people = "person_no" in schema
    return month.identity.of_before(before, month.identity_before) if before is not None and has_people else before


def _is_refused_whole(received: intake.Received, given: RegisterInput) -> bool:
    """Whether nothing of a file can be used, or nothing without the months that no setting gives its rows."""
    lacks_months = (received.refused["code"] == RefusalCode.MONTHS_ABSENT.value).any()
    return received.problem() is not None or (lacks_months and given.current_list is None)


def _running(previous: pl.DataFrame | None, given: RegisterInput) -> pl.DataFrame | None:
    """The rows from before whose people the newest file has to name: of a current list those that still ran."""
    if previous is None or given.current_list is None:
        return previous
    return intake.running_rows(previous, parse_month(given.inbox_month))


def _with_months(
    month: Month,
    given: RegisterInput,
    accepted: intake.Accepted,
    previous: pl.DataFrame | None,
    decisions: pl.DataFrame,
) -> intake.Accepted:
    """The accepted rows; those of a current list with their months, what it changes kept as list_changes_<register>."""
    if given.current_list is None:
        return accepted
    listed = intake.months_of_list(accepted, previous, parse_month(given.inbox_month), given.current_list, decisions)
    month.tables.write(f"list_changes_{given.name}", listed.changes)
    return replace(accepted, rows=listed.rows)


def _require_new(month: Month, given: RegisterInput, *, is_usable: bool = True) -> None:
    """Stop without a usable file of the pay month where the county's settings say so; an officer may let it go on."""
    if (given.is_new and is_usable) or month.settings.without_file(given.name) is not MissingRegister.STOP:
        return
    if not is_usable:
        lacking, last = "报送的不能使用", _month_used_before(month, given)
    elif given.inbox_month == month_text(month.manifest.pay_month):
        lacking, last = f"没有报齐(缺 {'、'.join(given.lacking)})", oldest_month(month.manifest, given)
    else:
        lacking, last = "没有报送", given.inbox_month
    with goes_on(month, Control.MISSING_REGISTER):
        raise StoppedError(
            f"“{label_of(given.name)}”名册本月{lacking},{f'最近一次为 {last}' if last else '从未收到可用的'}",
            f"请补报后重新运行;确需沿用的,由复核人员同意并写明理由:disburse run --county {month.manifest.county}"
            f" --month {month_text(month.manifest.pay_month)} --as 经办人 --override-by 复核人 --reason 理由",
            month.manifest.county,
        )


@contextmanager
def _goes_on_where_taken(month: Month, given: RegisterInput, control: Control) -> Iterator[None]:
    """Where a threshold stops a file: go on if an officer took this very file, or lets the run go on."""
    with goes_on(month, control):
        try:
            yield
        except StoppedError:
            with month.book.reading() as conn:
                taken = receipts.accepted_by(conn, month.manifest.county, given.name, given.file_digest)
            if taken is None:
                raise


def _keep(
    month: Month,
    given: RegisterInput,
    rows: pl.DataFrame,
    refused: pl.DataFrame,
    gaps: pl.DataFrame,
    accepted: intake.Accepted | None = None,
) -> Counts:
    counted = {
        "register": given.name,
        "file_name": given.file_name or None,
        "inbox_month": given.inbox_month or None,
        "is_refused_whole": bool(given.file_digest) and accepted is None,
        "used_month": given.inbox_month if accepted else _month_used_before(month, given),
        "lacking_parts": "、".join(given.lacking) or None,
        "carried_months": given.carried_months,
        "rows_in": accepted.rows_in if accepted else 0,
        "rows_unfolded": accepted.rows_unfolded if accepted else 0,
        "rows_accepted": accepted.rows.height if accepted else 0,
        "rows_refused": accepted.rows_refused if accepted else 0,
        "rows_collapsed": accepted.rows_collapsed if accepted else 0,
        "rows_listed": accepted.rows_listed if accepted else 0,
        "people_standing_in": gaps.height,
    }
    month.tables.write(f"accepted_{given.name}", rows)
    month.tables.write(f"refused_{given.name}", refused)
    month.tables.write(f"gaps_{given.name}", gaps)
    month.tables.write(f"counts_{given.name}", pl.DataFrame([counted], schema=polars_schema(IntakeCount)))
    return {
        "行数": rows.height,
        **{headers(IntakeCount)[name]: value for name, value in counted.items() if type(value) is int},
        **({f"单元格:{change.label}": count for change, count in accepted.changes.items()} if accepted else {}),
    }


def _month_used_before(month: Month, given: RegisterInput) -> str | None:
    """The inbox month of the rows that the run before went by."""
    before = month.before(f"counts_{given.name}", polars_schema(IntakeCount))
    return None if before is None else before["used_month"].item()


def match_lists(month: Month) -> Counts:
    """Bring deaths and departures of the match lists into the population, and list what asks for an officer's look."""
    lists = {name: month.tables.read(f"accepted_{name}") for name in MATCH_LISTS}
    population = month.tables.write(
        EVIDENCED_POPULATION, intake.evidenced_population(month.tables.read("accepted_population"), lists)
    )
    listed = pl.concat([rows.select("person_no") for rows in lists.values()]).unique()
    with month.book.reading() as conn:
        identities = people.identities(conn, listed)
    matches = intake.matched(population, lists, identities, month.manifest.window()[0], month.manifest.pay_month)
    month.tables.write("matched", matches)
    given = {day: population.filter(pl.col(f"{day}_from") != "population") for day in ("died_on", "moved_out_on")}
    return {
        "行数": population.height,
        "据名单补记死亡的人数": given["died_on"]["person_no"].n_unique(),
        "据名单补记迁出的人数": given["moved_out_on"]["person_no"].n_unique(),
        "须核实的人数": matches["person_no"].n_unique(),
    }


def propose_same_people(month: Month) -> Counts:
    """Find numbers that may be one person's, and who left the population; an officer decides."""
    read = month.tables.read
    gaps, changes = read("gaps_population"), read("accepted_number_change")
    before = _before(month, "accepted_population", accepted_schema("population"))
    gone_before = _before(month, "gone_people", polars_schema(GonePerson))
    gone = month.tables.write("gone_people", intake.gone_people(read("accepted_population"), gaps, before, gone_before))
    with month.book.reading() as conn:
        old = month.identity.of(people.numbers_of(conn, changes["old_id"]))
    changed = changes.join(old.rename({"person_no": "other_no"}), left_on="old_id", right_on="person_id")
    registers = {name: read(f"accepted_{name}") for name in SAME_REGISTERS}
    proposed = intake.same_people(registers, gaps, gone, changed.select(PAIR), month.identity.apart)
    month.tables.write("same_people", proposed)
    return {"疑为同一人的对数": proposed.height, "离册号码": gone["person_no"].n_unique()}


def gather(month: Month, prefix: str) -> pl.DataFrame:
    """One table of a kind over all registers, and over the match lists received."""
    return pl.concat([month.tables.read(f"{prefix}_{given.name}") for given in month.manifest.registers])


def list_refused(month: Month) -> Counts:
    """Gather what was refused, the gaps, and what the registers together leave in doubt."""
    refused = month.tables.write("refused_rows", gather(month, "refused"))
    month.tables.write("intake_counts", gather(month, "counts"))
    gaps = month.tables.write("register_gaps", gather(month, "gaps"))
    doubtful = month.tables.write("doubtful_rows", _doubts(month))
    changes = month.tables.write("list_changes", _list_changes(month))
    return {
        "行数": refused.height,
        "拒收行数": refused.filter(pl.col("code") != RefusalCode.NOT_DATA.value)
        .select("register", "source_file", "source_sheet", "source_row")
        .n_unique(),
        "沿用上次的人数": gaps["person_no"].n_unique(),
        **{doubt.label: _doubted(doubtful, doubt) for doubt in Doubt},
        **{
            f"在册名单:{change.label}": changes.filter(pl.col("change") == change.value)["person_no"].n_unique()
            for change in ListChange
        },
    }


def _list_changes(month: Month) -> pl.DataFrame:
    """What the current lists of the month change (ListedChange)."""
    lists = [given.name for given in month.manifest.registers if month.tables.has(f"list_changes_{given.name}")]
    return pl.concat([empty(ListedChange), *(month.tables.read(f"list_changes_{name}") for name in lists)])


def _doubts(month: Month) -> pl.DataFrame:
    """What the registers and match lists of the month together leave in doubt (DoubtfulRow)."""
    registers = {register: month.tables.read(settled_table(register)) for register in REGISTERS}
    with month.book.reading() as conn:
        identities = people.identities(conn, registers["population"])
        earlier = people.earlier_numbers(conn, month.identity)
    most = month.settings.shared_account_most
    return intake.doubts(registers, month.tables.read("matched"), identities, most, earlier)


def _doubted(doubtful: pl.DataFrame, doubt: Doubt) -> int:
    """How many people, and institutions, are in doubt."""
    who = doubtful.filter(pl.col("doubt") == doubt.value)["person_no"]
    return who.drop_nulls().n_unique() + who.null_count()
