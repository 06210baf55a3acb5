"""What officers do after the run, as assets without ops: reported by reporting.tell, so that lineage goes on."""

import dagster as dg

from contracts.codes import Act
from dagster_project.groups import group_of, told_of_group

ABOUT = {
    Act.APPROVED: "复核人批准:签的是批次内容摘要,内容一变批准即失效。 Approval of the batches' content digest.",
    Act.RELEASED: "发放人放行:不可撤回,此后文件交银行。 One-way release of the files to the bank.",
    Act.ANSWERED: "读入回盘:到账、退票、待查,逐条记账。 The bank's answers, line by line.",
    Act.CLOSED: "结账封存:本期各表的摘要与上期封存相连,此后不再改动。 The month's cycles, sealed.",
}
LAST_STAGE = "batch"


def signed_assets(cycles: dg.PartitionsDefinition[str]) -> list[dg.AssetSpec]:
    """Assets that only officers' acts move, in the order of the acts."""
    acts = list(Act.values())  # plain text: Dagster cannot send an enum's member to its web server
    before = dict(zip(acts, (LAST_STAGE, *acts), strict=False))
    return [
        dg.AssetSpec(
            act.value,
            deps=[before[act.value]],
            description=ABOUT[act],
            group_name=group_of(act),
            metadata=told_of_group(act),
            partitions_def=cycles,
        )
        for act in Act
    ]
