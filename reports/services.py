"""政策找人: who may have which service of the list, as far as the registers decide.

In     accepted registers, the county's rules and service items, the month
Out    contracts.tables.ServiceExport, in the order of the list, then of township, village and identity number
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

import calculators
from calculators.conditions import compiled
from contracts.columns import polars_schema
from contracts.policy import Rules, ServiceRule
from contracts.tables import ServiceExport


def roster(
    registers: calculators.Registers,
    rules: Rules,
    services: Sequence[ServiceRule],
    month: date,
    identities: pl.DataFrame,
) -> pl.DataFrame:
    """One row per item and person who may have it in the month. `identities`: person_no, person_id."""
    scope = calculators.Scope(rules.county, (month,), month)
    population = registers["population"]
    facts = calculators.facts(registers, rules, scope, population.select("person_no")).collect().lazy()
    items = [
        facts.filter(compiled(service.when)).select(
            "person_no",
            place=pl.lit(place),
            list_item=pl.lit(service.list_item),
            item_id=pl.lit(service.item_id),
            item_name=pl.lit(service.name),
            clause=pl.lit(service.source),
        )
        for place, service in enumerate(services)
    ]
    columns = polars_schema(ServiceExport)
    if not items:
        return pl.DataFrame(schema=columns)
    homes = population.unique("person_no", keep="last", maintain_order=True)
    return (
        pl.concat(items)
        .join(homes.select("person_no", "name", "township", "village"), on="person_no", how="left")
        .join(identities.lazy(), on="person_no", how="left")
        .sort("place", "township", "village", "person_id")
        .select(pl.col(name).cast(dtype) for name, dtype in columns.items())
        .collect()
    )
