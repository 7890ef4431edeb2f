"""Edits of the shipped processes: faulty ones that must be refused, harmless ones that must not."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from engine.releases.operations import read_folder

PROCESSES = Path(__file__).parents[2] / "processes"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DECIDING = (f"{BPMN}exclusiveGateway", f"{BPMN}inclusiveGateway")

Files = dict[str, bytes]


@dataclass
class Edit:
    """An edited folder: what was done, and the elements of which one must be named by a finding."""

    what: str
    files: Files
    places: set[str]


class Editor:
    """One file of the shipped folder, opened for an edit; ``done`` gives the folder with it."""

    def __init__(self, files: Files, name: str) -> None:
        self.files, self.name = files, name
        self.root = etree.fromstring(files[name])

    def every(self, tag: str) -> list[etree._Element]:
        return list(self.root.iter(f"{BPMN}{tag}"))

    def by_id(self, element: str | None) -> etree._Element:
        return next(each for each in self.root.iter(f"{BPMN}*") if each.get("id") == element)

    def flows(self) -> list[etree._Element]:
        return self.every("sequenceFlow")

    def out(self, element: etree._Element) -> list[etree._Element]:
        return [each for each in self.flows() if each.get("sourceRef") == element.get("id")]

    def into(self, element: etree._Element) -> list[etree._Element]:
        return [each for each in self.flows() if each.get("targetRef") == element.get("id")]

    def remove(self, element: etree._Element) -> None:
        name = element.get("id")
        element.getparent().remove(element)
        for each in list(self.root.iter(f"{BPMN}incoming", f"{BPMN}outgoing", f"{DI}BPMNEdge", f"{DI}BPMNShape")):
            if name in (each.text, each.get("bpmnElement")):
                each.getparent().remove(each)

    def names_around(self, *elements: str | None) -> set[str]:
        """The elements, and those one flow away from them."""
        found = {each for each in elements if each}
        for flow in self.flows():
            ends = {flow.get("sourceRef"), flow.get("targetRef"), flow.get("id")}
            if ends & set(elements):
                found |= ends
        return found

    def all_names(self) -> set[str]:
        return {each.get("id") for each in self.root.iter(f"{BPMN}*") if each.get("id")}

    def done(self, what: str, *places: str | None) -> Edit:
        content = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")
        return Edit(f"{self.name}: {what}", {**self.files, self.name: content}, {each for each in places if each})


Make = Callable[[random.Random, Editor], Edit | None]
FAULTS: list[Make] = []
HARMLESS: list[Make] = []


def fault(make: Make) -> Make:
    FAULTS.append(make)
    return make


def harmless(make: Make) -> Make:
    HARMLESS.append(make)
    return make


def pick(chance: random.Random, among: list[etree._Element]) -> etree._Element | None:
    return chance.choice(among) if among else None


@fault
def drop_a_flow(chance: random.Random, editor: Editor) -> Edit | None:
    flow = pick(chance, editor.flows())
    if flow is None:
        return None
    source, target = flow.get("sourceRef"), flow.get("targetRef")
    if len(editor.out(editor.by_id(source))) > 1 and len(editor.into(editor.by_id(target))) > 1:
        return None  # one answer fewer may well be meant
    places = editor.names_around(source, target)
    editor.remove(flow)
    for each in editor.root.iter(*DECIDING):
        if each.get("default") == flow.get("id"):
            del each.attrib["default"]
    return editor.done(f"drop {flow.get('id')}", *places)


@fault
def end_a_flow_nowhere(chance: random.Random, editor: Editor) -> Edit | None:
    flow = pick(chance, editor.flows())
    if flow is None:
        return None
    flow.set("targetRef", "nowhere")
    return editor.done(f"{flow.get('id')} to nowhere", *editor.names_around(flow.get("sourceRef"), flow.get("id")))


@fault
def another_kind_of_join(chance: random.Random, editor: Editor) -> Edit | None:
    """AND for XOR, and XOR for AND."""
    gates = [
        each
        for each in [*editor.every("parallelGateway"), *editor.every("exclusiveGateway")]
        if len(editor.into(each)) > 1 and (len(editor.out(each)) == 1 or each.tag == f"{BPMN}exclusiveGateway")
    ]
    gate = pick(chance, gates)
    if gate is None:
        return None
    other = "exclusiveGateway" if gate.tag == f"{BPMN}parallelGateway" else "parallelGateway"
    gate.tag = f"{BPMN}{other}"
    places = editor.all_names()
    return editor.done(f"{gate.get('id')} becomes {other}", *places)


@fault
def split_in_parallel(chance: random.Random, editor: Editor) -> Edit | None:
    gate = pick(chance, [each for each in editor.every("exclusiveGateway") if len(editor.out(each)) > 1])
    if gate is None:
        return None
    gate.tag = f"{BPMN}parallelGateway"
    return editor.done(f"{gate.get('id')} splits in parallel", *editor.names_around(gate.get("id")))


@fault
def drop_a_condition(chance: random.Random, editor: Editor) -> Edit | None:
    flow = pick(chance, [each for each in editor.flows() if each.find(f"{BPMN}conditionExpression") is not None])
    if flow is None:
        return None
    flow.remove(flow.find(f"{BPMN}conditionExpression"))
    return editor.done(f"no condition on {flow.get('id')}", flow.get("id"), flow.get("sourceRef"))


@fault
def misspell_in_a_condition(chance: random.Random, editor: Editor) -> Edit | None:
    conditions = [each for each in editor.every("conditionExpression") if re.match(r"\s*[a-z_]+ ", each.text or "")]
    condition = pick(chance, conditions)
    if condition is None:
        return None
    condition.text = re.sub(r"[a-z_]+", lambda found: f"{found[0]}x", condition.text, count=1)
    flow = condition.getparent()
    return editor.done(f"misspelt: {condition.text.strip()}", flow.get("id"), flow.get("sourceRef"))


@fault
def never_true(chance: random.Random, editor: Editor) -> Edit | None:
    condition = pick(chance, editor.every("conditionExpression"))
    if condition is None:
        return None
    condition.text = chance.choice(["False", "1 == 2", "not True"])
    flow = condition.getparent()
    return editor.done(f"dead branch {flow.get('id')}", flow.get("id"), flow.get("sourceRef"), flow.get("targetRef"))


@fault
def impossible_value(chance: random.Random, editor: Editor) -> Edit | None:
    conditions = [each for each in editor.every("conditionExpression") if re.search(r'== "\w+"', each.text or "")]
    condition = pick(chance, conditions)
    if condition is None:
        return None
    condition.text = re.sub(r'== "(\w+)"', r'== "\1_x"', condition.text, count=1)
    flow = condition.getparent()
    return editor.done(f"impossible: {condition.text.strip()}", flow.get("id"), flow.get("sourceRef"))


@fault
def broken_expression(chance: random.Random, editor: Editor) -> Edit | None:
    condition = pick(chance, [*editor.every("conditionExpression"), *editor.every("script")])
    if condition is None:
        return None
    condition.text = chance.choice(['__import__("os").system("true")', "x ==", "x.y.z == 1", "[a for a in b] == 1"])
    holder = condition.getparent()
    return editor.done(f"expression of {holder.get('id')}", holder.get("id"), holder.get("sourceRef"))


def parameters(editor: Editor) -> list[tuple[etree._Element, etree._Element]]:
    return [
        (task, each) for task in editor.every("serviceTask") for each in task.iter(f"{SPIFF}parameter")
    ]  # fmt: skip


@fault
def wrong_parameter(chance: random.Random, editor: Editor) -> Edit | None:
    found = parameters(editor)
    if not found:
        return None
    task, parameter = chance.choice(found)
    parameter.set("id", f"{parameter.get('id')}_x")
    return editor.done(f"parameter {parameter.get('id')}", task.get("id"))


@fault
def misspell_in_a_parameter(chance: random.Random, editor: Editor) -> Edit | None:
    found = [(task, each) for task, each in parameters(editor) if re.fullmatch(r"[a-z_]+", each.get("value", ""))]
    if not found:
        return None
    task, parameter = chance.choice(found)
    parameter.set("value", f"{parameter.get('value')}x")
    return editor.done(f"parameter {parameter.get('id')} = {parameter.get('value')}", task.get("id"))


@fault
def unknown_handler(chance: random.Random, editor: Editor) -> Edit | None:
    operator = pick(chance, list(editor.root.iter(f"{SPIFF}serviceTaskOperator")))
    if operator is None:
        return None
    operator.set("id", f"{operator.get('id')}x")
    return editor.done(f"handler {operator.get('id')}", operator.getparent().getparent().get("id"))


@fault
def same_id_twice(chance: random.Random, editor: Editor) -> Edit | None:
    tasks = [*editor.every("userTask"), *editor.every("serviceTask"), *editor.every("endEvent")]
    if len(tasks) < 2:
        return None
    one, other = chance.sample(tasks, 2)
    before = other.get("id")
    other.set("id", one.get("id") or "")
    return editor.done(f"{before} is called {one.get('id')}", *editor.names_around(one.get("id"), before))


@fault
def unknown_form(chance: random.Random, editor: Editor) -> Edit | None:
    holders = [each for each in editor.root.iter(f"{SPIFF}property") if each.get("name") == "formJsonSchemaFilename"]
    holder = pick(chance, holders)
    if holder is None:
        return None
    holder.set("value", "nowhere.schema.json")
    return editor.done("unknown form", next(each for each in holder.iterancestors(f"{BPMN}userTask")).get("id"))


@fault
def unknown_call(chance: random.Random, editor: Editor) -> Edit | None:
    call = pick(chance, editor.every("callActivity"))
    if call is None:
        return None
    call.set("calledElement", "nowhere")
    return editor.done("unknown call", call.get("id"))


@fault
def unknown_decision(chance: random.Random, editor: Editor) -> Edit | None:
    holder = pick(chance, list(editor.root.iter(f"{SPIFF}calledDecisionId")))
    if holder is None:
        return None
    holder.text = "nowhere"
    return editor.done("unknown decision", holder.getparent().getparent().get("id"))


@fault
def out_of_its_lane(chance: random.Random, editor: Editor) -> Edit | None:
    task = pick(chance, editor.every("userTask"))
    if task is None:
        return None
    for each in list(editor.root.iter(f"{BPMN}flowNodeRef")):
        if each.text == task.get("id"):
            each.getparent().remove(each)
    return editor.done("in no lane", task.get("id"))


@fault
def unknown_role(chance: random.Random, editor: Editor) -> Edit | None:
    task = pick(chance, editor.every("userTask"))
    lane = next((each for each in editor.every("lane") if task is not None and task.get("id") in
                 {reference.text for reference in each.iter(f"{BPMN}flowNodeRef")}), None)  # fmt: skip
    role = None if lane is None else next(each for each in lane.iter(f"{SPIFF}property") if each.get("name") == "role")
    if lane is None or role is None:
        return None
    role.set("value", "nobody_at_all")
    return editor.done("unknown role", *(each.text for each in lane.iter(f"{BPMN}flowNodeRef")))


@fault
def unreadable_time(chance: random.Random, editor: Editor) -> Edit | None:
    times = [*editor.every("timeDuration"), *editor.every("timeDate")]
    time = pick(chance, times)
    if time is None:
        return None
    time.text = chance.choice(["tomorrow morning", "PT", "P1X", "0 0 * * *"])
    return editor.done("unreadable time", time.getparent().getparent().get("id"))


@fault
def unknown_status(chance: random.Random, editor: Editor) -> Edit | None:
    holders = [each for each in editor.root.iter(f"{SPIFF}property") if each.get("name") == "status"]
    holder = pick(chance, holders)
    if holder is None:
        return None
    holder.set("value", "NO_SUCH_STATUS")
    return editor.done("unknown status", holder.getparent().getparent().getparent().get("id"))


@fault
def message_without_a_name(chance: random.Random, editor: Editor) -> Edit | None:
    holder = pick(chance, editor.every("messageEventDefinition"))
    if holder is None:
        return None
    holder.set("messageRef", "nowhere")
    return editor.done("no message", holder.getparent().get("id"))


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


FAULTS += [table_edit(_gap), table_edit(_overlap), table_edit(_bad_cell)]


@fault
def lose_a_form_field(chance: random.Random, editor: Editor) -> Edit | None:
    """A field goes from the schema but not from the UI schema, as when a file is edited by hand."""
    forms = [each for each in editor.files if each.startswith("forms/") and each.endswith(".schema.json")]
    name = chance.choice(forms)
    schema = json.loads(editor.files[name])
    if not schema.get("properties"):
        return None
    lost = chance.choice(sorted(schema["properties"]))
    again = json.dumps({**schema, "properties": {}}).count(f'"{lost}": {{"type"')
    del schema["properties"][lost]
    if again:
        return None
    places = {lost, *(f for other in editor.files if other.endswith(".bpmn") for f in _ids(editor.files[other]))}
    return Edit(f"{name}: {lost} lost", {**editor.files, name: json.dumps(schema).encode()}, places)


def _ids(content: bytes) -> Iterator[str]:
    yield from (each.decode() for each in re.findall(rb'<bpmn:\w+ id="([^"]+)"', content))


@harmless
def rename(chance: random.Random, editor: Editor) -> Edit | None:
    node = pick(chance, [*editor.every("userTask"), *editor.every("serviceTask"), *editor.every("lane")])
    if node is None:
        return None
    node.set("name", f"{node.get('name')} anew")
    return editor.done(f"rename {node.get('id')}")


@harmless
def move(chance: random.Random, editor: Editor) -> Edit | None:
    nodes = {each.get("id") for each in editor.root.iter(f"{BPMN}*") if each.tag.endswith(("Task", "Event", "Gateway"))}
    shape = pick(chance, [each for each in editor.root.iter(f"{DI}BPMNShape") if each.get("bpmnElement") in nodes])
    if shape is None:
        return None
    bounds = shape.find(f"{DC}Bounds")
    bounds.set("x", str(float(bounds.get("x")) + chance.choice([-4, 3, 5])))
    return editor.done(f"move {shape.get('bpmnElement')}")


@harmless
def label(chance: random.Random, editor: Editor) -> Edit | None:
    flow = pick(chance, [each for each in editor.flows() if not each.get("name")])
    if flow is None:
        return None
    flow.set("name", "Then")
    inside = etree.Element(f"{BPMN}extensionElements")
    entry = etree.SubElement(etree.SubElement(inside, f"{SPIFF}properties"), f"{SPIFF}property")
    entry.set("name", "label.zh_CN")
    entry.set("value", "然后")
    flow.insert(0, inside)
    return editor.done(f"label {flow.get('id')}")


@harmless
def add_a_task(chance: random.Random, editor: Editor) -> Edit | None:
    """A user task with the form of another is put into a flow between two tasks."""
    pattern = pick(chance, editor.every("userTask"))
    kinds = (f"{BPMN}userTask", f"{BPMN}serviceTask", f"{BPMN}scriptTask", f"{BPMN}callActivity")
    flows = [each for each in editor.flows() if editor.by_id(each.get("sourceRef")).tag in kinds]
    flow = pick(chance, flows)
    if pattern is None or flow is None:
        return None
    task = etree.fromstring(etree.tostring(pattern))
    for each in list(task):
        if each.tag in (f"{BPMN}incoming", f"{BPMN}outgoing"):
            task.remove(each)
    for each in list(task.iter(f"{SPIFF}property")):
        if each.get("name") in ("due", "priority", "assignee", "at_level", "status"):
            each.getparent().remove(each)
    task.set("id", "added_task")
    pattern.getparent().append(task)
    more = etree.SubElement(pattern.getparent(), f"{BPMN}sequenceFlow")
    for name, value in (("id", "added_flow"), ("sourceRef", "added_task"), ("targetRef", flow.get("targetRef"))):
        more.set(name, value or "")
    flow.set("targetRef", "added_task")
    lane = next(each for each in editor.root.iter(f"{BPMN}flowNodeRef") if each.text == pattern.get("id"))
    reference = etree.SubElement(lane.getparent(), f"{BPMN}flowNodeRef")
    reference.text = "added_task"
    return editor.done(f"a task in {flow.get('id')}")


@harmless
def reorder(chance: random.Random, editor: Editor) -> Edit | None:
    process = editor.every("process")[0]
    nodes = [each for each in process if each.tag.endswith(("Task", "Event", "Activity"))]
    if not nodes:
        return None
    chance.shuffle(nodes)
    for each in nodes:
        process.remove(each)
        process.append(each)
    return editor.done("reorder")


@harmless
def document(chance: random.Random, editor: Editor) -> Edit | None:
    holders = [each for each in editor.every("documentation") if each.text]
    holder = pick(chance, holders)
    if holder is None:
        return None
    holder.text = f"{holder.text} <script>alert(1)</script> Take your time."
    return editor.done("more documentation")


@harmless
def form_title(chance: random.Random, editor: Editor) -> Edit | None:
    name = chance.choice([each for each in editor.files if each.endswith(".schema.json")])
    schema = json.loads(editor.files[name])
    schema["title"] = f"{schema.get('title')} anew"
    properties = schema.get("properties", {})
    schema["properties"] = dict(reversed(properties.items()))
    return Edit(f"{name}: titles", {**editor.files, name: json.dumps(schema).encode()}, set())


def edits(makers: list[Make], count: int, seed: int, flow: str = "") -> Iterator[Edit]:
    """Yield ``count`` random edits, each kind as often as the others where it can be made.

    Only files whose names begin with ``flow`` are there, and what every flow uses.
    """
    everything = read_folder(PROCESSES)
    names = (flow, f"forms/{flow}", f"decisions/{flow}", "decisions/sla")
    files = {name: content for name, content in everything.items() if name.startswith(names)}
    diagrams = sorted(name for name in files if name.endswith(".bpmn"))
    chance = random.Random(seed)
    made = tried = 0
    while made < count:
        edit = makers[tried % len(makers)](chance, Editor(files, chance.choice(diagrams)))
        tried += 1
        if edit is not None:
            made += 1
            yield edit
