"""The names of the counties that pay, read without the rest of the law: every command asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from contracts.names import is_plain_part
from contracts.strict_yaml import YES_NO, read_file

JURISDICTION = "jurisdiction.yaml"


def yaml_files(root: Path) -> list[Path]:
    """The YAML files of a root, in a fixed order."""
    return sorted(path for path in root.rglob("*") if path.suffix in (".yaml", ".yml") and path.is_file())


def names_of_counties(folders: Iterable[Path]) -> dict[str, str]:
    """Code → name. What cannot be read is left out: `policies check` says what is wrong with it."""
    heads = [path for folder in folders for path in yaml_files(folder) if path.name == JURISDICTION]
    found = [read_file(path).content for path in heads]
    return {
        str(head["code"]): str(head["name"])
        for head in found
        if isinstance(head, dict) and head.keys() >= {"code", "name"} and YES_NO.get(head.get("is_paying"))
        if is_plain_part(str(head["code"]))
    }
