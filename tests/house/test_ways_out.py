"""A command that a message tells an officer to give exists, with every option the message writes."""

import ast
import importlib
import re

import click

from cli.main import COMMANDS

TOLD = re.compile(r"disburse ([a-z][a-z-]+)([^;;。,,)()\n]*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


def literals(tree):
    """The texts of a module, with {…} where a value is put in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "{…}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def command_of(name, rest):
    """The command, or the one of its group that comes next."""
    module, function, _ = COMMANDS[name]
    command = getattr(importlib.import_module(module), function)
    word = next(iter(re.findall("^ ([a-z][a-z-]+)", rest)), "")
    return command.commands[word] if isinstance(command, click.Group) and word else command


def options_of(command):
    commands = [command, *command.commands.values()] if isinstance(command, click.Group) else [command]
    return {option for one in commands for param in one.params for option in param.opts} | {"--help"}


def is_command(name, rest):
    try:
        return set(OPTION.findall(rest)) <= options_of(command_of(name, rest))
    except KeyError:
        return False


def test_a_slip_in_a_command_is_seen():
    assert is_command("hold", " lift {…} --county {…} --reason 理由")
    assert not is_command("hold", " lft {…} --county {…}")
    assert not is_command("hold", " lift {…} --cuonty {…}")
    assert not is_command("holds", "")


def test_every_command_a_message_tells_exists_with_its_options(root, rooms):
    found, wrong = 0, []
    for path in (path for room in rooms for path in (root / room).rglob("*.py")):
        for text in literals(ast.parse(path.read_text("utf-8"))):
            for name, rest in TOLD.findall(text):
                found += 1
                if not is_command(name, rest):
                    wrong.append(f"{path.relative_to(root)}: disburse {name}{rest}")
    assert found > 30
    assert wrong == []
