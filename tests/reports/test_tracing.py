"""A register row as an officer reads it, without a whole number of anybody."""

import polars as pl

from contracts.registers import accepted_schema
from reports.tracing import row_told
from tests.calculators import building

ELDER = "990721194003050017"


def test_a_disability_certificate_begins_with_the_identity_number_and_is_shown_in_part():
    row = {**building.USUAL_ROW["disability"], "certificate_no": f"{ELDER}42", "person_no": 1}
    place = {"source_file": "disability.csv", "source_sheet": "", "source_row": 2}
    told = row_told("disability", pl.DataFrame([{**row, **place}], schema=accepted_schema("disability")))
    assert told.cells["残疾证号"] == "…1742"
