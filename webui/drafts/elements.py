"""What the elements of a file are called, for whoever comments on one or reads such a comment."""

from __future__ import annotations

from engine.interpreter.drawing import read_drawing
from engine.interpreter.xml import BPMN, XmlRefused, read
from engine.text import Text


def elements(path: str, content: bytes) -> dict[str, Text]:
    """Return the names of the named steps of a diagram by id, in the order in which they are drawn.

    Empty for other files, and for a diagram that cannot be read.
    """
    if not path.endswith(".bpmn"):
        return {}
    try:
        drawing = read_drawing(path, read(path, content, (BPMN,)))
    except XmlRefused:
        return {}
    return {
        node.id: Text(node.name, node.label_zh)
        for scope in drawing.processes
        for node in scope.nodes.values()
        if node.name
    }
