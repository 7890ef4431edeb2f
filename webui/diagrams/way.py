"""The way of a case through its diagrams: what it passed, where it stands, for the drawing and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.instances.queries import Event
from engine.interpreter import Element, Program
from engine.text import Text

SPOKEN = frozenset(
    {"userTask", "manualTask", "serviceTask", "businessRuleTask", "scriptTask", "callActivity", "sendTask",
     "receiveTask", "subProcess"}
)  # fmt: skip
"""The kinds of elements that the way in words lists: what is done, not how the lines run."""


PASSED = frozenset({"completed", "fired", "ended"})
LEFT = PASSED | {"cancelled", "failed"}


@dataclass(frozen=True, slots=True)
class Step:
    """One element in words; ``state`` is ``done``, ``here`` or ``ahead``."""

    name: Text
    state: str


@dataclass(slots=True)
class Drawing:
    """One diagram with the traces of a case."""

    process_id: str
    name: Text
    done: list[str] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    here: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def is_current(self) -> bool:
        """Whether the case waits for something in this diagram."""
        return bool(self.here)


def drawings(program: Program, root: str, story: Sequence[Event], *, running: bool) -> list[Drawing]:
    """Return the case's process and every process it calls, the outermost first, each with the traces of the case."""
    found = {each: _drawing(program, each) for each in _called(program, root)}
    for event in story:
        drawing = found.get(event.entry.process_id)
        if drawing is not None:
            _trace(drawing, event)
    for drawing in found.values():
        drawing.here = list(dict.fromkeys(drawing.here)) if running else []
        drawing.done = [each for each in dict.fromkeys(drawing.done) if each not in drawing.here]
        drawing.flows = list(dict.fromkeys(drawing.flows))
        drawing.steps = [_step(each, drawing) for each in program.elements_of(drawing.process_id) if _spoken(each)]
    return list(found.values())


def _trace(drawing: Drawing, event: Event) -> None:
    entry = event.entry
    if entry.event == "entered":
        drawing.here.append(entry.element)
    elif entry.event in LEFT:
        if entry.element in drawing.here:
            drawing.here.remove(entry.element)
        if entry.event in PASSED:
            drawing.done.append(entry.element)
    drawing.flows += (entry.detail or {}).get("flows", [])


def _called(program: Program, root: str) -> list[str]:
    """Return ``root`` and all it calls, directly or not, each once, callers before what they call."""
    found, waiting = [], [root]
    while waiting:
        process_id = waiting.pop(0)
        if process_id not in found and process_id in program.processes:
            found.append(process_id)
            waiting += program.called_by(process_id)
    return found


def _drawing(program: Program, process_id: str) -> Drawing:
    info = program.process(process_id)
    return Drawing(process_id, Text(info.name or info.id, info.label_zh))


def _spoken(element: Element) -> bool:
    return element.kind in SPOKEN and bool(element.name)


def _step(element: Element, drawing: Drawing) -> Step:
    state = "here" if element.id in drawing.here else "done" if element.id in drawing.done else "ahead"
    return Step(Text(element.name, element.label_zh), state)
