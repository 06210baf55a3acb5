"""The table of stages: what a county-month is made of, in order.

For each stage its name, group, catalogue text, the tables it reads and writes with their contracts, its step and its
findings. Dagster's assets, deps, checks and contracts, the plain runner, preview, replay and `status` are made from
this table and from nothing else; a stage can open only tables it declares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import pandera.polars as pa

from contracts.codes import Benefit, Code
from contracts.registers import INBOX_FILES, MATCH_LISTS, REGISTERS, accepted, evidenced_population, label_of
from contracts.tables import (
    AuditFinding,
    Coordinated,
    DoubtfulRow,
    Entitled,
    Facts,
    GonePerson,
    IntakeCount,
    ListedChange,
    Matched,
    Payable,
    RateCatalogue,
    RefusedRow,
    RegisterGap,
    SamePeople,
)
from month import accepting, auditing, booking, deciding, findings, gathering, listing, papers
from month.findings import Found, broken_rules
from month.month import EVIDENCED_POPULATION, Counts, Month, settled_table
from month.store import DeclaredTables, Tables

Contracts = Mapping[str, pa.DataFrameSchema | None]  # table → its contract; None: a finding of its own looks at it
STATUS_REGISTERS = ("low_income", "disability", "ability", "family_planning")
DECISION_REGISTERS = ("claim", "choice", "suspension")


class StageGroup(Code):
    """The groups of the catalogue, in the order of a month."""

    RECEIVED = "received", "收件"
    ACCEPTED = "accepted", "收下名册"
    FACTS = "facts", "情形"
    ENTITLED = "entitled", "各项应享"
    COORDINATED = "coordinated", "核定"
    POSTED = "posted", "入账"
    PAYABLE = "payable", "可付"
    FINDINGS = "findings", "疑点"
    BATCH = "batch", "编批"
    LISTED = "listed", "清单与汇总"


@dataclass(frozen=True)
class Finding:
    """A question that must find nothing. One that does not block is a warning: the month goes on.

    `advice`: what an officer does about it, where he has a way of his own.
    """

    name: str
    text: str
    find: Callable[[Month], Found]
    is_blocking: bool = True
    advice: str = ""


@dataclass(frozen=True)
class Stage:
    """One entry of the table.

    `sometimes`: tables that it writes only where there is something to say. `before`: tables of the run before that it
    looks at. `after`: stages that must have been done although none of their tables is read.
    """

    name: str
    group: StageGroup
    text: str
    step: Callable[[Month], Counts]
    reads: Sequence[str] = ()
    writes: Contracts = field(default_factory=dict)
    sometimes: Contracts = field(default_factory=dict)
    before: Sequence[str] = ()
    after: Sequence[str] = ()
    own_findings: Sequence[Finding] = ()
    kinds: frozenset[str] = frozenset({"polars", "parquet"})

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is looked for once the stage is done: its tables' contracts, then its own findings."""
        declared = {table: schema for table, schema in (*self.writes.items(), *self.sometimes.items()) if schema}
        if not declared:
            return tuple(self.own_findings)
        text = "逐值核对数据契约 Every value against the contract"
        return (Finding("contract", text, partial(_broken_contracts, contracts=declared)), *self.own_findings)

    def tables(self, tables: Tables) -> DeclaredTables:
        """The tables of a manifest, as far as this stage may open them."""
        return DeclaredTables(tables.folder, (*self.reads,), (*self.before,), (*self.writes, *self.sometimes))

    def is_done(self, tables: Tables) -> bool:
        """Whether all of its tables are there; a stage that writes none is never known to be."""
        return bool(self.writes) and all(tables.has(table) for table in self.writes)


def _broken_contracts(month: Month, contracts: Mapping[str, pa.DataFrameSchema]) -> Found:
    return {
        f"{table} {rule}": count
        for table, schema in contracts.items()
        if month.tables.has(table)
        for rule, count in broken_rules(schema, month.tables.read(table)).items()
    }


def _accepted(register: str) -> Stage:
    return Stage(
        f"accepted_{register}",
        StageGroup.ACCEPTED,
        f"收下的{label_of(register)}名册:逐行核对,每行保留来源文件、工作表和行号。{INBOX_FILES[register].__doc__}\n\n"
        f"The {register} register, row by row; refused rows are listed with reasons, never lost.",
        partial(accepting.accept, register=register),
        reads=["decisions"],
        writes={
            f"accepted_{register}": accepted(register),
            f"refused_{register}": RefusedRow.to_schema(),
            f"gaps_{register}": RegisterGap.to_schema(),
            f"counts_{register}": None,
        },
        sometimes={f"list_changes_{register}": ListedChange.to_schema()},
        before=[f"accepted_{register}", f"counts_{register}"],
        own_findings=[
            Finding(
                "nothing_is_lost",
                "来文行数 = 收下 + 拒收 + 合并 Every row counted",
                partial(findings.lost_rows, register=register),
            ),
            Finding(
                "usable",
                "报送的文件整个能用 The file handed in can be used",
                partial(findings.unusable, register=register),
                is_blocking=False,
            ),
        ],
    )


def _entitled(benefit: Benefit) -> Stage:
    return Stage(
        f"entitled_{benefit}",
        StageGroup.ENTITLED,
        f"{benefit.label}:窗口内每人每月的应享金额,依政策包的条件与标准,尚未考虑兼领与择高。\n\n"
        f"What the law owes for each month of the window under {benefit.value}.",
        partial(deciding.entitle, benefit=benefit),
        reads=["facts"],
        writes={f"entitled_{benefit}": Entitled.to_schema()},
    )


def _of_each(prefix: str, names: Sequence[str] | Mapping[str, object] = INBOX_FILES) -> list[str]:
    return [f"{prefix}_{name}" for name in names]


SAME_PEOPLE = Stage(
    "same_people",
    StageGroup.ACCEPTED,
    f"{SamePeople.__doc__}\n\nNumbers that may be one person's; the second one's money waits for an officer.",
    accepting.propose_same_people,
    reads=[*_of_each("accepted", (*accepting.SAME_REGISTERS, "number_change")), "gaps_population"],
    writes={"same_people": SamePeople.to_schema(), "gone_people": GonePerson.to_schema()},
    before=["accepted_population", "gone_people"],
)
RECEIVED = Stage(
    "manifest",
    StageGroup.RECEIVED,
    "运行清单:本次运行所用的各名册、政策包、知悉日;其摘要把以后每一步绑在一起。\n\n"
    "已发放过更晚月份时,按当时存档的清单重算核对,不入账。\n"
    "What this run is made from; its digest binds every later stage. Months before the newest are taken as stored.",
    gathering.tell_manifest,
    writes={"decisions": None},
    own_findings=[
        Finding(
            "fresh",
            "收到过的名册,本月都重新报送了 Every register that was ever received came this month",
            findings.old_registers,
            is_blocking=False,
        )
    ],
    kinds=frozenset({"json"}),
)
STAGES: tuple[Stage, ...] = (
    RECEIVED,
    *(_accepted(register) for register in INBOX_FILES),
    SAME_PEOPLE,
    Stage(
        EVIDENCED_POPULATION,
        StageGroup.ACCEPTED,
        "人口:殡葬火化、户籍注销名单按身份证号对上的,死亡、迁出日期取最早的,并注明出处;其余对上的只列为存疑,不作决定。\n\n"
        "The population with the earliest evidenced day of death; other matches are doubts, held for an officer.",
        accepting.match_lists,
        reads=["accepted_population", *_of_each("accepted", MATCH_LISTS)],
        writes={EVIDENCED_POPULATION: evidenced_population(), "matched": Matched.to_schema()},
        own_findings=[
            Finding(
                "nobody_revived",
                "人口一人不少,死亡日期只会提前 Nobody is lost, and a day of death only moves forward",
                findings.revived,
            )
        ],
    ),
    Stage(
        "refused_rows",
        StageGroup.ACCEPTED,
        f"{RefusedRow.__doc__}\n\nWhat was refused and why; and people missing from the population.",
        accepting.list_refused,
        reads=[
            *(settled_table(register) for register in REGISTERS),
            "matched",
            *(f"{kind}_{name}" for kind in ("refused", "counts", "gaps", "list_changes") for name in INBOX_FILES),
        ],
        after=["same_people"],
        writes={
            "refused_rows": RefusedRow.to_schema(),
            "intake_counts": IntakeCount.to_schema(),
            "register_gaps": RegisterGap.to_schema(),
            "doubtful_rows": DoubtfulRow.to_schema(),
            "list_changes": ListedChange.to_schema(),
        },
    ),
    Stage(
        "facts",
        StageGroup.FACTS,
        f"{Facts.__doc__}\n\nWhat holds for each person in each month.",
        deciding.work_out_facts,
        reads=[EVIDENCED_POPULATION, *_of_each("accepted", STATUS_REGISTERS)],
        writes={"facts": Facts.to_schema()},
    ),
    *(_entitled(benefit) for benefit in Benefit),
    Stage(
        "coordinated",
        StageGroup.COORDINATED,
        f"{Coordinated.__doc__}\n\nExclusions, claims, suspensions and choose-higher decided.",
        deciding.coordinate,
        reads=[*(f"entitled_{benefit}" for benefit in Benefit), *_of_each("accepted", DECISION_REGISTERS)],
        writes={"coordinated": Coordinated.to_schema(), "rate_catalogue": RateCatalogue.to_schema()},
        own_findings=[
            Finding(
                "heads_and_sums",
                "核定与各项应享逐行相符 As many rows and as much money as entitled",
                findings.hop_to_coordinated,
            ),
            Finding(
                "one_winner",
                "择高组内每人每月至多一项应发 At most one winner per group",
                findings.more_than_one_winner,
            ),
        ],
    ),
    Stage(
        "posted",
        StageGroup.POSTED,
        "入账:应发与已入账之差——正常、补发、撤回、应追回;同样的输入再跑一次不再入账。\n\n"
        "Only differences to what was posted before; the same inputs again post nothing.",
        booking.post,
        reads=["coordinated", "rate_catalogue", "facts", EVIDENCED_POPULATION],
        writes={"beyond_window": None},
        after=["refused_rows"],
        own_findings=[
            Finding(
                "book_equals_entitled",
                "应付 − 撤回 − 应追回 = 应发,逐键 Booked equals owed, key by key",
                findings.hop_to_posted,
            )
        ],
        kinds=frozenset({"sql"}),
    ),
    Stage(
        "payable",
        StageGroup.PAYABLE,
        f"{Payable.__doc__}\n\nUnpaid money that nothing holds back, with the account it goes to.",
        booking.work_out_payable,
        reads=[
            EVIDENCED_POPULATION,
            *_of_each("accepted"),
            *_of_each("counts"),
            "register_gaps",
            "matched",
            "same_people",
            "coordinated",
            "beyond_window",
        ],
        writes={"payable": Payable.to_schema()},
        own_findings=[
            Finding("heads_and_sums", "未付 = 可付 + 暂缓 Unpaid equals payable plus held", findings.hop_to_payable)
        ],
    ),
    Stage(
        "findings",
        StageGroup.FINDINGS,
        f"{AuditFinding.__doc__}\n\nWhat auditors look for, found before the money goes out; an officer decides it.",
        auditing.look,
        reads=auditing.READS,
        writes={"findings": AuditFinding.to_schema()},
        own_findings=[
            Finding(
                "decided",
                "须先办理的疑点都已办理 Findings that stop the batch are decided",
                auditing.stopping,
                advice="请看本月清单中的 findings.xlsx,逐条决定:disburse finding list 列出,"
                "disburse finding decide 办理;办理后重新运行",
            ),
            Finding(
                "none_open",
                "没有未办理的疑点 No finding is left undecided",
                auditing.warning,
                is_blocking=False,
            ),
        ],
        kinds=frozenset({"polars", "parquet", "excel"}),
    ),
    Stage(
        "batch",
        StageGroup.BATCH,
        "编批与文件:每个项目一批、一个文件,附 SHA-256;由总账重新生成,逐字节相同。\n\n"
        "One batch and one payment file per benefit, a pure function of the book.",
        booking.batch,
        reads=["payable"],
        after=["findings"],
        own_findings=[
            Finding("heads_and_sums", "文件 = 批次 = 可付 File equals batch equals payable", findings.hop_to_batch)
        ],
        kinds=frozenset({"sql", "excel"}),
    ),
    Stage(
        "listed",
        StageGroup.LISTED,
        "清单与汇总:暂缓、更正、拒收、存疑等清单,退回县里的表,本月汇总;不论由命令、定时还是界面运行都写出。\n\n"
        "Lists, rows to send back and the month's summary, left by every run, however it was started.",
        listing.leave,
        reads=[
            *_of_each("accepted", listing.DECIDING),
            "accepted_population",
            "same_people",
            "gone_people",
            "refused_rows",
            "doubtful_rows",
            "intake_counts",
            "list_changes",
            "coordinated",
            "rate_catalogue",
            "facts",
            EVIDENCED_POPULATION,
            "beyond_window",
            "payable",
            "findings",
        ],
        after=["batch"],
        own_findings=[
            Finding(
                "papers_tie",
                "花名册 = 汇总表 = 申请表 = 批次,增减变动表平衡 Papers tie to the book and one another",
                papers.untied,
            )
        ],
        kinds=frozenset({"excel"}),
    ),
)
BY_NAME: Mapping[str, Stage] = {stage.name: stage for stage in STAGES}
_WRITER: Mapping[str, str] = {table: stage.name for stage in STAGES for table in (*stage.writes, *stage.sometimes)}


def upstream(stage: Stage) -> tuple[str, ...]:
    """The stages that must be done before this one, in the order of the table."""
    needed = {_WRITER[table] for table in stage.reads} | set(stage.after)
    return tuple(name for name in BY_NAME if name in needed)


def _until(last: str) -> Iterator[Stage]:
    for stage in STAGES:
        yield stage
        if stage.name == last:
            return


ACCEPTING: tuple[Stage, ...] = (*(BY_NAME[f"accepted_{register}"] for register in INBOX_FILES), SAME_PEOPLE)
DECIDING: tuple[Stage, ...] = tuple(_until("coordinated"))
BUCKETED: tuple[Stage, ...] = DECIDING[DECIDING.index(BY_NAME["facts"]) :]  # they look at one person's rows only
REPLAYED = DECIDING[1:]  # what a replay works out again from a manifest
PREVIEW: tuple[Stage, ...] = (*DECIDING, BY_NAME["listed"])  # nothing is posted
