"""The `disburse` command. Every subcommand is loaded only when it is called, so that `--help` answers at once."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import click

from cli.whom import require_no_identity_number
from cli.words import speak_chinese, usage_told
from contracts.errors import OfficerError, trace_of
from contracts.files import keep_private

# name → (module, function, one line of help). Listing commands imports none of them.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "run": ("cli.run", "run", "计算并编制一个县一个月的发放  Run a county's pay month"),
    "status": ("cli.status", "status", "本月走到哪一步,下一步是什么  Where a month stands"),
    "review": ("cli.review", "review", "本月审阅页:一个 HTML 文件  The month on one page"),
    "papers": ("cli.papers", "papers", "本月的表册,可写成 PDF  The month's papers, also as PDF"),
    "approve": ("cli.sign", "approve", "复核人批准本月各批次  Approve the month's batches"),
    "reject": ("cli.sign", "reject", "复核人驳回本月各批次  Reject the month's batches"),
    "release": ("cli.sign", "release", "发放人放行本月各批次(不可撤回)  Release the month's batches, one way"),
    "take-back": ("cli.take_back", "take_back", "撤回误运行的一个月(尚无批准时)  Take back a month run by mistake"),
    "results": ("cli.results", "results", "读入回盘:到账、退票、待查  Read the bank's answers"),
    "reconcile": ("cli.reconcile", "reconcile", "对账:发放与回盘、全账  What was sent, answered, owed"),
    "close": ("cli.close", "close", "复核人结账封存  Seal a month that is done"),
    "recover": ("cli.recover", "recover", "应追回的钱:列出、记下退回、核销  Money owed back"),
    "fund": ("cli.fund", "fund", "登记指标,查各级资金余额  Allocations, and what is left of them"),
    "public": ("cli.public", "public", "公示名单的张贴与撤下  Lists put up and taken down"),
    "hold": ("cli.hold", "hold", "列出、设立、解除暂缓  List, place and lift holds"),
    "finding": (
        "cli.finding",
        "finding",
        "列出、办理疑点:暂缓、更正名册、认可照发  What auditors would find, and decide it",
    ),
    "intake": ("cli.intake", "intake", "看来文、版式、拒收行、收件历史  Files as they arrive"),
    "export": ("cli.export", "export", "导出应享、发放、应追回、暂缓  Export tables"),
    "person": ("cli.person", "person", "一个人的全部经过:发到哪个月、各月的钱  One person's whole story"),
    "explain": ("cli.explain", "explain", "说明一个人一个月的每一分钱  Explain one person's month to the clause"),
    "trace": ("cli.trace", "trace", "从名册行查到钱,从发放的一笔查到名册行和条款  Lineage both ways"),
    "explain-month": ("cli.explain_month", "explain_month", "说明本月的钱从上月怎样变来  Why a month's money differs"),
    "explain-year": (
        "cli.explain_year",
        "explain_year",
        "说明一个年度的钱,各月并列  A year's money by month",
    ),
    "import-history": (
        "cli.import_history",
        "import_history",
        "导入启用前已发放的钱,此后只发差额  Import what was paid before the first run",
    ),
    "verify": ("cli.verify", "verify", "独立重读发放文件并与总账核对  Re-read payment files and compare with the book"),
    "replay": ("cli.replay", "replay", "用存档的输入重算已发的一期,逐字节比较  Rebuild a past cycle and compare"),
    "officer": ("cli.officer", "officer", "经办人:名单、密码、停用  Officers, and how each is known"),
    "audit": ("cli.audit", "audit", "核对审计链与每月封存  Whether the book is what it was"),
    "policies": ("cli.policies", "policies", "查看适用的政策与标准  The law as data"),
    "profiles": ("cli.profiles", "profiles", "银行格式:列出、查看、试写、检查  Bank profiles: list, show, try, check"),
    "simulate": ("cli.simulate", "simulate", "设想的政策下多少人多少钱,不入账  The roster under another law"),
    "forecast": ("cli.forecast", "forecast", "今后十二个月多少人多少钱,同实发并列  The months ahead, by what is known"),
    "generate": ("cli.generate", "generate", "生成仿真名册  Make synthetic registers"),
    "doctor": ("cli.doctor", "doctor", "检查安装与数据目录  Check the installation and the home"),
    "ui": ("cli.ui", "ui", "打开 Dagster 血缘界面(仅本机)  Start the lineage UI on loopback"),
}

OBJECTS_BETWEEN_COLLECTIONS = 100_000  # a command lives for seconds; the walk over all that is imported is what costs


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of a month."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, function, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), function)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does, once no identity number stands among the words of the command, whichever it is."""
        require_no_identity_number(args)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; an unknown command is told with the nearest of the table, which click does not see."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing them."""
        with formatter.section("命令 Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="disburse", prog_name="disburse", help="显示版本")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="数据目录 (默认 DISBURSE_HOME 或 ./var)")
@click.pass_context
def disburse(ctx: click.Context, home: Path | None) -> None:
    """县级待遇发放:从名册到银行文件,算得清、说得明、不重发。

    Monthly benefit disbursement of a county: from registers to payment files, right to the fen.
    """
    if home is not None:
        os.environ["DISBURSE_HOME"] = str(home.resolve())
    from contracts.settings import Home

    ctx.obj = Home.from_environment()


def main() -> None:
    """Run the command; an officer's error is one clear line and its own exit code."""
    speak_chinese()
    keep_private()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    try:
        disburse.main(prog_name="disburse", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("已中止", err=True)
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as help_asked:
        help_asked.show()
        sys.exit(help_asked.exit_code)
    except click.ClickException as wrong:
        _say(*usage_told(wrong))
        sys.exit(wrong.exit_code)
    except OfficerError as wrong:
        _say(wrong.what, wrong.advice, wrong.where, wrong.found)
        sys.exit(wrong.exit_code)
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as trouble:
        from contracts.wording import refused_by_system, room_or_rights

        _say_unforeseen(trouble, f"系统拒绝了读写:{refused_by_system(trouble)}", room_or_rights(trouble))
    except Exception as unforeseen:  # the last handler: nobody ever sees a traceback
        _say_unforeseen(unforeseen, f"程序错误 {type(unforeseen).__name__}", "已办理的以 disburse status 为准")


def _say_unforeseen(trouble: Exception, what: str, advice: str) -> NoReturn:
    """One line for the officer, the trace into the home's logs; libraries quote people's data, so none of it here."""
    kept = _keep_trace(trace_of(trouble))
    _say(what, f"{advice};详情见 {kept},请交给维护人员" if kept else advice)
    sys.exit(1)


def _say(what: str, advice: str = "", where: str = "", found: Mapping[str, object] | None = None) -> None:
    """What is wrong, where, and what to do: two lines on stderr, or an object on stdout for who asked for JSON."""
    if "--json" in sys.argv:
        from cli.options import print_json

        print_json({**(found or {}), "error": what, "where": where, "advice": advice})
        return
    click.echo(f"错误:{where + ' · ' if where else ''}{what}", err=True)
    if advice:
        click.echo(f"  怎么办:{advice}", err=True)


def _keep_trace(trace: str) -> str:
    """Where the trace was written; empty where it could not be."""
    from contracts.settings import Home

    try:
        target = Home.from_environment().keep_log("command.trace", trace.encode())
    except OSError:
        return ""
    return f"数据目录的 logs/{target.name}"


if __name__ == "__main__":
    main()
