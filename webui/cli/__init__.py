"""The command line ``ltc``: every module in this folder that offers a ``command`` is one word of it.

Modules are imported only when their word is used, so that ``ltc`` starts fast and one broken word leaves the others.
"""

from __future__ import annotations

import gc
import pkgutil
import sys
from importlib import import_module
from keyword import iskeyword

import click

from engine.errors import LtcError

GARBAGE = (10_000, 10, 10)
"""After how many new objects garbage is looked for; at 700, Python's own, a case takes a tenth longer."""


class Words(click.Group):
    """Finds its commands among the modules of this folder: ``bench.py`` is ``ltc bench``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all words, by the alphabet."""
        return sorted(
            module.name.rstrip("_").replace("_", "-")
            for module in pkgutil.iter_modules(__path__)
            if not module.name.startswith("_")
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a word and return its command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        word = cmd_name.replace("-", "_")
        found = import_module(f"{__name__}.{word + '_' if iskeyword(word) else word}").command
        assert isinstance(found, click.Command), cmd_name
        return found


@click.command(cls=Words, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ltc-flow", prog_name="ltc")
def ltc() -> None:
    """LTC Flow 线索到回款: from the first lead to the money in the bank."""


def main() -> None:
    """Run the command line; what is refused, or cannot be reached, becomes one line and the exit code 1."""
    gc.set_threshold(*GARBAGE)
    try:
        ltc()
    except LtcError as refused:
        _give_up(str(refused))
    except OSError as error:
        _give_up(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except Exception as error:
        unreachable = _database(error)
        if unreachable is None:
            raise
        _give_up(f"the database cannot be used, see DATABASE_URL: {unreachable}")


def _give_up(why: str) -> None:
    click.echo(f"ltc: {' '.join(why.split())}", err=True)
    sys.exit(1)


def _database(error: Exception) -> str | None:
    """Return what the driver said when the database cannot be reached; the driver is known only when it was used."""
    exc = sys.modules.get("sqlalchemy.exc")
    known = exc is not None and type(error) in {exc.OperationalError, exc.DatabaseError}
    return str(getattr(error, "orig", error)) if known else None
