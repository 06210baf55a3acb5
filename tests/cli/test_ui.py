"""What `disburse ui` starts."""

from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from cli import ui
from tests import homes


class Service:
    """A child that ends at once."""

    def poll(self):
        return 0

    def send_signal(self, _):
        pass

    def wait(self, timeout):
        return 0


@pytest.mark.parametrize(("options", "started"), [([], 2), (["--read-only"], 1)])
def test_read_only_starts_no_daemon_and_no_runs(monkeypatch, tmp_path, options, started):
    commands = []
    start = SimpleNamespace(Popen=lambda command: commands.append(command) or Service())
    monkeypatch.setattr(ui, "subprocess", start)
    monkeypatch.setattr(ui.signal, "signal", lambda *_: None)
    monkeypatch.setenv("DAGSTER_HOME", "")  # the command sets it for its children
    CliRunner().invoke(ui.ui, options, obj=homes.make_home(tmp_path / "home"), catch_exceptions=False)
    assert len(commands) == started
    webserver, *daemons = commands
    assert ("--read-only" in webserver) is bool(options)
    assert all("dagster._daemon" in command for command in daemons)
