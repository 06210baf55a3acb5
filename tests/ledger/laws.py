"""What must hold of a book after every event: worked out here row by row, without the code under test, and as it
proves itself.
"""

from collections import Counter, defaultdict

from sqlalchemy import select, text

from contracts.months import parse_month
from ledger import cycles, identity, proving, reconciled
from ledger.tables import cycle, metadata


def rows(book, statement):
    with book.reading() as conn:
        return [tuple(row) for row in conn.execute(text(statement))]


# What is of the moment: instants, what is hashed from them, and the program that wrote the row.
OF_THE_MOMENT = {"code_version", "hash", "prev_hash"}
OF_SEALS = {"seal": {"tables_json", "previous_digest", "digest"}, "audit_log": {"detail_json"}}


def contents(book):
    """Every row of every table, as text and in no order, but for what is of the moment it was written in."""
    with book.reading() as conn:
        return {
            table.name: sorted(_told(table.name, row) for row in conn.execute(select(table)).mappings())
            for table in metadata.sorted_tables
        }


def _told(table, row):
    is_of_seal = table == "seal" or row.get("action") == "close"
    left_out = OF_THE_MOMENT | (OF_SEALS[table] if is_of_seal else set())
    return repr(sorted((name, value) for name, value in row.items() if name not in left_out and name[-3:] != "_at"))


def heads_of_last_run(book):
    """As which number each number counts, by what the newest run of the book knew."""
    with book.reading() as conn:
        county = conn.execute(select(cycle.c.county).order_by(cycle.c.cycle_id.desc()).limit(1)).scalar()
        latest = cycles.latest_run(conn, county) if county else None
        known = identity.as_of(conn, county, latest.manifest.identity_digest) if latest else identity.NOBODY
    return known.head_of


def tally(book):
    """Fen by key, and what became of each obligation and receivable; of every number of a person together."""
    heads = heads_of_last_run(book)
    groups = {"elder_care_subsidy": "care", "disability_care_subsidy": "care"}
    obligations = {
        number: {
            "key": (heads.get(person, person), month, benefit),
            "set": (heads.get(person, person), month, groups.get(benefit, benefit)),
            "fen": fen,
            "history": kind == "history",
        }
        for number, person, month, benefit, fen, kind in rows(
            book, "SELECT obligation_id, person_no, benefit_month, benefit, amount_fen, kind FROM obligation"
        )
    }
    receivables = {
        number: {
            "key": (heads.get(person, person), month, benefit),
            "set": (heads.get(person, person), month, groups.get(benefit, benefit)),
            "fen": fen,
        }
        for number, person, month, benefit, fen in rows(
            book, "SELECT receivable_id, person_no, benefit_month, benefit, amount_fen FROM receivable"
        )
    }
    withdrawn, set_off = Counter(), Counter()
    for number, fen in rows(book, "SELECT obligation_id, amount_fen FROM withdrawal"):
        withdrawn[number] += fen
    recovered = defaultdict(Counter)
    for number, means, obligation, fen in rows(
        book, "SELECT receivable_id, means, obligation_id, amount_fen FROM recovery"
    ):
        recovered[number]["set_off" if means == "set_off" else "waived" if means == "waived" else "money"] += fen
        if obligation is not None:
            set_off[obligation] += fen
    return obligations, receivables, withdrawn, set_off, recovered


def passed_on(book, obligations, receivables):
    """(obligation, receivable, fen) of what was set off between two who are no longer one person."""
    pairs = rows(book, "SELECT obligation_id, receivable_id, amount_fen FROM recovery WHERE obligation_id IS NOT NULL")
    return [
        (owed, back, fen) for owed, back, fen in pairs if obligations[owed]["set"][0] != receivables[back]["set"][0]
    ]


def attempts(book):
    """(obligation, attempt, fen, is_released, is_voided, is_returned) of every attempt."""
    released = {batch for (batch,) in rows(book, "SELECT batch_id FROM approval WHERE step = 'released'")}
    voided = {batch for (batch,) in rows(book, "SELECT batch_id FROM batch_event WHERE event = 'voided'")}
    returned = {line for (line,) in rows(book, "SELECT instruction_id FROM bank_event WHERE event = 'returned'")}
    return [
        (obligation, attempt, fen, batch in released, batch in voided, line in returned)
        for obligation, attempt, fen, batch, line in rows(
            book,
            "SELECT i.obligation_id, i.attempt, i.amount_fen, n.batch_id, i.instruction_id"
            " FROM instruction_item i JOIN instruction n ON n.instruction_id = i.instruction_id",
        )
    ]


def newest_versions(book):
    """Key → (outcome, fen) of the newest version."""
    found = {}
    for person, month, benefit, outcome, fen in rows(
        book,
        "SELECT person_no, benefit_month, benefit, outcome, amount_fen FROM entitlement_version ORDER BY version_no",
    ):
        found[person, month, benefit] = (outcome, fen)
    return found


def breaches(book):
    """Every law that does not hold, in words, worked out here and as the book proves itself; empty where all do."""
    with book.reading() as conn:
        return unlawful(book) + list(proving.prove(conn).problems)


def unlawful(book):
    """Every law that does not hold, in words, worked out row by row."""
    obligations, receivables, withdrawn, set_off, recovered = tally(book)
    gone, live = Counter(), Counter()
    for obligation, _, fen, is_released, is_voided, is_returned in attempts(book):
        if is_released and not is_returned:
            gone[obligation] += fen
        if not is_voided and not is_returned:
            live[obligation] += 1
    for number, owed in obligations.items():
        if owed["history"]:
            gone[number] += owed["fen"]
    found = [f"two live attempts at {number}" for number, count in live.items() if count > 1]
    found += unreconciled(book)
    booked, by_set = Counter(), defaultdict(Counter)
    for number, back, fen in passed_on(book, obligations, receivables):
        # given by one person and received by another: a difference of each, and no longer a set-off of one's own
        booked[obligations[number]["key"]] -= fen
        booked[receivables[back]["key"]] += fen
        by_set[obligations[number]["set"]]["set_off"] -= fen
        by_set[receivables[back]["set"]]["used"] -= fen
    for number, owed in obligations.items():
        booked[owed["key"]] += owed["fen"] - withdrawn[number]
        outstanding = owed["fen"] - withdrawn[number] - set_off[number] - gone[number]
        if outstanding < 0:
            found.append(f"obligation {number} overspent by {-outstanding}")
        by_set[owed["set"]].update(gone=gone[number], outstanding=outstanding, set_off=set_off[number])
    for number, back in receivables.items():
        booked[back["key"]] -= back["fen"]
        open_fen = back["fen"] - recovered[number]["money"] - recovered[number]["set_off"]
        if open_fen < 0:
            found.append(f"receivable {number} recovered twice")
        by_set[back["set"]].update(repaid=recovered[number]["money"], open=open_fen, used=recovered[number]["set_off"])
    versions, owed_by_set, unknown = newest_versions(book), Counter(), set()
    for key, (_, fen) in versions.items():
        person, month, benefit = key
        in_set = next((s for s in by_set if s[:2] == (person, month) and s[2] in (benefit, group_of(benefit))), None)
        if fen is None:
            unknown.add(in_set)
        elif booked[key] != fen:
            found.append(f"{key}: booked {booked[key]}, owed {fen}")
        owed_by_set[in_set] += fen or 0
    for one, sums in by_set.items():
        received = sums["gone"] + sums["set_off"] - sums["repaid"] - sums["used"]
        if one not in unknown and received != owed_by_set[one] + sums["open"] - sums["outstanding"]:
            found.append(f"{one}: gone out and repaid do not meet what is owed: {dict(sums)}")
    if sum(sums["set_off"] - sums["used"] for sums in by_set.values()):
        found.append("more or less is set off than is used")
    return found


def unreconciled(book):
    """Law 11, line by line: of every day, benefit and batch, the book = sent = answered + unanswered."""
    sent, paid, said = Counter(), Counter(), {}
    day_of = dict(rows(book, "SELECT batch_id, substr(signed_at, 1, 10) FROM approval WHERE step = 'released'"))
    for line, event in rows(book, "SELECT instruction_id, event FROM bank_event ORDER BY event_id"):
        said[line] = event
    answered = {event: Counter() for event in ("accepted", "returned", "unknown")}
    for line, batch, benefit, fen in rows(
        book, "SELECT instruction_id, batch_id, benefit, amount_fen FROM instruction"
    ):
        if batch in day_of:
            where = (day_of[batch], batch, benefit)
            sent[where] += fen
            answered[said.get(line, "unknown")][where] += fen
    for batch, benefit, fen in rows(
        book,
        "SELECT n.batch_id, o.benefit, i.amount_fen FROM instruction_item i"
        " JOIN instruction n ON n.instruction_id = i.instruction_id"
        " JOIN obligation o ON o.obligation_id = i.obligation_id",
    ):
        if batch in day_of:
            paid[day_of[batch], batch, benefit] += fen
    told = answered["accepted"] + answered["returned"] + answered["unknown"]
    found = [f"{one}: paid {paid[one]}, sent {sent[one]}" for one in paid | sent if paid[one] != sent[one]]
    found += [f"{one}: sent {sent[one]}, answered {told[one]}" for one in sent if sent[one] != told[one]]
    with book.reading() as conn:
        for county, month in rows(book, "SELECT DISTINCT county, pay_month FROM cycle"):
            table = reconciled.sent_and_answered(conn, county, parse_month(month))
            for line in table.iter_rows(named=True):
                mine = next(one for one in sent if one[1:] == (line["batch_id"], line["benefit"]))
                figures = [line["sent_fen"], line["accepted_fen"] + line["warned_fen"], line["returned_fen"]]
                if figures != [sent[mine], answered["accepted"][mine], answered["returned"][mine]]:
                    found.append(f"{mine}: told {figures}")
                parts = sum(line[f"{state}_hash"] for state in ("accepted", "warned", "returned", "unanswered"))
                if parts % reconciled.MODULUS != line["sent_hash"]:
                    found.append(f"{mine}: the hash totals do not add up")
            if any(reconciled.accounted(conn, county)["difference"]):
                found.append(f"{county}: not every fen is accounted for")
    return found


def group_of(benefit):
    return "care" if benefit in ("elder_care_subsidy", "disability_care_subsidy") else benefit


def uncancelled(book):
    """Sets of one person and month that have both unpaid money and money owed back: empty after every run."""
    obligations, receivables, withdrawn, set_off, recovered = tally(book)
    gone = Counter()
    for obligation, _, fen, is_released, _, is_returned in attempts(book):
        if is_released and not is_returned:
            gone[obligation] += fen
    unpaid = {
        owed["set"]
        for number, owed in obligations.items()
        if not owed["history"] and owed["fen"] > withdrawn[number] + set_off[number] + gone[number]
    }
    owed_back = {
        back["set"]
        for number, back in receivables.items()
        if back["fen"] > recovered[number]["money"] + recovered[number]["set_off"]
    }
    return unpaid & owed_back
