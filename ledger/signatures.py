"""Which system users signed a month under several names: two signatures from one login are one hand, perhaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlalchemy import Connection, select

from contracts.codes import BatchEvent, SignatureStep
from contracts.months import month_text
from ledger.book import read_frame
from ledger.tables import approval, batch, batch_event, cycle

SIGNED = {SignatureStep.MADE: "经办", SignatureStep.APPROVED: "复核", SignatureStep.RELEASED: "发放"}
KEYS = ["county", "pay_month", "system_user"]


@dataclass(frozen=True)
class OneLogin:
    """A system user under which a month's batches were signed in several roles. `signed`: role and name, in order."""

    county: str
    pay_month: str
    system_user: str
    signed: tuple[tuple[str, str], ...]

    @property
    def told(self) -> str:
        """In an officer's words."""
        names = "、".join(f"{role} {name}".strip() for role, name in self.signed)
        return f"{self.county} {self.pay_month}:{names} 用的是同一个系统用户 {self.system_user}"


def one_login(
    conn: Connection, county: str | None = None, pay_month: date | None = None, *, now_at: str = ""
) -> list[OneLogin]:
    """Every system user that signed a month's standing batches in more than one role. Read-only.

    `now_at`: the system user at which what waits is about to be signed; it counts as one more signature.
    """
    voided = select(batch_event.c.batch_id).where(batch_event.c.event == BatchEvent.VOIDED.value)
    c = approval.c
    signed = (
        select(cycle.c.county, cycle.c.pay_month, c.system_user, c.step, c.officer)
        .select_from(approval.join(batch).join(cycle))
        .where(c.batch_id.not_in(voided), c.step.in_([step.value for step in SIGNED]))
        .distinct()
    )
    if county is not None:
        signed = signed.where(cycle.c.county == county)
    if pay_month is not None:
        signed = signed.where(cycle.c.pay_month == month_text(pay_month))
    rows = read_frame(conn, signed)
    order = pl.col("step").replace_strict({step.value: place for place, step in enumerate(SIGNED)})
    found = []
    for key, of_user in rows.sort(*KEYS, order, "officer").group_by(KEYS, maintain_order=True):
        names = [(SIGNED[SignatureStep(step)], name) for step, name in of_user.select("step", "officer").iter_rows()]
        if now_at and now_at == key[2]:
            names.append(("现在要签的", ""))
        if len({role for role, _ in names}) > 1:
            found.append(OneLogin(str(key[0]), f"{key[1]:%Y-%m}", str(key[2]), tuple(names)))
    return found
