"""Which form a process begins with: found by running it in memory up to where it first waits."""

from __future__ import annotations

from engine.errors import LtcError
from engine.interpreter import Element, Program, begin
from webui.runtime import room


def first_task(program: Program, process_id: str) -> Element | None:
    """Return the human task at which a new case waits first; ``None`` when it does not begin with exactly one.

    Nothing is stored and no handler is called: a process whose beginning depends on one shows its form afterwards.
    """
    try:
        step = begin(program, process_id, {}, lambda *_: None, room().clock)
    except LtcError:
        return None
    return step.opened[0].element if len(step.opened) == 1 else None
