"""`disburse profiles`: bank profiles, for the people who write them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import json_option, print_json
from contracts.errors import InputError
from contracts.files import own_folder
from contracts.settings import Home

if TYPE_CHECKING:
    from payments.file_forms import Piece, Profile
    from payments.trial import Trial

UNCONFIRMED = "未经银行确认"
SHOWN_ANSWER = 12  # lines of a sample answer; a message has many more
SHOWN_LINES = 3  # of a spreadsheet: all its columns are wider than a terminal
AMOUNTS = {"yuan2": "金额为元、两位小数", "yuan3": "金额为元、三位小数", "fen": "金额为分"}
LINES = {"per_obligation": "一笔应付一行", "per_payee": "一人一项同一发放类型一行"}
SIDES = {"left": "靠左", "right": "靠右"}
ANSWER_KINDS = {"table": "表格或带表头的文本", "text": "分隔文本", "fixed_width": "定长文本"}
NAME = click.argument("name", metavar="格式名或文件")


@click.group()
def profiles() -> None:
    """银行格式:列出、查看、用虚构的人试写、检查。  Bank profiles: list, show, try, check."""


@profiles.command("list")
@json_option
@click.pass_obj
def list_(home: Home, as_json: bool) -> None:
    """列出随程序的和本县自己的格式,银行认可没有,哪项待遇在用。  The profiles there are, and who uses them."""
    from cli.show import table
    from payments.file_forms import Kind
    from payments.profiles import SHIPPED, files_in, read_profile

    users = _users(home)
    paths = {path.stem: path for path in files_in(SHIPPED, home.profiles)}
    found = {name: read_profile(path) for name, path in sorted(paths.items())}
    if as_json:
        print_json(
            [
                {
                    "profile": name,
                    "label": profile.label if profile else "",
                    "kind": profile.kind if profile else "",
                    "is_own": paths[name].parent != SHIPPED,
                    "confirmed": profile is not None and profile.confirmed is not None,
                    "used_by": users.get(name, []),
                    "file": str(paths[name]),
                    "problems": [str(one) for one in problems],
                }
                for name, (profile, problems) in found.items()
            ]
        )
        return
    rows = [
        (
            name,
            profile.label if profile else "",
            Kind.label_of(profile.kind) if profile else "",
            "随程序" if paths[name].parent == SHIPPED else "本县",
            _confirmation(profile) if profile else "有误,请用 disburse profiles check",
            "、".join(users.get(name, [])),
        )
        for name, (profile, _) in found.items()
    ]
    table("", ("格式", "名称", "样子", "来自", "银行", "在用"), rows, numbers_from=6)


@profiles.command()
@NAME
@click.option("--yaml", "is_source", is_flag=True, help="原样列出格式文件,可另存后改成本县的")
@json_option
@click.pass_obj
def show(home: Home, name: str, is_source: bool, as_json: bool) -> None:
    """一种格式写什么:编码、行尾、汇总行、各栏。  What a profile says, column by column."""
    from cli.show import table
    from payments.file_forms import Kind

    path, profile = _asked_for(home, name)
    if is_source:
        click.echo(path.read_text("utf-8-sig"), nl=False)
        return
    if as_json:
        print_json(profile.model_dump(mode="json"))
        return
    click.echo(f"{profile.profile} {profile.label} · {_confirmation(profile)}")
    click.echo(f"{Kind.label_of(profile.kind)} · {profile.encoding} · {AMOUNTS[profile.amount]} · {path}")
    click.echo(" · ".join(_lines_and_files(profile)))
    for title, line in _totals(profile):
        click.echo(f"{title} · {line}")
    columns = [(place, *_told_of(place, profile)) for place in range(1, len(profile.columns) + 1)]
    table("", ("栏", "表头", "内容", "宽度或限长"), columns, numbers_from=4)
    click.echo(f"回盘 · {_answered_in(profile)}")
    click.echo(f"退汇清单 · {_answered_in(profile, is_late=True)}")


@profiles.command("try")
@NAME
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="写成文件,可交给银行看")
@json_option
@click.pass_obj
def try_(home: Home, name: str, output: Path | None, as_json: bool) -> None:
    """用虚构的人写一份样子:文件是什么样、谁会被暂缓、能不能原样读回。

    A sample of made-up people (region 99): what the file looks like, who would be held, whether it reads back.
    """
    from payments.trial import try_out

    _, profile = _asked_for(home, name)
    tried = try_out(profile)
    with own_folder() as folder:
        target = output or folder / "sample"
        differences = tried.write(target)
        answer, unread = tried.answer(Path(folder))
        if as_json:
            print_json(
                {
                    "profile": profile.profile,
                    "file_name": tried.file_name,
                    "file": str(output or ""),
                    "lines": tried.order.lines.height,
                    "total_fen": tried.order.total_fen,
                    "confirmed": profile.confirmed is not None,
                    "is_payer_made_up": tried.is_payer_made_up,
                    "held": [vars(one) for one in tried.held],
                    "problems": [*differences, *unread],
                    "answer": answer,
                }
            )
        else:
            _show_trial(tried, target)
            click.echo(f"\n回盘的样子({_answered_in(profile)};前几笔依次为成功、退票、待查)")
            click.echo("\n".join(answer.replace("\r\n", "\n").splitlines()[:SHOWN_ANSWER]))
            if output:
                click.echo(f"→ {output}")
    if differences:
        raise InputError(f"写出的文件读不回来:{'、'.join(differences)}", "请改正格式,或告诉维护人员", profile.profile)
    if unread:
        raise InputError(f"照格式的 answer 写的回盘读不回来:{'、'.join(unread)}", "请改正 answer", profile.profile)


@profiles.command()
@click.argument("files", nargs=-1, type=click.Path(dir_okay=False, exists=True, path_type=Path), metavar="[文件]…")
@json_option
@click.pass_obj
def check(home: Home, files: tuple[Path, ...], as_json: bool) -> None:
    """检查格式文件,一次列出全部问题,带文件、行、列;不写文件的检查数据目录里的全部。

    Check profile files: every problem at once, with file, line and column.
    """
    from payments.profiles import files_in, read_profile, refusal
    from payments.trial import advice_on

    read = [read_profile(path) for path in files or files_in(home.profiles)]
    problems = [one for _, wrong in read for one in wrong]
    if problems:
        told = refusal(problems)
        raise InputError(told.what, told.advice, told.where, {"problems": [vars(one) for one in problems]})
    advice = {profile.profile: advice_on(profile) for profile, _ in read if profile}
    if as_json:
        print_json({"profiles": list(advice), "problems": [], "advice": advice})
        return
    click.echo(f"没有写错的,共 {len(advice)} 种" if advice else f"{home.profiles} 里没有格式文件")
    for name, said in advice.items():
        for one in said:
            click.echo(f"请留意 · {name} · {one}")


def _asked_for(home: Home, name: str) -> tuple[Path, Profile]:
    """The file and the profile by its name, or by a file that need not lie in the home."""
    from payments.profiles import SHIPPED, files_in, read_profile, refusal, unknown

    paths = {path.stem: path for path in files_in(SHIPPED, home.profiles)}
    path = Path(name) if name.endswith(".yaml") else paths.get(name)
    if path is None or not path.is_file():
        raise unknown(name, paths, "profiles")
    profile, problems = read_profile(path)
    if profile is None:
        raise refusal(problems)
    return path, profile


def _users(home: Home) -> dict[str, list[str]]:
    """Profile → the counties and benefits that the settings pay by it."""
    from contracts.codes import Benefit

    found: dict[str, list[str]] = {}
    for county, settings in home.settings().county.items():
        for benefit in Benefit:
            found.setdefault(settings.profile_of(benefit.value), []).append(f"{county} {benefit.label}")
    return found


def _confirmation(profile: Profile) -> str:
    told = profile.confirmed
    return f"{told.by} {told.confirmed_on} 认可({told.sample})" if told else UNCONFIRMED


def _lines_and_files(profile: Profile) -> list[str]:
    """What one line pays, what goes into one file, and when the bank answers."""
    lines, yuan = profile.limits.lines, profile.limits.yuan
    return [
        LINES[profile.lines],
        *([f"按{'、'.join(one.label for one in profile.split_by)}分文件"] if profile.split_by else []),
        *([f"每个文件至多 {lines:,} 行"] if lines else []),
        *([f"每个文件至多 {yuan:,} 元"] if yuan else []),
        f"放行后 {profile.answer_due} 个工作日内答复",
    ]


def _totals(profile: Profile) -> list[tuple[str, str]]:
    from payments.file_forms import Pain001, Xlsx

    if isinstance(profile, Xlsx):
        return [("工作表", profile.sheet)]
    if isinstance(profile, Pain001):
        return [("用途代码", profile.purpose)]
    lines = [("首行", line) for line in profile.header] + [("末行", line) for line in profile.trailer]
    return [(title, _in_one(line)) for title, line in lines]


def _in_one(line: str | tuple[Piece, ...]) -> str:
    return line if isinstance(line, str) else "│".join(f"{piece.text}({piece.width})" for piece in line)


def _told_of(place: int, profile: Profile) -> tuple[str, str, str]:
    """A column's header, what it prints, and how wide it is or may be. `place`: from 1."""
    from payments.file_forms import FixedColumn

    column = profile.columns[place - 1]
    what = column.field.label if column.field else f"固定“{column.constant}”"
    if isinstance(column, FixedColumn):
        pad = "空格" if column.pad == " " else column.pad
        return column.header, what, f"{column.width} {SIDES[column.side]},填{pad}"
    room = profile.room_in(column)
    return column.header, what, f"至多 {room} 字节" if room else ""


def _answered_in(profile: Profile, *, is_late: bool = False) -> str:
    """How a bank answers, in one line."""
    from payments.answer_forms import ANSWERED
    from payments.file_forms import Pain001

    if isinstance(profile, Pain001):
        return "报文 camt.054(退回入账通知)" if is_late else "报文 pain.002(逐笔或整批状态)"
    form = profile.form_of(is_late=is_late)
    parts = [ANSWER_KINDS[form.kind], "逐笔" if form.lists == "all" else "只列退回的"]
    if form.accept_by_inference:
        parts.append("银行写明成功笔数、金额并相符的,未列入的视为到账")
    if form.columns:
        parts.append("、".join(f"{ANSWERED[name].header}←{place}" for name, place in form.columns.items()))
    if form.states:
        parts.append("、".join(f"{word}={event.label}" for word, event in form.states.items()))
    return " · ".join(parts)


def _show_trial(tried: Trial, target: Path) -> None:
    from cli.show import table
    from payments.file_forms import Xlsx
    from payments.printing import printed

    profile = tried.profile
    click.echo(f"{tried.file_name} · {_confirmation(profile)} · 人和账户都是虚构的")
    if tried.is_payer_made_up:
        click.echo("付款账户也是虚构的:格式里还没有 payer,填上才能用来发放")
    if isinstance(profile, Xlsx):
        click.echo(f"工作表“{profile.sheet}”共 {tried.order.lines.height} 行,前 {SHOWN_LINES} 行是")
        rows = printed(tried.order, profile).head(SHOWN_LINES).rows()
        headers = ("表头", *(f"第 {number} 行" for number in range(1, SHOWN_LINES + 1)))
        table("", headers, zip((column.header for column in profile.columns), *rows, strict=True), numbers_from=9)
    else:
        click.echo(target.read_bytes().decode(profile.encoding).replace("\r\n", "\n"))
    for one in tried.held:
        click.echo(f"暂缓 · {one.name} · “{one.header}”{one.why}")
