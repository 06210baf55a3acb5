"""What a run was made from: enough to make it again.

Its digest names the folder in store/ and binds the stages together.
"""

from __future__ import annotations

import hashlib
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from contracts.months import add_months, months_between
from contracts.settings import CurrentList


class RegisterInput(BaseModel):
    """One register as this run takes it."""

    model_config = ConfigDict(frozen=True)

    name: str
    file_name: str = ""  # empty: never received
    file_digest: str = ""  # SHA-256 of the bytes as received
    inbox_month: str = ""  # "YYYY-MM" it was handed in for
    carried_months: int = 0  # how many months old it is
    # of the county's layout it is read with; absent where there is none, so that manifests of before keep their digest
    layout_digest: str = Field("", exclude_if=lambda digest: not digest)
    # of the parts it is handed in as, those without a file of the pay month
    lacking: tuple[str, ...] = Field((), exclude_if=lambda parts: not parts)
    # how a bare list of today's people becomes months; absent where the register says its months itself
    current_list: CurrentList | None = Field(None, exclude_if=lambda rule: rule is None)

    @property
    def is_new(self) -> bool:
        """Whether a file was handed in for the pay month itself, of a register in parts one of each."""
        return bool(self.file_digest) and not self.carried_months and not self.lacking


class Manifest(BaseModel):
    """The inputs and settings of one run of one county's pay month."""

    model_config = ConfigDict(frozen=True)

    county: str
    pay_month: date
    known_on: date
    go_live_month: date
    lookback_months: int
    pack_digest: str
    registers: tuple[RegisterInput, ...]
    decisions_digest: str = ""  # what officers have decided of register gaps
    # of which numbers are one person's; absent where nobody decided any, so that manifests of before keep their digest
    identity_digest: str = Field("", exclude_if=lambda digest: not digest)
    previous_month: date | None = None  # the manifest whose accepted rows stand where this one's have gaps
    previous_digest: str = ""

    def digest(self) -> str:
        """SHA-256 over the canonical JSON of everything above."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def given(self, register: str) -> RegisterInput:
        """A register or match list as this run takes it; one without a file where it was never received."""
        return next((item for item in self.registers if item.name == register), RegisterInput(name=register))

    def window(self) -> list[date]:
        """The benefit months that may be posted: `lookback_months` ending with the pay month, not before go-live."""
        first = max(add_months(self.pay_month, 1 - self.lookback_months), self.go_live_month)
        return months_between(first, self.pay_month)

    def computed_months(self) -> list[date]:
        """The window and the twelve months before it (not before go-live), where differences are only listed."""
        first = max(add_months(self.pay_month, 1 - self.lookback_months - 12), self.go_live_month)
        return months_between(first, self.pay_month)
