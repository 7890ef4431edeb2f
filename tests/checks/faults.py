"""Faults as they happen to people who draw: each must be refused, and where it was made."""

from __future__ import annotations

import json
import random
import re

from lxml import etree

from tests.checks.editing import BPMN, DECIDING, SPIFF, Edit, Editor, Make, pick
from tests.checks.table_faults import TABLE_FAULTS

FAULTS: list[Make] = [*TABLE_FAULTS]


def fault(make: Make) -> Make:
    FAULTS.append(make)
    return make


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


def mentioning(editor: Editor, name: str) -> set[str]:
    """The elements and flows that mention ``name``, in any diagram, and those that ask a table that does."""
    word = re.compile(rf"\b{re.escape(name)}\b".encode())
    tables = [file.split("/")[-1].removesuffix(".dmn") for file, content in editor.files.items()
              if file.endswith(".dmn") and word.search(content)]  # fmt: skip
    asking = re.compile("|".join([word.pattern.decode(), *(rf"\b{each}\b" for each in tables)]).encode())
    return {
        each.get("id")
        for file, content in editor.files.items()
        if file.endswith(".bpmn") and asking.search(content)
        for each in etree.fromstring(content).iter(f"{BPMN}*")
        if each.get("id") and each.tag != f"{BPMN}process" and asking.search(etree.tostring(each))
    }


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
    places = {lost, *mentioning(editor, lost)}
    return Edit(f"{name}: {lost} lost", {**editor.files, name: json.dumps(schema).encode()}, places)


@fault
def set_another_name(chance: random.Random, editor: Editor) -> Edit | None:
    """A script sets another name than the one that a condition behind it reads, which nothing else sets."""
    script = pick(chance, editor.every("script"))
    names = [] if script is None else re.findall(r"^\s*([a-z_]+) =(?!=)", script.text or "", re.MULTILINE)
    if script is None or not names:
        return None
    name = chance.choice(names)
    read = [each for each in editor.every("conditionExpression") if re.search(rf"\b{name}\b", each.text or "")]
    everywhere = b"".join(content for file, content in editor.files.items() if file != editor.name)
    own = len(re.findall(rf"\b{name} =(?!=)", editor.files[editor.name].decode()))
    if not read or own != 1 or re.search(rf"\b{name}\b".encode(), everywhere):
        return None
    script.text = re.sub(rf"\b{name} =(?!=)", f"{name}_x =", script.text or "", count=1)
    return editor.done(f"{name} is set no more", *mentioning(editor, name))
