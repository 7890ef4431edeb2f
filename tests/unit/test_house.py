"""The rules of the house that no other tool states: sizes, names, words, translations, licences."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from webui import catalogues

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("engine", "handlers", "webui", "tests", "benchmarks", "tools")
LONGEST = 500
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "service", "services_base"}
SKIPPED = {"node_modules", "dist", "__pycache__"}


def files(*endings: str, rooms: tuple[str, ...] = ROOMS) -> list[Path]:
    return sorted(
        path
        for room in rooms
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.name.endswith(endings) and not SKIPPED & set(path.parts)
    )


def test_no_module_holds_two_ideas() -> None:
    # A test module may be long: it is one list of sentences about one thing.
    hand_written = [
        path for path in files(".py", ".js", ".css", ".html") if not {"versions", "tests"} & set(path.parts)
    ]
    long = {path.relative_to(ROOT): n for path in hand_written if (n := len(path.read_text().splitlines())) > LONGEST}
    assert not long


def test_modules_are_named_after_what_they_are_about() -> None:
    nameless = [path.relative_to(ROOT) for path in files(".py", ".js") if path.stem in NO_NAMES]
    assert not nameless


def test_processes_hold_no_python() -> None:
    assert not files(".py", rooms=("processes",))


@pytest.mark.parametrize("unfinished", ["TO" + "DO", "FIX" + "ME", "XX" + "X:", "pytest.mark.sk" + "ip", "xfa" + "il"])
def test_nothing_is_left_for_later(unfinished: str) -> None:
    assert not [path.relative_to(ROOT) for path in files(".py", ".js", ".html") if unfinished in path.read_text()]


def test_only_the_top_commits() -> None:
    committing = re.compile(r"\.commit\(\)")
    allowed = {Path("engine/database.py")}
    found = {
        path.relative_to(ROOT)
        for path in files(".py", rooms=("engine", "handlers", "webui"))
        if committing.search(path.read_text())
    }
    assert found <= allowed


def test_no_exception_disappears() -> None:
    swallowed = re.compile(r"except[^\n]*:\n\s+pass\s*(\n|$)")
    assert not [path.relative_to(ROOT) for path in files(".py") if swallowed.search(path.read_text())]


def test_every_sentence_of_the_pages_has_its_chinese() -> None:
    missing = [f"{each.file.relative_to(ROOT)}:{each.line} {each.phrase!r}" for each in catalogues.missing_phrases()]
    assert not missing


@pytest.mark.parametrize("catalogue", files(".po", rooms=("webui",)), ids=lambda path: path.parts[-5])
def test_no_translation_is_a_guess_and_none_loses_a_value(catalogue: Path) -> None:
    placeholder = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
    with catalogue.open("rb") as file:
        for message in read_po(file, locale="zh_CN"):
            if not message.id:
                continue
            english = message.id[-1] if isinstance(message.id, tuple | list) else message.id
            chinese = message.string[0] if isinstance(message.string, tuple | list) else message.string
            assert not message.fuzzy, english
            assert sorted(placeholder.findall(english)) == sorted(placeholder.findall(str(chinese))), english


def test_pages_carry_no_script_and_no_style_of_their_own() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)
    found = [path.relative_to(ROOT) for path in files(".html", rooms=("webui",)) if inline.search(path.read_text())]
    assert not found


def test_nothing_third_party_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    assert not [
        name for name in listed if "node_modules" in name or "/dist/" in name or name.endswith((".mo", ".min.js"))
    ]


def test_the_lock_files_pin_what_the_project_asks_for() -> None:
    locked = (ROOT / "requirements-dev.lock").read_text().casefold().splitlines()
    asked = re.findall(r'^  "([\w-]+)(?:\[\w+\])?==([\w.]+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert len(asked) > 20
    assert not [f"{name}=={version}" for name, version in asked if f"{name}=={version}".casefold() not in locked]
    runtime = set((ROOT / "requirements.lock").read_text().splitlines())
    assert runtime < set((ROOT / "requirements-dev.lock").read_text().splitlines())
    assert not [line for line in runtime if not re.fullmatch(r"[\w.-]+==[\w.]+", line)]


def test_set_up_needs_nothing_but_python_itself() -> None:
    asked = [sys.executable, "-I", "-S", str(ROOT / "tools" / "setup.py"), "--help"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert "--for-tests" in told.stdout
