"""What goes out with the project: no machine's paths, no package index, no real person, no unpinned library."""

import re

import yaml

PLACES = re.compile(r"/wor[k]/|/roo[t]/|/opt/pyp[i]|\.\./share[d]|blueprin[t]", re.IGNORECASE)
INDEXES = re.compile(r"pypi\.or[g]|pythonhosted\.or[g]|tuna\.tsinghu[a]|mirrors\.aliyu[n]", re.IGNORECASE)
RESIDENT_ID = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])"
)
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;]+)", re.MULTILINE)


def pins(text):
    return {name.lower().replace("_", "-"): version for name, version in PIN.findall(text)}


def test_no_machine_and_no_package_index_is_named(texts):
    found = [name for name, text in texts.items() if PLACES.search(text) or INDEXES.search(text)]
    assert found == []


def test_no_identity_number_could_be_anybodys(texts):
    found = [
        name
        for name, text in texts.items()
        if any(not number.startswith("99") and has_check_digit(number) for number in RESIDENT_ID.findall(text))
    ]
    assert found == []


def has_check_digit(number):
    digits = [10 if letter in "Xx" else int(letter) for letter in number]
    return sum(digit * 2 ** (17 - place) for place, digit in enumerate(digits)) % 11 == 1


def test_a_lock_names_no_place_and_every_library_has_its_hashes(root):
    for lock in root.glob("requirements*.lock"):
        text = lock.read_text("utf-8")
        assert not re.search(r"https?:|index-url|find-links|@ file", text), lock.name
        for requirement in re.split(r"\n(?=[A-Za-z0-9])", text):
            assert "==" in requirement, requirement
            assert "--hash=sha256:" in requirement, requirement


def test_the_locks_hold_what_the_project_asks_for(root, pyproject):
    run, dev = (pins((root / lock).read_text("utf-8")) for lock in ("requirements.lock", "requirements-dev.lock"))
    extras = pyproject["project"]["optional-dependencies"]
    asked = pins("\n".join(pyproject["project"]["dependencies"] + extras["build"]))
    asked_for_testing = pins("\n".join(extras["dev"] + extras["postgresql"]))
    assert asked.items() <= run.items()
    assert run.items() <= dev.items()
    assert asked_for_testing.items() <= dev.items()
    pdf = pins((root / "requirements-pdf.lock").read_text("utf-8"))
    assert run.items() | pins("\n".join(extras["pdf"])).items() == pdf.items()


def test_every_library_asked_for_is_pinned(pyproject):
    extras = pyproject["project"]["optional-dependencies"].values()
    for requirement in [*pyproject["project"]["dependencies"], *(one for extra in extras for one in extra)]:
        assert PIN.match(requirement), requirement


def test_hooks_need_no_network(root):
    hooks = yaml.safe_load((root / ".pre-commit-config.yaml").read_text("utf-8"))
    assert {repo["repo"] for repo in hooks["repos"]} == {"local"}
