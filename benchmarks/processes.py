"""The processes that the benchmarks run: twenty human tasks in a row, and a loop around one."""

from __future__ import annotations

from tests.diagrams import Diagram, form

TASKS = 20
STEPS = "twenty"
LOOP = "loop"

ANSWERS = {"amount": 120_000_00, "wanted": True, "note": "客户想在三月之前看到方案"}
_FIELDS = {
    "properties": {
        "amount": {"type": "integer", "title": "Amount", "x-title-zh": "金额", "x-unit": "fen", "minimum": 0},
        "wanted": {"type": "boolean", "title": "Wanted", "x-title-zh": "需要"},
        "note": {"type": "string", "title": "Note", "x-title-zh": "备注", "maxLength": 2000},
    },
    "required": ["amount", "wanted"],
}


def twenty() -> dict[str, bytes]:
    """Return the process of twenty human tasks with a form each, an exclusive gateway after every fifth."""
    diagram = Diagram(STEPS).start().end()
    way = ["begin"]
    for number in range(1, TASKS + 1):
        diagram.task(f"step_{number}", "ar", form="answer", due='"P2D"')
        way.append(f"step_{number}")
        if number % 5 == 0 and number < TASKS:
            diagram.gateway(f"large_{number}", "exclusive", default=f"large_{number}_to_step_{number + 1}")
    for source, target in zip(way, [*way[1:], "done"], strict=True):
        number = int(source.rpartition("_")[2]) if source != "begin" else 0
        if number and number % 5 == 0 and number < TASKS:
            diagram.flow(source, f"large_{number}").flow(f"large_{number}", target)
            diagram.flow(f"large_{number}", "done", "amount > 10_000_000_00")
        else:
            diagram.flow(source, target)
    return diagram.file() | form("answer", _FIELDS)


def loop() -> dict[str, bytes]:
    """Return a human task that is done again for as long as ``wanted`` is true."""
    diagram = Diagram(LOOP).start().end().gateway("merge", "exclusive").task("visit", "ar", form="answer")
    diagram.gateway("again", "exclusive", default="again_to_done")
    diagram.line("begin", "merge", "visit", "again", "done").flow("again", "merge", "wanted == True")
    return diagram.file() | form("answer", _FIELDS)
