"""The whole work of 新乡县 as SQL that DuckDB and Spark both read: facts, what the law owes, and what becomes of it.

Every step is a query over the accepted registers and the steps before it; a month is year × 12 + month. The law is
written out as a county's own script would have it: amounts and ages as numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

SEVERITY = "CASE category WHEN 'tekun' THEN 1 WHEN 'dibao' THEN 2 WHEN 'margin' THEN 3 ELSE 4 END"
CARE = "CASE self_care WHEN 'full' THEN 3 WHEN 'half' THEN 2 WHEN 'able' THEN 1 END"


def steps(county: str, months: Sequence[int]) -> dict[str, str]:
    """Name of the table → query, in order; the last is every row with its outcome."""
    window = f"(SELECT m FROM (VALUES {', '.join(f'({month})' for month in months)}) AS listed(m))"
    last = (months[-1] - 1) // 12
    return {
        "facts": _facts(county, window, last),
        "entitled": ENTITLED,
        "coordinated": _coordinated(window, months[-1]),
    }


def _number(day: str) -> str:
    return f"(year({day}) * 12 + month({day}))"


def _facts(county: str, window: str, last_year: int) -> str:
    began = f"COALESCE({_number('from_month')}, {_number('confirmed_on')} + 1)"
    return f"""
    WITH listed AS (
        SELECT person_no FROM low_income UNION SELECT person_no FROM disability
        UNION SELECT person_no FROM family_planning),
    spells AS (
        SELECT person_no, {_number("birth_date")} AS born, {_number("died_on")} AS died,
            left(division_code, 6) = '{county}' AS is_here,
            COALESCE({_number("moved_in_on")} + 1, 0) AS came, COALESCE({_number("moved_out_on")}, 999999) AS gone,
            COALESCE(moved_out_on < moved_in_on, FALSE) AS is_back
        FROM population WHERE year(birth_date) <= {last_year - 60}
            AND (year(birth_date) <= {last_year - 80} OR person_no IN (SELECT person_no FROM listed))),
    alive AS (
        SELECT person_no, m, min(CAST(floor((m - born) / 12) AS INT)) AS age
        FROM spells CROSS JOIN {window} AS months
        GROUP BY person_no, m
        HAVING COALESCE(min(died) >= m, TRUE) AND min(m - born) >= 720
            AND bool_or(is_here AND CASE WHEN is_back THEN m >= came OR m <= gone ELSE m >= came AND m <= gone END)),
    low AS (
        SELECT * FROM (
            SELECT person_no, m, category, area, self_care,
                bool_or(is_recipient) OVER (PARTITION BY person_no, m, category) AS is_recipient,
                row_number() OVER (PARTITION BY person_no, m ORDER BY {SEVERITY}, {began} DESC NULLS LAST,
                    {CARE} DESC NULLS LAST, area DESC NULLS LAST) AS place
            FROM low_income JOIN {window} AS months
                ON m >= COALESCE({began}, 0) AND m <= COALESCE({_number("to_month")}, 999999)
            WHERE person_no IN (SELECT person_no FROM spells)) AS ranked
        WHERE place = 1),
    disabled AS (
        SELECT * FROM (
            SELECT person_no, m, grade,
                bool_or(needs_long_term_care) OVER (PARTITION BY person_no, m, grade) AS needs_care,
                row_number() OVER (PARTITION BY person_no, m ORDER BY grade, issued_on DESC NULLS LAST) AS place
            FROM disability JOIN {window} AS months ON m >= COALESCE({_number("issued_on")}, 0)
                AND m <= COALESCE({_number("expires_on")}, 999999)
                AND m <= COALESCE({_number("cancelled_on")}, 999999)
            WHERE person_no IN (SELECT person_no FROM spells)) AS ranked
        WHERE place = 1),
    assessed AS (
        SELECT * FROM (
            SELECT person_no, m, level, row_number() OVER (
                PARTITION BY person_no, m ORDER BY assessed_on DESC NULLS LAST, level DESC) AS place
            FROM ability JOIN {window} AS months ON m >= COALESCE({_number("assessed_on")}, 0)
                AND m <= COALESCE({_number("valid_until")}, 999999)
            WHERE level IS NOT NULL) AS ranked
        WHERE place = 1),
    unable AS (
        SELECT DISTINCT person_no, m FROM ability JOIN {window} AS months
            ON m >= COALESCE({_number("unable_from_month")}, {_number("assessed_on")}, 0)
            AND m <= COALESCE({_number("unable_to_month")}, 999999)
        WHERE is_unable),
    special AS (
        SELECT DISTINCT person_no, m FROM family_planning JOIN {window} AS months
            ON m >= COALESCE({_number("from_month")}, 0) AND m <= COALESCE({_number("to_month")}, 999999))
    SELECT alive.person_no, alive.m, age, category, area, self_care,
        COALESCE(category = 'tekun', FALSE) AS is_tekun, COALESCE(category = 'dibao', FALSE) AS is_dibao,
        COALESCE(category = 'dibao' AND is_recipient, FALSE) AS is_dibao_person,
        grade, COALESCE(needs_care, FALSE) AS needs_care, unable.m IS NOT NULL AS is_unable,
        special.m IS NOT NULL AS is_special, unable.m IS NOT NULL OR COALESCE(level >= 2, FALSE) AS is_limited
    FROM alive
    LEFT JOIN low ON low.person_no = alive.person_no AND low.m = alive.m
    LEFT JOIN disabled ON disabled.person_no = alive.person_no AND disabled.m = alive.m
    LEFT JOIN assessed ON assessed.person_no = alive.person_no AND assessed.m = alive.m
    LEFT JOIN unable ON unable.person_no = alive.person_no AND unable.m = alive.m
    LEFT JOIN special ON special.person_no = alive.person_no AND special.m = alive.m"""


ENTITLED = """
    SELECT person_no, m, 'old_age_allowance' AS benefit, FALSE AS is_excluded,
        CASE WHEN age < 90 THEN 5000 WHEN age < 100 THEN 10000 ELSE 30000 END AS would_be_fen
    FROM facts WHERE age >= 80
    UNION ALL SELECT person_no, m, 'elder_service_subsidy', is_tekun, 6000 FROM facts
    WHERE is_tekun OR is_dibao_person OR (is_special AND (age >= 80 OR is_limited OR grade IS NOT NULL))
    UNION ALL SELECT person_no, m, 'elder_care_subsidy', FALSE, 6000 FROM facts WHERE is_dibao_person AND is_unable
    UNION ALL SELECT person_no, m, 'tekun_living', FALSE,
        CASE area WHEN 'urban' THEN 81900 WHEN 'rural' THEN 54600 END FROM facts WHERE is_tekun
    UNION ALL SELECT person_no, m, 'tekun_care', FALSE,
        CASE self_care WHEN 'able' THEN 7500 WHEN 'half' THEN 33400 WHEN 'full' THEN 66700 END FROM facts WHERE is_tekun
    UNION ALL SELECT person_no, m, 'disability_living_subsidy', FALSE, 7500
    FROM facts WHERE is_dibao AND grade IS NOT NULL
    UNION ALL SELECT person_no, m, 'disability_care_subsidy', is_tekun, 7500 FROM facts WHERE needs_care AND grade <= 2
"""


def _coordinated(window: str, pay_month: int) -> str:
    return f"""
    WITH claimed AS (
        SELECT person_no, benefit, min({_number("claimed_on")}) AS since
        FROM claim WHERE approved_on IS NOT NULL GROUP BY person_no, benefit),
    suspended AS (
        SELECT DISTINCT s.person_no, e.benefit, months.m
        FROM suspension AS s JOIN {window} AS months
            ON months.m >= COALESCE({_number("from_month")}, 0) AND months.m <= COALESCE({_number("to_month")}, 999999)
        JOIN entitled AS e ON e.person_no = s.person_no AND e.m = months.m
            AND e.benefit = COALESCE(s.benefit, e.benefit)
        WHERE NOT COALESCE(back_pay AND {_number("to_month")} < {pay_month}, FALSE)),
    judged AS (
        SELECT e.person_no, e.m, e.benefit, would_be_fen,
            CASE WHEN is_excluded THEN 'EXCLUDED'
                WHEN e.benefit IN ('disability_living_subsidy', 'disability_care_subsidy')
                    AND NOT COALESCE(e.m >= since, FALSE) THEN 'NOT_CLAIMED'
                WHEN s.m IS NOT NULL THEN 'SUSPENDED'
                WHEN would_be_fen IS NULL THEN 'STANDARD_NOT_SET' END AS ruled_out
        FROM entitled AS e
        LEFT JOIN claimed ON claimed.person_no = e.person_no AND claimed.benefit = e.benefit
        LEFT JOIN suspended AS s ON s.person_no = e.person_no AND s.benefit = e.benefit AND s.m = e.m),
    chosen AS (
        SELECT person_no, m, benefit FROM (
            SELECT person_no, m, benefit, row_number() OVER (
                PARTITION BY person_no, m ORDER BY from_month DESC NULLS LAST, benefit) AS place
            FROM choice JOIN {window} AS months ON m >= COALESCE({_number("from_month")}, 0)
            WHERE "group" = 'care') AS ranked
        WHERE place = 1),
    won AS (
        SELECT person_no, m, benefit AS winner FROM (
            SELECT judged.person_no, judged.m, judged.benefit, row_number() OVER (
                PARTITION BY judged.person_no, judged.m ORDER BY chosen.m IS NULL, would_be_fen DESC, judged.benefit
            ) AS place
            FROM judged LEFT JOIN chosen ON chosen.person_no = judged.person_no AND chosen.m = judged.m
                AND chosen.benefit = judged.benefit
            WHERE ruled_out IS NULL
                AND judged.benefit IN ('elder_care_subsidy', 'disability_care_subsidy')) AS ranked
        WHERE place = 1),
    decided AS (
        SELECT judged.person_no, judged.m, judged.benefit, would_be_fen,
            CASE WHEN ruled_out IS NOT NULL THEN ruled_out
                WHEN judged.benefit IN ('elder_care_subsidy', 'disability_care_subsidy') AND winner <> judged.benefit
                THEN 'LOST_TO_HIGHER' ELSE 'ENTITLED' END AS outcome, winner
        FROM judged LEFT JOIN won ON won.person_no = judged.person_no AND won.m = judged.m)
    SELECT person_no, m, benefit, outcome, would_be_fen,
        CASE outcome WHEN 'ENTITLED' THEN would_be_fen WHEN 'STANDARD_NOT_SET' THEN NULL ELSE 0 END AS amount_fen,
        CASE outcome WHEN 'LOST_TO_HIGHER' THEN winner END AS winner
    FROM decided"""


TOTALS = """
    SELECT benefit, outcome, count(*), CAST(COALESCE(sum(would_be_fen), 0) AS BIGINT),
        CAST(COALESCE(sum(amount_fen), 0) AS BIGINT)
    FROM coordinated GROUP BY benefit, outcome"""
