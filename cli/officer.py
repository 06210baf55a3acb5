"""`disburse officer`: who may act here, how each is known, and their passwords."""

from __future__ import annotations

import click

from cli.options import json_option, officer_option, print_json
from cli.who import acting, password_of, password_option
from contracts.settings import Home


@click.group()
def officer() -> None:
    """经办人:名单、发放一次性密码、换密码、停用。  Officers and their passwords."""


@officer.command("list")
@json_option
@click.pass_obj
def listing(home: Home, as_json: bool) -> None:
    """谁能办什么、怎样确认是本人、密码何时由谁发放。  Who may act, and how each is known."""
    from cli.show import table
    from month.enrolling import roll

    found = roll(home)
    if as_json:
        print_json([one.as_dict() for one in found])
        return
    table(
        "经办人",
        ("姓名", "权限", "县", "怎样确认本人", "密码", "时间", "由谁"),
        [(one.name, one.roles, one.counties, one.how, one.password, one.since, one.by) for one in found],
    )


@officer.command("add")
@click.argument("names", nargs=-1, required=True, metavar="姓名…")
@officer_option
@json_option
@click.pass_obj
def add(home: Home, names: tuple[str, ...], officer: str, as_json: bool) -> None:
    """给已登记的经办人发放一次性密码(也用于忘记密码、被锁住);只显示这一次,请当面交给本人。

    Give officers of the settings one-time passwords, which are shown once.
    """
    from month.enrolling import issue_passwords

    issued = issue_passwords(home, names, acting(home, officer))
    if as_json:
        print_json({"one_time_passwords": issued})
        return
    for name, password in issued.items():
        click.echo(f"{name} 的一次性密码:{password}")
    click.echo("只显示这一次。请当面交给本人;本人先执行 disburse officer passwd 姓名,换成自己的密码后才能办理。")


@officer.command("passwd")
@click.argument("name", metavar="姓名")
@password_option
@click.pass_obj
def passwd(home: Home, name: str) -> None:
    """换自己的密码:先问现在的(或一次性的),再问新的。脚本用 --password-fd,先旧后新各一行。

    Change your own password.
    """
    from month.enrolling import change_password

    old = password_of(name, label="现在的密码")
    change_password(home, name, old, password_of(name, label="新密码", is_new=True))
    click.echo(f"{name} 的密码已经换了。")


@officer.command("disable")
@click.argument("name", metavar="姓名")
@officer_option
@click.pass_obj
def disable(home: Home, name: str, officer: str) -> None:
    """停用一名经办人:密码作废,不能再办理;要恢复的重新发放密码。  Shut an officer out."""
    from month.enrolling import disable_officer

    disable_officer(home, name, acting(home, officer))
    click.echo(f"{name} 已停用。")
