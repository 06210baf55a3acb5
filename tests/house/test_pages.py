"""What is written for people is true: generated pages are current, commands, targets, links and exit codes exist."""

import re
from pathlib import PurePosixPath

from cli.main import COMMANDS
from contracts import dictionary, errors

CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)


def code_in(text):
    return "\n".join(CODE.findall(text))


def test_the_data_dictionary_is_current(root):
    assert (root / "docs/data-dictionary.md").read_text("utf-8") == dictionary.render(), (
        "python -m contracts.dictionary > docs/data-dictionary.md"
    )


def test_pages_name_only_commands_that_exist(pages):
    named = {
        (page, command)
        for page, text in pages.items()
        for command in re.findall(r"(?:^|[`/ ])disburse ([a-z][a-z-]+)", code_in(text), re.MULTILINE)
    }
    assert {(page, command) for page, command in named if command not in COMMANDS} == set()
    assert named


def test_pages_name_only_make_targets_that_exist(root, pages):
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {
        (page, target)
        for page, text in pages.items()
        for target in re.findall(r"(?:^|[` ])make ([a-z]+)", code_in(text), re.MULTILINE)
    }
    assert {(page, target) for page, target in named if target not in targets} == set()


def test_every_link_leads_somewhere(root, pages):
    dead = []
    for page, text in pages.items():
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            if not target.startswith(("http://", "https://")) and not (root / page).parent.joinpath(target).exists():
                dead.append(f"{page}: {target}")
    assert dead == []


def test_every_command_is_in_the_guide(root):
    guide = (root / "docs/guides/commands.md").read_text("utf-8")
    assert [command for command in COMMANDS if f"`disburse {command}" not in guide] == []


def test_the_guide_tells_every_exit_code(root):
    guide = (root / "docs/guides/commands.md").read_text("utf-8")
    kinds = [errors.OfficerError, *errors.OfficerError.__subclasses__()]
    assert [kind for kind in kinds if not re.search(rf"^\| {kind.exit_code} \|", guide, re.MULTILINE)] == []


def test_decisions_are_numbered_once_and_say_their_number(root):
    decisions = sorted((root / "docs/decisions").glob("*.md"))
    numbers = [PurePosixPath(page).name[:4] for page in decisions if page.name != "README.md"]
    assert len(numbers) == len(set(numbers))
    for page in decisions:
        if page.name != "README.md":
            assert re.match(rf"# {page.name[:4]} ", page.read_text("utf-8")), page.name
