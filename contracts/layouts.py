"""The layout of a county's own file: which sheet, which rows are the header, which of its columns is which of ours.

`layouts/<county>/<register>.yaml` of the home. Columns of ours are named by their Chinese header or their name, columns
of the county by their header's text, or by their letter (`H列`) where the text is no name of one column.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from contracts.strict_yaml import Whole

EVERY = "全部"


class Strict(BaseModel):
    """A section that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Household(Strict):
    """One row is a household: `columns` are the applicant's, and each member has columns of his own further right.

    `members`: for each place where a member may stand, our column → the county's; `name` may stand there to tell that
    the place is taken. `carried`: columns of the applicant that hold for every member.
    """

    members: tuple[dict[str, str], ...] = Field(min_length=1)
    carried: tuple[str, ...] = ()


class Layout(Strict):
    """A layout as written.

    `sheet`: name, or number among the visible sheets with content; several of them, or EVERY. `header_rows`: rows of
    the file, from 1; found by names where not given. `columns`: ours → the county's. `words`: our column → the county's
    word → ours (nothing: an empty cell). `defaults`: our column → what every row says that has no such column (nothing:
    it stays empty, and is not missed).
    """

    register_name: str = Field(alias="register")
    sheet: str | tuple[str, ...] = ""
    header_rows: tuple[Whole, ...] = ()
    columns: dict[str, str] = Field(default_factory=dict)
    words: dict[str, dict[str, str | None]] = Field(default_factory=dict)
    defaults: dict[str, str | None] = Field(default_factory=dict)
    one_row_per_household: Household | None = None

    @property
    def sheets(self) -> tuple[str, ...]:
        """The sheets named, in order; none where the only fitting one is meant."""
        named = (self.sheet,) if isinstance(self.sheet, str) else self.sheet
        return tuple(name for name in named if name)
