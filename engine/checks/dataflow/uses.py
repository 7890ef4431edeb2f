"""Names that stand by themselves where a value of a certain type is needed: parameters, numbers of times, times."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, get_args, get_origin

from engine.checks.dataflow.comparisons import roots_of
from engine.checks.dataflow.domains import Domain
from engine.checks.dataflow.sources import parameter_types
from engine.interpreter.release import Release, operator_of
from engine.interpreter.written import Written, written_in

Types = frozenset[type]

_NUMBERS: Types = frozenset((int, float))
_PLAIN: Types = frozenset((int, float, bool, str))
_NEEDED: Mapping[str, Types] = {"times": frozenset((int,)), "time": frozenset((str,)), "due": frozenset((str,))}


def misused(release: Release, domains: Mapping[str, Domain]) -> Iterator[tuple[Written, str, Types, Types]]:
    """Yield the uses of a name that never is of the type needed: where, the name, the types it has and those needed."""
    for written in written_in(release):
        needed = _needed(release, written)
        roots = roots_of(written) if needed else []
        known = domains.get(roots[0].id) if len(roots) == 1 and isinstance(roots[0], ast.Name) else None
        if known is None or known.untyped or not known.types:
            continue
        if not any(_fits(each, needed) for each in known.types):
            yield written, ast.unparse(roots[0]), frozenset(known.types), needed


def _fits(given: type, needed: Types) -> bool:
    return given in needed or (given is int and float in needed) or (given in _NUMBERS and bool(needed & _NUMBERS))


def _needed(release: Release, written: Written) -> Types:
    """Return the types that an expression must be of; none where that cannot be said."""
    if written.kind != "parameter":
        return _NEEDED.get(written.kind, frozenset())
    handler = release.catalogue.get(operator_of(written.node)[1])
    annotation = None if handler is None else parameter_types(handler.given).get(written.parameter)
    return _plain(annotation)


def _plain(annotation: Any) -> Types:
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if annotation in _PLAIN:
        return frozenset((annotation,))
    parts = [each for each in get_args(annotation) if each is not type(None)]
    if not parts or not all(each in _PLAIN for each in parts):
        return frozenset()
    return frozenset(parts)
