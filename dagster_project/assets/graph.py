"""The month's graph, stage by stage: accepted → facts → entitled → coordinated → posted → payable → batch."""

import dagster as dg

from contracts.codes import Benefit
from contracts.registers import REGISTER_LABELS, REGISTERS, accepted
from contracts.tables import Coordinated, Entitled, Facts, Payable, RefusedRow
from dagster_project import booking, steps
from dagster_project.assets.build import Step, stage_asset
from dagster_project.month import Counts, Month


def _accepting(register: str) -> Step:
    def step(month: Month) -> Counts:
        return steps.accept(month, register)

    return step


def _entitling(benefit: Benefit) -> Step:
    def step(month: Month) -> Counts:
        return steps.entitle(month, benefit)

    return step


def month_graph(cycles: dg.PartitionsDefinition[str]) -> list[dg.AssetsDefinition]:
    """Every asset between the manifest and the payment files."""
    registers = [
        stage_asset(
            f"accepted_{register}",
            _accepting(register),
            group="accepted",
            deps=["manifest"],
            description=f"收下的{REGISTER_LABELS[register]}名册:逐行核对,每行保留来源文件、工作表和行号。{model.__doc__}\n\n"
            f"The {register} register, row by row; refused rows are listed with reasons, never lost.",
            cycles=cycles,
            contract=accepted(register),
        )
        for register, model in REGISTERS.items()
    ]
    refused = stage_asset(
        "refused_rows",
        steps.list_refused,
        group="accepted",
        deps=[f"accepted_{register}" for register in REGISTERS],
        description=f"{RefusedRow.__doc__}\n\nWhat was refused and why; and people missing from the population.",
        cycles=cycles,
        contract=RefusedRow.to_schema(),
    )
    facts = stage_asset(
        "facts",
        steps.work_out_facts,
        group="facts",
        deps=[f"accepted_{r}" for r in ("population", "low_income", "disability", "ability", "family_planning")],
        description=f"{Facts.__doc__}\n\nWhat holds for each person in each month.",
        cycles=cycles,
        contract=Facts.to_schema(),
    )
    entitled = [
        stage_asset(
            f"entitled_{benefit}",
            _entitling(benefit),
            group="entitled",
            deps=["facts"],
            description=f"{benefit.label}:窗口内每人每月的应享金额,依政策包的条件与标准,尚未考虑兼领与择高。\n\n"
            f"What the law owes for each month of the window under {benefit.value}.",
            cycles=cycles,
            contract=Entitled.to_schema(),
        )
        for benefit in Benefit
    ]
    coordinated = stage_asset(
        "coordinated",
        steps.coordinate,
        group="coordinated",
        deps=[
            *(f"entitled_{benefit}" for benefit in Benefit),
            "accepted_claim",
            "accepted_choice",
            "accepted_suspension",
        ],
        description=f"{Coordinated.__doc__}\n\nExclusions, claims, suspensions and choose-higher decided.",
        cycles=cycles,
        contract=Coordinated.to_schema(),
    )
    posted = stage_asset(
        "posted",
        booking.post,
        group="posted",
        deps=["coordinated", "facts", "refused_rows"],
        description="入账:应发与已入账之差——正常、补发、撤回、应追回;同样的输入再跑一次不再入账。\n\n"
        "Only differences to what was posted before; the same inputs again post nothing.",
        cycles=cycles,
        kinds=frozenset({"sql"}),
    )
    payable = stage_asset(
        "payable",
        booking.work_out_payable,
        group="payable",
        deps=["posted", "accepted_account", "accepted_institution", "accepted_certification"],
        description=f"{Payable.__doc__}\n\nUnpaid money that nothing holds back, with the account it goes to.",
        cycles=cycles,
        contract=Payable.to_schema(),
    )
    batch = stage_asset(
        "batch",
        booking.batch,
        group="batch",
        deps=["payable"],
        description="编批与文件:每个项目一批、一个文件,附 SHA-256;由总账重新生成,逐字节相同。\n\n"
        "One batch and one payment file per benefit, a pure function of the book.",
        cycles=cycles,
        kinds=frozenset({"sql", "excel"}),
    )
    return [*registers, refused, facts, *entitled, coordinated, posted, payable, batch]
