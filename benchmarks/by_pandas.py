"""The whole work of 新乡县 as a lean pandas script: people first, then month by month over arrays of their length.

`County.facts` gives the facts of a month, `entitled` what the law owes, `coordinated` what becomes of it. A month is
year × 12 + month. by_openfisca.py takes the same facts and has OpenFisca work out the law.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Frame = Any  # pandas' own types say little
Answer = dict[str, tuple[int, ...]]
CLAIMED = ("disability_living_subsidy", "disability_care_subsidy")
CARE_GROUP = ("elder_care_subsidy", "disability_care_subsidy")
SEVERITY = {"tekun": 1, "dibao": 2, "margin": 3, "expense_hardship": 4}
CARE = {"able": 1, "half": 2, "full": 3}


def read(home: Path, register: str, *columns: str, **given: object) -> Frame:
    """Some columns of a register."""
    return pd.read_parquet(
        home / f"{register}.parquet", columns=["person_no", *columns], dtype_backend="pyarrow", **given
    )


def _number(day: Frame, missing: int) -> Frame:
    """Year × 12 + month, and something else where there is no day."""
    return (day.dt.year * 12 + day.dt.month).fillna(missing).to_numpy(dtype="int64")


class County:
    """The registers of a county, each row with its months, the strongest row of a person first; and who may be owed."""

    def __init__(self, home: Path, county: str, last_year: int) -> None:
        low = read(
            home,
            "low_income",
            "category",
            "area",
            "self_care",
            "is_recipient",
            "confirmed_on",
            "from_month",
            "to_month",
        )
        began = _number(low["from_month"], 0)
        low["since"] = np.where(began > 0, began, _number(low["confirmed_on"], -1) + 1)
        low["until"] = _number(low["to_month"], 999_999)
        low["severity"] = low["category"].astype(str).map(SEVERITY)
        low["care"] = low["self_care"].astype(str).map(CARE).fillna(0)
        low["area"] = low["area"].astype(str)
        self.low = low.sort_values(["severity", "since", "care", "area"], ascending=[True, False, False, False])

        grade = read(home, "disability", "grade", "needs_long_term_care", "issued_on", "expires_on", "cancelled_on")
        grade["since"] = _number(grade["issued_on"], 0)
        grade["until"] = np.minimum(_number(grade["expires_on"], 999_999), _number(grade["cancelled_on"], 999_999))
        self.disability = grade.sort_values(["grade", "issued_on"], ascending=[True, False])

        ability = read(
            home, "ability", "level", "assessed_on", "valid_until", "is_unable", "unable_from_month", "unable_to_month"
        )
        ability["since"], ability["until"] = (
            _number(ability["assessed_on"], 0),
            _number(ability["valid_until"], 999_999),
        )
        assessed = ability[ability["level"].notna()]
        self.assessed = assessed.sort_values(["assessed_on", "level"], ascending=False)
        unable = ability[ability["is_unable"].fillna(False)].copy()
        told = _number(unable["unable_from_month"], 0)
        unable["since"] = np.where(told > 0, told, unable["since"])
        unable["until"] = _number(unable["unable_to_month"], 999_999)
        self.unable = unable

        special = read(home, "family_planning", "from_month", "to_month")
        special["since"], special["until"] = _number(special["from_month"], 0), _number(special["to_month"], 999_999)
        self.special = special

        elders = read(
            home, "population", "birth_date", "division_code", "moved_in_on", "moved_out_on", "died_on",
            filters=[("birth_date", "<=", pd.Timestamp(last_year - 60, 12, 31).date())],
        )  # fmt: skip
        listed = pd.concat([low["person_no"], grade["person_no"], special["person_no"]]).unique()
        born = elders["birth_date"].dt.year
        elders = elders[(born <= last_year - 80) | elders["person_no"].isin(listed)]
        self.born, self.died = _number(elders["birth_date"], 0), _number(elders["died_on"], 999_999)
        self.came, self.gone = _number(elders["moved_in_on"], -1) + 1, _number(elders["moved_out_on"], 999_999)
        self.is_back = (elders["moved_out_on"] < elders["moved_in_on"]).fillna(False).to_numpy(dtype=bool)
        self.is_here = (elders["division_code"].str[:6] == county).to_numpy(dtype=bool)
        self.people, self.place = np.unique(elders["person_no"].to_numpy(dtype="int64"), return_inverse=True)
        for rows in ("low", "disability", "assessed", "unable", "special"):
            setattr(self, rows, self._of_people(getattr(self, rows)))
        everybody = len(self.people)
        self.birth, self.death = np.full(everybody, 999_999), np.full(everybody, 999_999)
        np.minimum.at(self.birth, self.place, self.born)
        np.minimum.at(self.death, self.place, self.died)

    def _of_people(self, rows: Frame) -> Frame:
        number = rows["person_no"].to_numpy(dtype="int64")
        place = np.searchsorted(self.people, number).clip(max=len(self.people) - 1)
        return rows.assign(place=place)[self.people[place] == number]

    def facts(self, month: int) -> Frame:
        """A row for each person who may be owed something in the month, by place."""
        here = self.is_here & np.where(
            self.is_back, (month >= self.came) | (month <= self.gone), (month >= self.came) & (month <= self.gone)
        )
        is_registered = np.zeros(len(self.people), dtype=bool)
        is_registered[self.place[here]] = True
        age = (month - self.birth) // 12
        kept = np.flatnonzero(is_registered & (self.death >= month) & (age >= 60))

        def running(rows: Frame) -> Frame:
            return rows[(rows["since"] <= month) & (rows["until"] >= month)]

        def of(rows: Frame, *columns: str) -> Frame:
            return rows.drop_duplicates("place").set_index("place")[list(columns)].reindex(kept)

        low_rows, grade_rows = running(self.low), running(self.disability)
        low, grade = of(low_rows, "category", "area", "care"), of(grade_rows, "grade")
        recipients = low_rows.loc[(low_rows["category"] == "dibao") & low_rows["is_recipient"].fillna(False), "place"]
        best = grade_rows.groupby("place")["grade"].transform("min") == grade_rows["grade"]
        needing = grade_rows.loc[best & grade_rows["needs_long_term_care"].fillna(False), "place"]
        category, number = low["category"].astype(str).to_numpy(), grade["grade"].fillna(9).to_numpy(dtype="int64")
        is_unable = np.isin(kept, running(self.unable)["place"])
        level = of(running(self.assessed), "level")["level"].fillna(0).to_numpy(dtype="int64")
        return {
            "place": kept,
            "person_no": self.people[kept],
            "age": age[kept],
            "is_tekun": category == "tekun",
            "is_dibao": category == "dibao",
            "is_dibao_person": (category == "dibao") & np.isin(kept, recipients),
            "area": low["area"].astype(str).map({"urban": 1, "rural": 2}).fillna(0).to_numpy(dtype="int64"),
            "care": low["care"].fillna(0).to_numpy(dtype="int64"),
            "grade": number,
            "needs_care": np.isin(kept, needing),
            "is_unable": is_unable,
            "is_limited": is_unable | (level >= 2),
            "is_special": np.isin(kept, running(self.special)["place"]),
        }


def owed(known: Frame) -> Iterator[tuple[str, Frame, Frame, Frame]]:
    """Each benefit: who qualifies, how much (fen, −1 where nobody set it), and who is excluded."""
    age, is_tekun, grade = known["age"], known["is_tekun"], known["grade"]
    nobody, everybody = np.zeros(len(age), dtype=bool), np.ones(len(age), dtype="int64")
    yield "old_age_allowance", age >= 80, np.select([age < 90, age < 100], [5_000, 10_000], 30_000), nobody
    special = known["is_special"] & ((age >= 80) | known["is_limited"] | (grade < 9))
    yield "elder_service_subsidy", is_tekun | known["is_dibao_person"] | special, everybody * 6_000, is_tekun
    yield "elder_care_subsidy", known["is_dibao_person"] & known["is_unable"], everybody * 6_000, nobody
    yield "tekun_living", is_tekun, np.array([-1, 81_900, 54_600])[known["area"]], nobody
    yield "tekun_care", is_tekun, np.array([-1, 7_500, 33_400, 66_700])[known["care"]], nobody
    yield "disability_living_subsidy", known["is_dibao"] & (grade < 9), everybody * 7_500, nobody
    yield "disability_care_subsidy", known["needs_care"] & (grade <= 2), everybody * 7_500, is_tekun


def entitled(home: Path, county: str, months: Sequence[int]) -> Frame:
    """What the law owes: a row per person, benefit and month."""
    registers = County(home, county, (months[-1] - 1) // 12)
    rows = []
    for month in months:
        known = registers.facts(month)
        for benefit, qualifies, fen, is_excluded in owed(known):
            rows.append((benefit, month, known["person_no"][qualifies], fen[qualifies], is_excluded[qualifies]))
    return as_frame(rows)


def as_frame(rows: Sequence[tuple[str, int, Frame, Frame, Frame]]) -> Frame:
    """Arrays of each benefit and month as one frame."""
    lengths = [len(people) for _, _, people, _, _ in rows]
    names = sorted({benefit for benefit, *_ in rows})
    codes = np.repeat([names.index(benefit) for benefit, *_ in rows], lengths)
    return pd.DataFrame(
        {
            "person_no": np.concatenate([people for _, _, people, _, _ in rows]),
            "benefit": pd.Categorical.from_codes(codes, names),
            "month": np.repeat([month for _, month, *_ in rows], lengths),
            "would_be_fen": np.concatenate([fen for *_, fen, _ in rows]),
            "is_excluded": np.concatenate([is_excluded for *_, is_excluded in rows]),
        }
    )


def coordinated(rows: Frame, home: Path, months: Sequence[int]) -> Frame:
    """Outcome and amount of every row: exclusions, claims, suspensions and the choice of the higher."""
    outcome = np.full(len(rows), "ENTITLED", dtype=object)
    outcome[rows["would_be_fen"].to_numpy() < 0] = "STANDARD_NOT_SET"
    outcome[_suspended(rows, home, months[-1])] = "SUSPENDED"
    outcome[_not_claimed(rows, home)] = "NOT_CLAIMED"
    outcome[rows["is_excluded"].to_numpy()] = "EXCLUDED"

    care = rows[(outcome == "ENTITLED") & rows["benefit"].isin(CARE_GROUP).to_numpy()]
    both = care[care.duplicated(["person_no", "month"], keep=False)]
    both = both.assign(name=both["benefit"].astype(str), is_chosen=_chosen(both, home))
    ranked = both.sort_values(["is_chosen", "would_be_fen", "name"], ascending=[False, False, True])
    outcome[ranked.index[ranked.duplicated(["person_no", "month"])]] = "LOST_TO_HIGHER"
    amount = np.where(outcome == "ENTITLED", rows["would_be_fen"], 0)
    return rows.assign(outcome=pd.Categorical(outcome), amount_fen=amount)


def _chosen(rows: Frame, home: Path) -> Frame:
    choice = read(home, "choice", "group", "benefit", "from_month")
    choice = choice[choice["group"].astype(str) == "care"]
    told = choice.assign(since=_number(choice["from_month"], 0), chosen=choice["benefit"].astype(str))
    told = told[["person_no", "chosen", "since"]].astype({"person_no": "int64"})
    met = rows.reset_index().merge(told, on="person_no")
    met = met[met["since"] <= met["month"]].sort_values("since", ascending=False).drop_duplicates("index")
    return rows["benefit"].astype(str) == met.set_index("index")["chosen"].reindex(rows.index)


def _not_claimed(rows: Frame, home: Path) -> Frame:
    claim = read(home, "claim", "benefit", "claimed_on", "approved_on")
    claim = claim[claim["approved_on"].notna()].assign(benefit=lambda told: told["benefit"].astype(str))
    claim["since"] = _number(claim["claimed_on"], 0)
    since = claim.groupby(["person_no", "benefit"], as_index=False)["since"].min().astype({"person_no": "int64"})
    needing = rows.loc[rows["benefit"].isin(CLAIMED), ["person_no", "benefit", "month"]].astype({"benefit": str})
    told = needing.reset_index().merge(since, on=["person_no", "benefit"], how="left")
    return told.loc[~(told["since"] <= told["month"]), "index"].to_numpy()


def _suspended(rows: Frame, home: Path, pay_month: int) -> Frame:
    told = read(home, "suspension", "benefit", "from_month", "to_month", "back_pay")
    since, until = _number(told["from_month"], 0), _number(told["to_month"], 999_999)
    told = told.assign(since=since, until=until, of=told["benefit"].astype(str)).astype({"person_no": "int64"})
    told = told[~(told["back_pay"].fillna(False).to_numpy(dtype=bool) & (until < pay_month))]
    touched = rows[rows["person_no"].isin(told["person_no"])].reset_index()
    met = touched.merge(told[["person_no", "of", "since", "until"]], on="person_no")
    runs = (met["since"] <= met["month"]) & (met["until"] >= met["month"])
    return met.loc[
        runs & ((met["of"] == met["benefit"].astype(str)) | ~met["of"].str.contains("_")), "index"
    ].to_numpy()


def totals(rows: Frame) -> Answer:
    """Rows, fen owed before coordination and after it, by benefit and outcome."""
    told = rows.assign(would_be_fen=rows["would_be_fen"].clip(lower=0)).groupby(["benefit", "outcome"], observed=True)
    found = told.agg(rows=("month", "size"), would_be=("would_be_fen", "sum"), amount=("amount_fen", "sum"))
    return {" ".join(name): tuple(map(int, sums)) for name, *sums in found.itertuples()}


def worked_out(home: Path, county: str, months: Sequence[int]) -> Answer:
    """The whole work; its totals."""
    return totals(coordinated(entitled(home, county, months), home, months))
