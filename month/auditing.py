"""The stage that looks for what auditors would find, and what an officer decides of a finding."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl

import audit
import calculators
import rulebook
from audit.rates import rates
from audit.told import CHECKED, LISTED, by_department, checked, told
from contracts.actor import Actor
from contracts.codes import AuditRule, Benefit, Enrolment, FindingDecision, OfficerRole, Outcome
from contracts.columns import conformed, empty, polars_schema
from contracts.errors import InputError, SameOfficerError
from contracts.months import month_text, parse_month
from contracts.policy import AuditSetting
from contracts.settings import Home
from contracts.tables import AuditFinding
from ledger import findings as decisions
from ledger import people, publishing, receivables, returns, versions
from ledger.book import Book
from ledger.findings import Subject
from ledger.publishing import Published
from month.booking import REPLAYED
from month.findings import Found
from month.month import EVIDENCED_POPULATION, Counts, Month, opened_month
from month.officers import require, two_officers
from month.store import Tables
from payments.working_days import working_days
from reports.lists import LEAFED_THROUGH, where_they_live
from reports.tables import write_sheets, write_table

REGISTERS = (
    "low_income",
    "disability",
    "ability",
    "family_planning",
    "claim",
    "suspension",
    "certification",
    "custody",
)
READS = (
    EVIDENCED_POPULATION,
    *(f"accepted_{register}" for register in (*REGISTERS, "elsewhere")),
    "doubtful_rows",
    "same_people",
    "coordinated",
    "rate_catalogue",
    "beyond_window",
    "payable",
)
PUBLISHED = {"pay_month": pl.Date, "days": pl.Int64}
SHEET = "各条规则"


@dataclass(frozen=True)
class Looked:
    """What the rules found in a month, which of it waits for an officer, and what was decided of the rest."""

    found: pl.DataFrame
    undecided: pl.DataFrame
    decisions: pl.DataFrame


def look(month: Month) -> Counts:
    """Find what auditors would, and leave the list of it: before the batch is made, and where it is not made at all."""
    if month.is_replay:
        return {REPLAYED: 1}
    settings = _settings(month)
    month.tables.write("findings", audit.find(_evidence(month), settings))
    looked = looked_at(month.book, month.tables)
    _write_lists(month, looked, settings)
    return {
        "行数": looked.found.height,
        "疑点人数": looked.found["person_no"].n_unique(),
        "未办理": looked.undecided.height,
        "其中叫停": looked.undecided.filter("is_blocking").height,
    }


def looked_at(book: Book, tables: Tables) -> Looked:
    """The findings of a month as they stand with what officers have decided since; none where it never came so far."""
    kept = tables.read("findings") if tables.has("findings") else empty(AuditFinding)
    found, manifest = conformed(kept, polars_schema(AuditFinding)), tables.manifest
    with book.reading() as conn:
        decided = decisions.decided(conn, manifest.county, manifest.pay_month)
    return Looked(found, audit.undecided(found, decided), decided)


def open_findings(book: Book, tables: Tables) -> tuple[int, int]:
    """How many findings no officer has decided: of those that stop the batch, and of the others."""
    rows = looked_at(book, tables).undecided
    stopping = int(rows["is_blocking"].sum())
    return stopping, rows.height - stopping


def stopping(month: Month) -> Found:
    """Findings that stop the batch and that no officer has decided, by rule."""
    return _by_rule(month, is_blocking=True)


def warning(month: Month) -> Found:
    """The others that no officer has decided, by rule."""
    return _by_rule(month, is_blocking=False)


def _by_rule(month: Month, *, is_blocking: bool) -> Found:
    rows = looked_at(month.book, month.tables).undecided.filter(pl.col("is_blocking") == is_blocking)
    counted = rows.group_by(pl.col("rule").cast(pl.String)).len().sort("rule").rows()
    return {f"{code}{AuditRule(code).label}": count for code, count in counted}


def _settings(month: Month) -> Mapping[AuditRule, AuditSetting]:
    law = rulebook.load_kept(month.home.store, month.manifest.pack_digest)
    return law.audit(month.manifest.county)


# What the rules read.


def _evidence(month: Month) -> audit.Evidence:
    manifest, read = month.manifest, month.tables.read
    window = manifest.window()
    coordinated = read("coordinated").filter(pl.col("benefit_month").is_in(window))
    is_paid = (pl.col("outcome") == Outcome.ENTITLED.value) & (pl.col("amount_fen") > 0)
    lines = coordinated.filter(is_paid).select("person_no", "benefit", "benefit_month", "amount_fen", "rate_id")
    kinds = {benefit.value: rules for benefit, rules in month.rules.benefits.items()}
    with month.book.reading() as conn:
        owed_back = receivables.outstanding(conn, manifest.county, month.identity)
        returned = returns.not_sent_again(conn, manifest.county, month.identity)
        lists = publishing.of_county(conn, manifest.county).values()
        both = versions.entitled_elsewhere(conn, manifest.county, manifest.pay_month)
    used = read("rate_catalogue").join(lines.select("rate_id").unique(), on="rate_id", how="semi")
    told_elsewhere = read("accepted_elsewhere").select("person_no", "benefit", "from_month", "to_month", "paid_by")
    frames = {register: read(f"accepted_{register}").lazy() for register in REGISTERS}
    return audit.Evidence(
        county=manifest.county,
        month=manifest.pay_month,
        known_on=manifest.known_on,
        by_low_income=tuple(one for one, rules in kinds.items() if "low_income" in calculators.registers_of(rules)),
        by_claim=tuple(one for one, rules in kinds.items() if _is_on_claim(rules.rates, manifest.pay_month)),
        lines=lines.lazy(),
        due=read("payable").lazy(),
        coordinated=coordinated.lazy(),
        rates=rates(used).lazy(),
        receivables=owed_back.lazy(),
        returned=returned.lazy(),
        published=_published(month, lists).lazy(),
        elsewhere=pl.concat([told_elsewhere, _of_other_counties(month, both, manifest.pay_month)]).lazy(),
        doubts=read("doubtful_rows").lazy(),
        beyond_window=read("beyond_window").lazy(),
        same_people=read("same_people").lazy(),
        population=read(EVIDENCED_POPULATION).lazy(),
        **frames,
    )


def _is_on_claim(of_benefit: pl.DataFrame, pay_month: date) -> bool:
    now = of_benefit.filter(pl.col("benefit_month") == pay_month)["p_enrolment"]
    return (now == Enrolment.CLAIM.value).any()


def _published(month: Month, lists: Collection[Published]) -> pl.DataFrame:
    """The lists that were put up, with how many working days each had hung by the day the month is known on."""
    days, known_on = working_days(month.home), month.manifest.known_on
    rows = []
    for one in lists:
        until = min(day for day in (one.until_on, one.down_on, known_on) if day is not None)
        rows.append((parse_month(one.pay_month), days.between(one.from_on - timedelta(days=1), until)))
    return pl.DataFrame(rows, schema=PUBLISHED, orient="row")


def _of_other_counties(month: Month, both: pl.DataFrame, pay_month: date) -> pl.DataFrame:
    """Who is entitled in another county of this home too, as a row of the list that other counties send."""
    names = rulebook.county_names(month.home.overlay)
    of_people = month.identity.of(both)
    return of_people.select(
        "person_no",
        pl.col("benefit").cast(Benefit.dtype()),
        from_month=pl.lit(pay_month),
        to_month=pl.lit(pay_month),
        paid_by=pl.col("paid_by").replace(names),
    )


# The list.


def _write_lists(month: Month, looked: Looked, settings: Mapping[AuditRule, AuditSetting]) -> None:
    """疑点清单: a workbook of how far each rule was checked and a sheet for each department; all of it as CSV.

    Longer than one leafs through, the sheets of the departments are left to the CSV; without findings there is none.
    """
    workbook, text_file = findings_lists(month)
    rows = _told(month, looked)
    sheets = [(SHEET, checked(looked.found, looked.undecided, settings, records(month)), CHECKED)]
    if rows.height <= LEAFED_THROUGH:
        sheets += [(owner, part, LISTED) for owner, part in by_department(rows)]
    write_sheets(sheets, workbook)
    text_file.unlink(missing_ok=True)
    if not rows.is_empty():
        write_table(rows.rename(LISTED), text_file)


def records(month: Month) -> tuple[str, ...]:
    """Which of audit.rules.KEPT the county has any of."""
    with month.book.reading() as conn:
        has_lists = bool(publishing.of_county(conn, month.manifest.county))
    return ("published",) if has_lists else ()


def findings_lists(month: Month) -> list[Path]:
    """Where the lists of findings lie, if they do."""
    folder = month.home.lists(month.manifest.county, month.manifest.pay_month)
    return [folder / "findings.xlsx", folder / "findings.csv"]


def _told(month: Month, looked: Looked) -> pl.DataFrame:
    with month.book.reading() as conn:
        identities = people.identities(conn, looked.found.select("person_no").unique())
    lives = where_they_live(month.tables.read(EVIDENCED_POPULATION))
    return told(looked.found, looked.decisions, identities, lives)


# What an officer does.


def listed(home: Home, county: str, pay_month: date | None = None, *, is_open: bool = False) -> pl.DataFrame:
    """The findings of a month as they stand (columns of audit.told.LISTED); `is_open`: those yet to be decided."""
    with opened_month(home, county, pay_month) as month:
        return listed_of(month, is_open=is_open)


def listed_of(month: Month, *, is_open: bool = False) -> pl.DataFrame:
    """The same of a month at work."""
    looked = looked_at(month.book, month.tables)
    return _told(month, replace(looked, found=looked.undecided) if is_open else looked)


def decide(
    home: Home,
    county: str,
    finding_ids: Sequence[str],
    decision: FindingDecision,
    reason: str,
    by: Actor,
    until_month: date | None = None,
) -> list[int]:
    """Note what an officer decides of findings of the newest month, all or none; the holds, where he holds.

    To accept one that stops the batch takes a checker who did not make the run. NotAllowedError, SameOfficerError;
    InputError where no finding has this number, a reason is lacking, or the month to which it is accepted.
    """
    with opened_month(home, county) as month:
        found = _found(looked_at(month.book, month.tables).found, finding_ids, county)
        is_override = decision is FindingDecision.ACCEPT and bool(found["is_blocking"].any())
        require(home, by, OfficerRole.CHECKER if is_override else OfficerRole.MAKER, county, "finding")
        _require_said(decision, reason, until_month, month.manifest.pay_month)
        with two_officers(home, by, county, "finding"):
            if is_override and by.officer == month.choices.maker:
                raise SameOfficerError("经办人不能自己认可叫停的疑点", "请由另一位复核人员署名", county)
        subjects = [
            Subject(finding_id, AuditRule(rule), person_no)
            for finding_id, rule, person_no in found.select("finding_id", "rule", "person_no").iter_rows()
        ]
        return decisions.decide(month.book, county, subjects, decision, reason.strip(), by, until_month)


def _found(found: pl.DataFrame, finding_ids: Sequence[str], county: str) -> pl.DataFrame:
    rows = found.filter(pl.col("finding_id").is_in(list(finding_ids)))
    unknown = sorted(set(finding_ids) - set(rows["finding_id"]))
    if unknown:
        what = f"本月没有编号 {'、'.join(unknown)} 的疑点"
        raise InputError(what, f"请查看编号:disburse finding list --county {county}", county)
    return rows


def _require_said(decision: FindingDecision, reason: str, until_month: date | None, pay_month: date) -> None:
    if not reason.strip():
        raise InputError("办理疑点须写明理由", "请加 --reason 理由")
    if (decision is FindingDecision.ACCEPT) != (until_month is not None):
        raise InputError("认可照发须写明到哪个月,其余不写", "认可的请加 --until YYYY-MM,到期后再问")
    if until_month is not None and until_month < pay_month:
        raise InputError(f"认可到 {month_text(until_month)},早于本月", f"请写 {month_text(pay_month)} 或以后的月份")
