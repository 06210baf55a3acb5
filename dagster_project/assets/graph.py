"""The month's graph, stage by stage: accepted → facts → entitled → coordinated → posted → payable → batch."""

import dagster as dg

from contracts.codes import Benefit
from contracts.registers import INBOX_FILES, MATCH_LISTS, accepted, evidenced_population, label_of
from contracts.tables import Coordinated, Entitled, Facts, Payable, RefusedRow
from dagster_project.assets.build import Step, stage_asset
from month import booking, steps
from month.month import EVIDENCED_POPULATION, Counts, Month

STATUS_REGISTERS = ("low_income", "disability", "ability", "family_planning")


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
            description=f"收下的{label_of(register)}名册:逐行核对,每行保留来源文件、工作表和行号。{model.__doc__}\n\n"
            f"The {register} register, row by row; refused rows are listed with reasons, never lost.",
            cycles=cycles,
            contract=accepted(register),
        )
        for register, model in INBOX_FILES.items()
    ]
    evidenced = stage_asset(
        EVIDENCED_POPULATION,
        steps.match_lists,
        group="accepted",
        deps=["accepted_population", *(f"accepted_{name}" for name in MATCH_LISTS)],
        description="人口:殡葬火化、户籍注销名单按身份证号对上的,死亡、迁出日期取最早的,并注明出处;其余对上的只列为存疑,不作决定。\n\n"
        "The population with the earliest evidenced day of death; other matches are doubts, held for an officer.",
        cycles=cycles,
        contract=evidenced_population(),
    )
    refused = stage_asset(
        "refused_rows",
        steps.list_refused,
        group="accepted",
        deps=[*(f"accepted_{name}" for name in INBOX_FILES if name != "population"), EVIDENCED_POPULATION],
        description=f"{RefusedRow.__doc__}\n\nWhat was refused and why; and people missing from the population.",
        cycles=cycles,
        contract=RefusedRow.to_schema(),
    )
    facts = stage_asset(
        "facts",
        steps.work_out_facts,
        group="facts",
        deps=[EVIDENCED_POPULATION, *(f"accepted_{register}" for register in STATUS_REGISTERS)],
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
        deps=["posted", EVIDENCED_POPULATION, "accepted_account", "accepted_institution", "accepted_certification"],
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
    return [*registers, evidenced, refused, facts, *entitled, coordinated, posted, payable, batch]
