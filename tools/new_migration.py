"""Write the next migration from the difference between the tables in the code and the migrations so far.

``python -m tools.new_migration 0002 "Leads remember their campaign"``. Read what it wrote before you commit it.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from alembic import command

from engine.database import connect
from webui.migrations import configuration, upgrade
from webui.migrations.models import metadata

RUFF = Path(sys.executable).parent / "ruff"
REMARK = re.compile(r"^ *# #+ .* #*\n", re.MULTILINE)
"""What Alembic writes around its own lines."""


def main() -> None:
    """Make the file in ``webui/migrations/versions``."""
    arguments = argparse.ArgumentParser(description="Write the next migration.")
    arguments.add_argument("number", help="four digits, one more than the last")
    arguments.add_argument("sentence", help="what changes for whom")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{Path(folder) / 'empty.db'}")
        upgrade(engine)
        with engine.begin() as connection:
            made = command.revision(
                configuration(connection, metadata()), chosen.sentence, autogenerate=True, rev_id=chosen.number
            )
        engine.dispose()
    for script in [made] if not isinstance(made, list) else made:
        if script is not None:
            tidy(Path(script.path))


def tidy(path: Path) -> None:
    """Write the new migration the way the rest of the code is written."""
    path.write_text(REMARK.sub("", path.read_text()))
    subprocess.run([RUFF, "format", "--quiet", path], check=True)
    subprocess.run([RUFF, "check", "--fix", "--exit-zero", path], check=True)


if __name__ == "__main__":
    main()
