"""Dagster's web server on a home, behind the door: for looking; for an officer, for running months as well."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial

import uvicorn
from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster._core.workspace.load_target import ModuleTarget
from dagster._core.workspace.permissions import PermissionResult, Permissions
from dagster_webserver.app import create_app_from_workspace_process_context

from contracts.actor import Actor
from contracts.errors import InputError
from contracts.settings import Home
from dagster_project.comparing import mark_foreign
from dagster_project.instance import open_instance
from dagster_project.page.asked import SignedIn, judged
from dagster_project.page.door import Door
from month import vouchers
from month.showing import paper

LOOPBACK = "127.0.0.1"
DEFINITIONS = "dagster_project.definitions"
OPERATES = {Permissions.LAUNCH_PIPELINE_EXECUTION, Permissions.TERMINATE_PIPELINE_EXECUTION}
NOT_HERE = "请用 disburse 命令办理 Not on this page"
SECONDS_TO_END = 20


class _Asking(WorkspaceRequestContext):
    """Every permission but those to start and to stop a run is withheld, so that the page greys out what it may not."""

    @property
    def permissions(self) -> Mapping[str, PermissionResult]:
        return _narrowed(super().permissions)

    def permissions_for_location(self, *, location_name: str) -> Mapping[str, PermissionResult]:
        return _narrowed(super().permissions_for_location(location_name=location_name))


class _Serving(WorkspaceProcessContext):
    """Dagster's own context of a web server, with our permissions."""

    def create_request_context(self, source: object | None = None) -> WorkspaceRequestContext:
        return _Asking(
            instance=self.instance,
            current_workspace=self.get_current_workspace(),
            process_context=self,
            version=self.version,
            source=source,
            read_only=self.read_only,
        )


def _narrowed(known: Mapping[str, PermissionResult]) -> dict[str, PermissionResult]:
    return {
        name: given if name in OPERATES else PermissionResult(enabled=False, disabled_reason=NOT_HERE)
        for name, given in known.items()
    }


@contextmanager
def door_of(home: Home, host: str, by: Actor | None) -> Iterator[Door]:
    """The lineage page of a home behind its door. `by` makes what is started there; None: it only shows."""
    signed_in = SignedIn(by.officer, partial(vouchers.give, home, by)) if by else None
    instance = open_instance(home)
    target = ModuleTarget(DEFINITIONS, attribute=None, working_directory=None, location_name=None)
    with instance, _Serving(instance, target, read_only=by is None, code_server_log_level="warning") as context:
        app = create_app_from_workspace_process_context(context)
        yield Door(app, host, partial(judged, by=signed_in), partial(paper, home))


def serve(home: Home, port: int, by: Actor | None, tell: Callable[[str], None]) -> None:
    """Serve the page on loopback until SIGINT or SIGTERM; `tell` is given the address that opens it, once.

    With an officer Dagster's daemon runs as well: without it nothing that is started would run, on a schedule or by
    hand. InputError where the port is taken.
    """
    mark_foreign(home)
    with ExitStack() as ended:
        listener = ended.enter_context(closing(_listening(port)))
        host = f"{LOOPBACK}:{listener.getsockname()[1]}"
        door = ended.enter_context(door_of(home, host, by))
        config = uvicorn.Config(door, log_level="warning", proxy_headers=False, server_header=False)
        server = uvicorn.Server(config)
        if by is not None:
            ended.enter_context(_daemon(server))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn raises again what it was ended by
        tell(door.address)
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((LOOPBACK, port))
    except OSError:
        raise InputError(f"端口 {port} 不能用,可能已被占用", "请用 --port 换一个端口") from None


@contextmanager
def _daemon(server: uvicorn.Server) -> Iterator[None]:
    """Dagster's daemon, as long as the server runs; one that ends takes the server with it."""
    command = [sys.executable, "-m", "dagster._daemon", "run", "-m", DEFINITIONS]
    daemon = subprocess.Popen(command, start_new_session=True)  # noqa: S603 our own interpreter and module

    def follow() -> None:
        daemon.wait()
        server.should_exit = True

    threading.Thread(target=follow, daemon=True).start()
    try:
        yield
    finally:
        daemon.terminate()
        daemon.wait(timeout=SECONDS_TO_END)
