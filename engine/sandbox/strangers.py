"""What other editors draw by default and a trial can take as meant: their files run too, until somebody says more."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lxml import etree

from engine.interpreter.xml import BPMN, XmlRefused, bpmn, read

_FOREIGN = re.compile(rb"""<(?:\w+:)?task\b|isExecutable\s*=\s*["']false""")


def understood(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Return ``files`` with diagrams of strangers as they would be drawn here; what is drawn so already stays the same.

    A file of which nothing may run is a sketch: its processes are tried. A task of no kind is one that somebody does.
    """
    return {path: _drawn_here(path, content) if path.endswith(".bpmn") else content for path, content in files.items()}


def _drawn_here(path: str, content: bytes) -> bytes:
    if not _FOREIGN.search(content):
        return content  # nearly every file: not worth reading it twice
    try:
        root = read(path, content, (BPMN,))
    except XmlRefused:
        return content
    changed = False
    processes = list(root.iter(bpmn("process")))
    if all(process.get("isExecutable") == "false" for process in processes):
        for process in processes:
            process.set("isExecutable", "true")
            changed = True
    for task in list(root.iter(bpmn("task"))):
        task.tag = bpmn("manualTask")
        changed = True
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) if changed else content
