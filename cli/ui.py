"""`disburse ui`: Dagster's webserver and daemon on the home, reachable from this machine only."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import click

from cli.options import json_option, print_json
from contracts.settings import Home

LOOPBACK = "127.0.0.1"


@click.command()
@click.option("--port", default=3000, show_default=True, help="端口")
@click.option("--read-only", is_flag=True, help="只看不动:不运行、不定时 Look, but start nothing")
@json_option
@click.pass_obj
def ui(home: Home, port: int, read_only: bool, as_json: bool) -> None:
    """打开 Dagster 血缘界面:网页与定时服务,只监听本机。

    The web page has no login: it is bound to loopback. Put a proxy with authentication before it to share it.
    """
    from dagster_project.instance import prepare_environment

    prepare_environment(home)
    module = ["-m", "dagster_project.definitions"]
    webserver = [sys.executable, "-m", "dagster_webserver", "-h", LOOPBACK, "-p", str(port), *module]
    if read_only:
        webserver.append("--read-only")
    # without the daemon nothing is started: no schedule, no sensor, no queued run
    daemons = [] if read_only else [[sys.executable, "-m", "dagster._daemon", "run", *module]]
    address = f"http://{LOOPBACK}:{port}/asset-groups"
    if as_json:
        print_json({"home": str(home.path), "address": address})
    else:
        click.echo(f"数据目录 {home.path}\n血缘界面 {address}   (按 Ctrl+C 结束)")
    services = [subprocess.Popen(command) for command in (webserver, *daemons)]  # noqa: S603 our own interpreter and modules
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while all(service.poll() is None for service in services):
            time.sleep(0.5)
    except KeyboardInterrupt:
        pass
    finally:
        for service in services:
            service.send_signal(signal.SIGINT)
        for service in services:
            service.wait(timeout=20)
