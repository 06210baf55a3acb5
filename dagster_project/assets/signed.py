"""What officers do after the run: reported from the commands, so that lineage goes on beyond the files."""

import dagster as dg

SIGNED = {
    "approved": (
        "batch",
        "复核人批准:签的是批次内容摘要,内容一变批准即失效。 Approval of the batches' content digest.",
    ),
    "released": ("approved", "发放人放行:不可撤回,此后文件交银行。 One-way release of the files to the bank."),
}


def signed_assets(cycles: dg.PartitionsDefinition[str]) -> list[dg.AssetSpec]:
    """Assets that only commands move."""
    return [
        dg.AssetSpec(name, deps=[before], description=text, group_name=name, partitions_def=cycles)
        for name, (before, text) in SIGNED.items()
    ]
