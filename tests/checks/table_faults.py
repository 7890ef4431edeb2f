"""Faults in decision tables: a gap, two rows at once, a cell that cannot be read."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from lxml import etree

from tests.checks.editing import Edit, Editor, Make


def table_edit(change: Callable[[random.Random, etree._Element, str], str | None]) -> Make:
    def make(chance: random.Random, editor: Editor) -> Edit | None:
        tables = [name for name in editor.files if name.endswith(".dmn")]
        name = chance.choice(tables)
        root = etree.fromstring(editor.files[name])
        ns = f"{{{etree.QName(root).namespace}}}"
        what = change(chance, root, ns)
        if what is None:
            return None
        ids = {each.get("id") for each in root.iter() if isinstance(each.tag, str) and each.get("id")}
        return Edit(f"{name}: {what}", {**editor.files, name: etree.tostring(root)}, {each for each in ids if each})

    return make


def _gap(chance: random.Random, root: etree._Element, ns: str) -> str | None:
    """Drop a row of a table that has no default and whose first cell is no list of names."""
    rows = list(root.iter(f"{ns}rule"))
    if len(rows) < 2 or root.find(f".//{ns}defaultOutputEntry") is not None:
        return None
    row = chance.choice(rows)
    cells = [each.findtext(f"{ns}text", "") for each in row.iter(f"{ns}inputEntry")]
    others = [
        [each.findtext(f"{ns}text", "") for each in other.iter(f"{ns}inputEntry")] for other in rows if other is not row
    ]
    outside = any(re.match(r"\s*([<>]|not\(>|not\(<|[\[(])", cell) for cell in cells)
    alone = any(re.match(r'\s*"', cell) and all(other[at] != cell for other in others) for at, cell in enumerate(cells))
    if outside or alone or ("-" in cells and len(cells) == cells.count("-")):
        return None  # what only this row names is unknown to the table without it
    row.getparent().remove(row)
    return f"row {row.get('id')} dropped"


def _overlap(chance: random.Random, root: etree._Element, ns: str) -> str | None:
    table = root.find(f".//{ns}decisionTable")
    rows = list(root.iter(f"{ns}rule"))
    if table is None or table.get("hitPolicy", "UNIQUE") != "UNIQUE" or not rows:
        return None
    row = chance.choice(rows)
    copy = etree.fromstring(etree.tostring(row))
    for each in copy.iter():
        if isinstance(each.tag, str) and each.get("id"):
            each.set("id", f"{each.get('id')}_again")
    row.addnext(copy)
    return f"row {row.get('id')} twice"


def _bad_cell(chance: random.Random, root: etree._Element, ns: str) -> str | None:
    cells = list(root.iter(f"{ns}inputEntry"))
    if not cells:
        return None
    cell = chance.choice(cells)
    text = cell.find(f"{ns}text")
    if text is None:
        return None
    text.text = chance.choice(["5 to 10", "[1..", "hello world", 'contains("a")'])
    return f"cell {cell.get('id')}"


TABLE_FAULTS: list[Make] = [table_edit(_gap), table_edit(_overlap), table_edit(_bad_cell)]
