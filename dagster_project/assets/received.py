"""收件:运行清单。"""

from datetime import date

import dagster as dg

from contracts.codes import OfficerRole
from dagster_project.assets.build import told
from dagster_project.guard import guarded
from dagster_project.partitions import read_key
from dagster_project.resources.month_home import MonthHome
from month import steps
from month.month import Choices, system_user
from month.officers import require


class RunChoices(dg.Config):
    """What the person who starts a run may say. 空项取默认。"""

    known_on: str = ""
    maker: str = ""
    override_by: str = ""
    override_reason: str = ""


def manifest_asset(cycles: dg.PartitionsDefinition[str]) -> dg.AssetsDefinition:
    """The root of the graph."""

    @dg.asset(group_name="received", partitions_def=cycles, kinds={"json"})
    def manifest(
        context: dg.AssetExecutionContext, config: RunChoices, month_home: MonthHome
    ) -> dg.MaterializeResult[None]:
        """运行清单:本次运行所用的各名册、政策包、知悉日;其摘要把以后每一步绑在一起。

        已发放过更晚月份时,按当时存档的清单重算核对,不入账。
        What this run is made from; its digest binds every later step. Months before the newest are taken as stored.
        """
        county, pay_month = read_key(context.partition_key)
        with guarded("manifest", month_home.home):
            choices = Choices(
                maker=config.maker or month_home.home.settings().of(county).run_as,
                system_user=system_user(),
                override_by=config.override_by,
                override_reason=config.override_reason,
            )
            require(month_home.home, choices.maker, OfficerRole.MAKER, county, "run")
            known_on = date.fromisoformat(config.known_on) if config.known_on else date.today()  # noqa: DTZ011 the county's own day
            month = month_home.begin(county, pay_month, known_on, choices)
            return dg.MaterializeResult(
                metadata={
                    **told(steps.begun(month)),
                    "清单摘要": month.manifest.digest(),
                    "政策包摘要": month.manifest.pack_digest,
                    "知悉日": month.manifest.known_on.isoformat(),
                    "重算核对(不入账)": month.is_replay,
                }
            )

    return manifest
