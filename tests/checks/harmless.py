"""Edits that are nobody's fault: none may be refused."""

from __future__ import annotations

import json
import random

from lxml import etree

from tests.checks.editing import BPMN, DC, DI, SPIFF, Edit, Editor, Make, pick

HARMLESS: list[Make] = []


def harmless(make: Make) -> Make:
    HARMLESS.append(make)
    return make


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
