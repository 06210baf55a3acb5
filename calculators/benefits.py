"""The nine calculators by benefit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from calculators.disability_care_subsidy import disability_care_subsidy
from calculators.disability_living_subsidy import disability_living_subsidy
from calculators.elder_care_subsidy import elder_care_subsidy
from calculators.elder_service_subsidy import elder_service_subsidy
from calculators.family_planning_support import family_planning_support
from calculators.hardship_elder_subsidy import hardship_elder_subsidy
from calculators.old_age_allowance import old_age_allowance
from calculators.tekun_care import tekun_care
from calculators.tekun_living import tekun_living
from contracts.codes import Benefit
from contracts.policy import BenefitRules

Calculator = Callable[[pl.LazyFrame, BenefitRules], pl.LazyFrame]

CALCULATORS: Mapping[Benefit, Calculator] = {
    Benefit.OLD_AGE_ALLOWANCE: old_age_allowance,
    Benefit.ELDER_SERVICE_SUBSIDY: elder_service_subsidy,
    Benefit.ELDER_CARE_SUBSIDY: elder_care_subsidy,
    Benefit.HARDSHIP_ELDER_SUBSIDY: hardship_elder_subsidy,
    Benefit.TEKUN_LIVING: tekun_living,
    Benefit.TEKUN_CARE: tekun_care,
    Benefit.DISABILITY_LIVING_SUBSIDY: disability_living_subsidy,
    Benefit.DISABILITY_CARE_SUBSIDY: disability_care_subsidy,
    Benefit.FAMILY_PLANNING_SUPPORT: family_planning_support,
}
