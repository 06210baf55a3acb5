"""What officers do after the run: reported from the commands, so that lineage goes on beyond the files."""

import dagster as dg

SIGNED = {
    "approved": (
        "batch",
        "复核人批准:签的是批次内容摘要,内容一变批准即失效。 Approval of the batches' content digest.",
    ),
    "released": ("approved", "发放人放行:不可撤回,此后文件交银行。 One-way release of the files to the bank."),
    "answered": ("released", "读入回盘:到账、退票、待查,逐条记账。 The bank's answers, line by line."),
    "closed": ("answered", "结账封存:本期各表的摘要与上期封存相连,此后不再改动。 The month's cycles, sealed."),
}


def signed_assets(cycles: dg.PartitionsDefinition[str]) -> list[dg.AssetSpec]:
    """Assets that only commands move."""
    return [
        dg.AssetSpec(name, deps=[before], description=text, group_name=name, partitions_def=cycles)
        for name, (before, text) in SIGNED.items()
    ]
