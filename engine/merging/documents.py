"""Joining two changes of a form: field by field, keyword by keyword."""

from __future__ import annotations

import json
from typing import Any

from engine.merging.conflicts import Judge, in_order

MISSING = object()
_NAMES = ("const", "data", "if", "$id", "title")
"""By the first of these that an entry of a list has, it is known again."""


def join_documents(base: bytes, mine: bytes, theirs: bytes, judge: Judge) -> bytes:
    """Return the joined JSON document; raises ``ValueError`` for what is none."""
    found = _join(json.loads(base), json.loads(mine), json.loads(theirs), (), judge)
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def _join(base: Any, mine: Any, theirs: Any, path: tuple[str, ...], judge: Judge) -> Any:
    if theirs in (base, mine) and type(theirs) in (type(base), type(mine)):
        return mine
    if mine == base and type(mine) is type(base):
        return theirs
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return _join_named(base if isinstance(base, dict) else {}, mine, theirs, path, judge)
    if isinstance(mine, list) and isinstance(theirs, list):
        old, my, their = (
            {_key(each): each for each in side} for side in (base if isinstance(base, list) else [], mine, theirs)
        )
        if len(my) == len(mine) and len(their) == len(theirs):
            return list(_join_named(old, my, their, path, judge).values())
    element, facet = _place(path)
    shown = [None if each is MISSING else _text(each) for each in (base, mine, theirs)]
    return mine if judge.takes_mine(element, element, facet, *shown) else theirs


def _join_named(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], path: tuple[str, ...], judge: Judge
) -> dict[str, Any]:
    joined = {
        key: _join(base.get(key, MISSING), mine.get(key, MISSING), theirs.get(key, MISSING), (*path, key), judge)
        for key in dict.fromkeys([*mine, *theirs])
    }
    order = in_order(list(base), list(mine), list(theirs), lambda key: joined[key] is not MISSING)
    return {key: joined[key] for key in order}


def _key(entry: Any) -> str:
    if isinstance(entry, dict):
        for name in _NAMES:
            if name in entry:
                return f"{name}={_text(entry[name])}"
    return _text(entry)


def _place(path: tuple[str, ...]) -> tuple[str, str]:
    """Return the field that a path leads to, and the rest of the path."""
    for at, name in enumerate(path):
        if name == "properties" and at + 1 < len(path):
            return path[at + 1], "/".join((*path[:at], *path[at + 2 :]))
    return (path[0], "/".join(path[1:])) if path and ":" not in path[0] else ("", "/".join(path))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
