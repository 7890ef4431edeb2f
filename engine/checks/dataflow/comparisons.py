"""The comparisons of names with constants that stand in the expressions of a release."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial
from typing import Any

from engine.errors import ExpressionError
from engine.interpreter.grammar import parse, parse_script
from engine.interpreter.iso_time import looks_like_time
from engine.interpreter.release import Release
from engine.interpreter.written import Written, written_in

Compared = tuple[Written, str, list[Any]]


def compared(release: Release) -> Iterator[Compared]:
    """Yield where a name is compared with constants: the expression, the name, the constants."""
    for drawing in release.drawings:
        alone = release.alone(drawing)
        yield from release.kept.get("written", ("compared", release.digest_of(drawing.file)), partial(_compared, alone))


def _compared(release: Release) -> list[Compared]:
    return [
        (written, name, constants)
        for written in written_in(release)
        for root in roots_of(written)
        for node in ast.walk(root)
        if isinstance(node, ast.Compare) and len(node.ops) == 1
        for name, constants in _sides(node)
    ]


def roots_of(written: Written) -> list[ast.expr]:
    """Return the syntax trees of an expression or of the lines of a script."""
    try:
        if written.kind == "script":
            return [root for _, root in parse_script(written.text)]
        return [] if looks_like_time(written.text) else [parse(written.text)]
    except ExpressionError:
        return []


def decided(release: Release) -> Iterator[tuple[Written, ast.Call]]:
    """Yield every call of ``decide`` with the expression in which it stands."""
    for drawing in release.drawings:
        alone = release.alone(drawing)
        yield from release.kept.get("written", ("decided", release.digest_of(drawing.file)), partial(_decided, alone))


def _decided(release: Release) -> list[tuple[Written, ast.Call]]:
    return [(written, call) for written in written_in(release) for call in decide_calls(written)]


def decide_calls(written: Written) -> Iterator[ast.Call]:
    """Yield the calls of ``decide`` in an expression or script."""
    for root in roots_of(written):
        for node in ast.walk(root):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "decide":
                yield node


def _sides(node: ast.Compare) -> Iterator[tuple[str, list[Any]]]:
    left, right, sign = node.left, node.comparators[0], node.ops[0]
    if isinstance(sign, ast.In | ast.NotIn):
        if isinstance(left, ast.Name) and isinstance(right, ast.List | ast.Tuple):
            yield left.id, [each.value for each in right.elts if isinstance(each, ast.Constant)]
        return
    for one, other in ((left, right), (right, left)):
        if isinstance(one, ast.Name) and isinstance(other, ast.Constant):
            yield one.id, [other.value]
