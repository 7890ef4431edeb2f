"""Joining two changes of a diagram or a decision table: element by element, attribute by attribute.

Lanes and the ends of flows are stored twice in a diagram; they are taken out before and written again afterwards, so
that a task moved to another lane or a flow drawn anew is one change. Two layouts are no conflict: mine is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from engine.interpreter.xml import BPMN, DMN, bpmn, read, spiff, text_of
from engine.merging.conflicts import Judge, in_order, reordered

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_DRAWN = (f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge")
_ENDS = (bpmn("incoming"), bpmn("outgoing"))
_PARTS = (spiff("parameter"), spiff("serviceTaskOperator"))
_CELLS = ("inputEntry", "outputEntry")
_BEFORE_ENDS = (bpmn("documentation"), bpmn("extensionElements"))

Tree = etree._Element  # noqa: SLF001 - lxml has no other name for the type


@dataclass(slots=True)
class _Side:
    """One of the three trees without lanes and ends of flows; ``lanes`` by node, ``ends`` by node in their order."""

    root: Tree
    lanes: dict[str, str] = field(default_factory=dict)
    ends: dict[str, list[str]] = field(default_factory=dict)
    touching: dict[str, set[tuple[str, str, str]]] = field(default_factory=dict)


def join_trees(path: str, base: bytes, mine: bytes, theirs: bytes, judge: Judge) -> bytes:
    """Return the joined file; raises ``XmlRefused`` for one that cannot be read."""
    namespaces = (BPMN,) if path.endswith(".bpmn") else DMN
    sides = [_side(read(path, each, namespaces)) for each in (base, mine, theirs)]
    joined = _Joining(judge, *sides).tree()
    etree.indent(joined, "  ")
    made: bytes = etree.tostring(joined, xml_declaration=True, encoding="UTF-8") + b"\n"
    says = _says(read(path, made, namespaces))
    return next((each for each in (mine, theirs) if _says(read(path, each, namespaces)) == says), made)


def _says(root: Tree) -> tuple[bytes, dict[str, str]]:
    """Return what a file says, however it is written: for whoever only took one side, its bytes stay."""
    lanes = _side(root).lanes
    return _plain(root), lanes


def _side(root: Tree) -> _Side:
    side = _Side(root)
    for each in root.iter():
        each.tail = None
        if each.text is not None and not each.text.strip():
            each.text = None
    for lane in root.iter(bpmn("lane")):
        for reference in lane.findall(bpmn("flowNodeRef")):
            side.lanes[text_of(reference)] = lane.get("id", "")
            lane.remove(reference)
    for flow in root.iter(bpmn("sequenceFlow")):
        ends = (flow.get("id", ""), flow.get("sourceRef", ""), flow.get("targetRef", ""))
        for node in ends[1:]:
            side.touching.setdefault(node, set()).add(ends)
    for end in [end for tag in _ENDS for end in root.iter(tag)]:
        holder = end.getparent()
        if holder is not None:
            side.ends.setdefault(holder.get("id", ""), []).append(text_of(end))
            holder.remove(end)
    return side


def _key(element: Tree, seen: dict[str, int]) -> str:
    """Return what an element is known by among its siblings in all three trees."""
    tag = str(element.tag)
    if tag == spiff("serviceTaskOperator") or tag.endswith("EventDefinition"):
        return tag  # there is one, whatever it is called
    named = element.get("bpmnElement") or element.get("dmnElementRef") or element.get("id")
    if named is None and tag in (spiff("property"), spiff("extension")):
        named = element.get("name")
    if named is not None:
        return f"{tag}#{named}"
    seen[tag] = seen.get(tag, 0) + 1
    return f"{tag}[{seen[tag]}]"


def _children(element: Tree | None) -> dict[str, Tree]:
    seen: dict[str, int] = {}
    return {} if element is None else {_key(each, seen): each for each in element}


def _same(one: Tree | None, other: Tree | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(_plain(one) == _plain(other))


def _plain(element: Tree) -> bytes:
    plain: bytes = etree.tostring(element, method="c14n", exclusive=True)
    return plain


class _Joining:
    """Joins three trees into one."""

    def __init__(self, judge: Judge, base: _Side, mine: _Side, theirs: _Side) -> None:
        self.judge, self.base, self.mine, self.theirs = judge, base, mine, theirs
        self.decided: dict[str, bool] = {}

    def tree(self) -> Tree:
        self._find_decided()
        root = self._join(self.base.root, self.mine.root, self.theirs.root)
        ids = {each.get("id") for each in root.iter() if each.get("id")}
        for flow in list(root.iter(bpmn("sequenceFlow"))):
            parent = flow.getparent()
            if parent is not None and not {flow.get("sourceRef"), flow.get("targetRef")} <= ids:
                parent.remove(flow)
                ids.discard(flow.get("id"))
        self._lanes(root, ids)
        self._ends(root, ids)
        for each in [each for tag in _DRAWN for each in root.iter(tag) if each.get("bpmnElement") not in ids]:
            parent = each.getparent()
            if parent is not None:
                parent.remove(each)
        return root

    def _find_decided(self) -> None:
        """Find the nodes that one side deleted while the other changed or connected them, and ask which holds."""
        nodes = {each.get("id", ""): each for each in self.base.root.iter() if each.get("id") and _is_flow_node(each)}
        there = [{each.get("id"): each for each in side.root.iter()} for side in (self.mine, self.theirs)]
        for node_id, node in nodes.items():
            gone = [node_id not in ids for ids in there]
            if gone[0] == gone[1]:
                continue
            other, left = (self.theirs, there[1]) if gone[0] else (self.mine, there[0])
            flows = other.touching.get(node_id, set()) - self.base.touching.get(node_id, set())
            if not flows and _same(node, left[node_id]):
                continue
            shown = ", ".join([_shown(left[node_id]), *sorted(flow for flow, _, _ in flows)])
            mine, theirs = (None, shown) if gone[0] else (shown, None)
            takes_mine = self.judge.takes_mine(node_id, _name(node), "", _shown(node), mine, theirs)
            self.decided[node_id] = takes_mine is not gone[0]

    def _join(self, base: Tree | None, mine: Tree, theirs: Tree) -> Tree:
        if _same(base, mine) and base is not None:
            return _copy(theirs)
        if _same(base, theirs) or _same(mine, theirs):
            return _copy(mine)
        if mine.tag in _DRAWN:
            return _copy(mine)
        namespaces = {prefix: uri for side in (theirs, mine) for prefix, uri in side.nsmap.items()}
        joined = etree.Element(mine.tag, nsmap=namespaces)  # type: ignore[arg-type]  # the stubs forget the default one
        self._attributes(joined, base, mine, theirs)
        texts = [None if each is None else each.text for each in (base, mine, theirs)]
        joined.text = self._value(mine, "text", *texts)
        for each in self._joined_children(base, mine, theirs):
            joined.append(each)
        return joined

    def _attributes(self, joined: Tree, base: Tree | None, mine: Tree, theirs: Tree) -> None:
        for name in dict.fromkeys([*mine.keys(), *theirs.keys()]):
            old = None if base is None else base.get(name)
            value = self._value(mine, f"@{etree.QName(name).localname}", old, mine.get(name), theirs.get(name))
            if value is not None:
                joined.set(name, value)

    def _value(self, element: Tree, facet: str, base: str | None, mine: str | None, theirs: str | None) -> str | None:
        if theirs in (base, mine):
            return mine
        if mine == base:
            return theirs
        owner, place = _owner(element)
        facet = place if facet == "text" and place else f"{place}{facet}".removesuffix("@value").removeprefix("@")
        return self._choose(owner, facet, base, mine, theirs)

    def _choose(self, owner: Tree, facet: str, base: str | None, mine: str | None, theirs: str | None) -> str | None:
        if theirs in (base, mine):
            return mine
        if mine == base:
            return theirs
        return mine if self.judge.takes_mine(owner.get("id", ""), _name(owner), facet, base, mine, theirs) else theirs

    def _joined_children(self, base: Tree | None, mine: Tree, theirs: Tree) -> Iterator[Tree]:
        old, my, their = _children(base), _children(mine), _children(theirs)
        joined: dict[str, Tree | None] = {}
        for key in dict.fromkeys([*my, *their]):
            joined[key] = self._child(old.get(key), my.get(key), their.get(key))
        first, second = list(my), list(their)
        rules = [[key for key in each if key.partition("#")[0].endswith("}rule")] for each in (old, my, their)]
        if reordered(rules[0], rules[1], rules[2]):
            shown = [", ".join(key.partition("#")[2] for key in each) for each in rules]
            if not self.judge.takes_mine(mine.get("id", ""), _name(mine), "order", *shown):
                first, second = second, first
        for key in in_order(list(old), first, second, lambda key: joined.get(key) is not None):
            found = joined[key]
            if found is not None:
                yield found

    def _child(self, base: Tree | None, mine: Tree | None, theirs: Tree | None) -> Tree | None:
        if mine is not None and theirs is not None:
            return self._join(base, mine, theirs)
        there = mine if mine is not None else theirs
        if there is None:
            return None
        return _copy(there) if self._stays(base, there, is_mine=mine is not None) else None

    def _stays(self, base: Tree | None, there: Tree, *, is_mine: bool) -> bool:
        """Return whether an element stays that one side alone has: it is new there, or deleted on the other."""
        if base is None:
            return True
        if there.get("id") in self.decided:
            return self.decided[there.get("id", "")]
        if self._is_kept(there):
            return True
        if _same(base, there) or there.tag in _DRAWN:
            return False
        owner, place = (there, "") if there.get("id") else _owner(there)
        mine, theirs = (_shown(there), None) if is_mine else (None, _shown(there))
        return self.judge.takes_mine(owner.get("id", ""), _name(owner), place, _shown(base), mine, theirs) is is_mine

    def _is_kept(self, element: Tree) -> bool:
        """Return whether a flow belongs to a node that somebody deleted and that stays all the same."""
        return any(self.decided.get(element.get(end, ""), False) for end in ("sourceRef", "targetRef", "bpmnElement"))

    def _lanes(self, root: Tree, ids: set[str | None]) -> None:
        lanes = {each.get("id", ""): each for each in root.iter(bpmn("lane"))}
        nodes = {each.get("id", ""): each for each in root.iter() if each.get("id")}
        for node in dict.fromkeys([*self.mine.lanes, *self.theirs.lanes]):
            if node not in ids:
                continue
            places = [each.lanes.get(node) for each in (self.base, self.mine, self.theirs)]
            lane = self._choose(nodes[node], "lane", *places)
            if lane in lanes:
                etree.SubElement(lanes[lane], bpmn("flowNodeRef")).text = node

    def _ends(self, root: Tree, ids: set[str | None]) -> None:
        flows = {each.get("id", ""): each for each in root.iter(bpmn("sequenceFlow"))}
        for node_id in dict.fromkeys([*self.mine.ends, *self.theirs.ends, *_flow_ends(flows.values())]):
            node = next((each for each in root.iter() if each.get("id") == node_id), None)
            if node is None or node_id not in ids:
                continue
            known = [*self.mine.ends.get(node_id, ()), *self.theirs.ends.get(node_id, ()), *flows]
            at = sum(each.tag in _BEFORE_ENDS for each in node)
            for tag, side in zip(_ENDS, ("targetRef", "sourceRef"), strict=True):
                for flow_id in dict.fromkeys(known):
                    if flow_id in flows and flows[flow_id].get(side) == node_id:
                        end = etree.Element(tag)
                        end.text = flow_id
                        node.insert(at, end)
                        at += 1


def _flow_ends(flows: Iterable[Tree]) -> Iterator[str]:
    for each in flows:
        yield each.get("sourceRef", "")
        yield each.get("targetRef", "")


def _copy(element: Tree) -> Tree:
    copied: Tree = etree.fromstring(etree.tostring(element, with_tail=False))
    return copied


def _is_flow_node(element: Tree) -> bool:
    parent = element.getparent()
    inside = parent is not None and etree.QName(parent).localname in {"process", "subProcess"}
    return inside and etree.QName(element).localname not in {"sequenceFlow", "laneSet", "extensionElements"}


def _owner(element: Tree) -> tuple[Tree, str]:
    """Return the nearest element with an id, and the way from it: ``property:due``, ``conditionExpression/``."""
    steps: list[str] = []
    here: Tree = element
    while not here.get("id") or here.tag in _PARTS or etree.QName(here).localname in _CELLS:
        parent = here.getparent()
        if parent is None:
            break
        local = etree.QName(here).localname
        if local in _CELLS:
            steps = [f"{local}:{1 + sum(each.tag == here.tag for each in here.itersiblings(preceding=True))}"]
        elif here.tag in (spiff("property"), spiff("parameter")):
            steps = [f"{local}:{here.get('name') or here.get('id')}", *steps]
        elif local not in {"extensionElements", "properties", "parameters"}:
            steps = [local, *steps]
        here = parent
    return here, "/".join(steps)


def _name(element: Tree) -> str:
    described = element.find("{*}description") if etree.QName(element).localname == "rule" else None
    return element.get("name") or element.get("label") or text_of(described) or element.get("id") or ""


def _shown(element: Tree) -> str:
    text: str = etree.tostring(element, encoding="unicode", with_tail=False)
    return text[:4000]
