"""When a register is stopped before it does damage: too many of its rows refused, or too many of its people gone.

StoppedError with the counts. An officer who accepts that very file by name and reason goes on without these checks.
"""

from __future__ import annotations

import polars as pl

from contracts.errors import StoppedError
from contracts.registers import label_of
from contracts.settings import CountySettings
from intake.accepting import Accepted


def check_refused(accepted: Accepted, settings: CountySettings) -> None:
    """Stop where too large a share of a register's data rows was refused."""
    data_rows, refused = accepted.rows_in - accepted.rows_listed, accepted.rows_refused
    if refused >= settings.refused_stop_at_least and refused * 1000 > settings.refused_stop_per_mille * data_rows:
        raise StoppedError(
            f"“{label_of(accepted.register)}”名册:{data_rows} 行中有 {refused} 行被拒收,"
            f"超过千分之 {settings.refused_stop_per_mille}",
            _advice(accepted.register, "请查看拒收原因,更正后重新报送"),
        )


def check_shrink(register: str, rows: pl.DataFrame, previous: pl.DataFrame | None, settings: CountySettings) -> None:
    """Stop where too many of the people of the previous accepted rows have no row among `rows`, this month's accepted.

    Compare before `stand_in()`.
    """
    if previous is None or previous.is_empty():
        return
    key = "institution_id" if register == "institution" else "person_no"
    before = previous.select(key).unique()
    lost = before.join(rows, on=key, how="anti").height
    if lost >= settings.shrink_stop_at_least and lost * 1000 > settings.shrink_stop_per_mille * before.height:
        raise StoppedError(
            f"“{label_of(register)}”名册:上次 {before.height} 人,其中 {lost} 人本月没有可采用的行,"
            f"超过千分之 {settings.shrink_stop_per_mille}",
            _advice(register, "请核对名册是否完整"),
        )


def _advice(register: str, first: str) -> str:
    return (
        f"{first};核对无误仍要采用这个文件的,由经办人署名并写明理由:"
        f"disburse intake accept --register {register} --as 姓名 --reason 理由,然后重新运行"
    )
