"""Random rounds of forms with optional and conditional questions: the process data are what a small model says."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.unit.interpreter_drawing import Played, end, flow, flows, node, play, process, release, script, start, user

ROUNDS = 4
NAMES = ["a", "b", "c", "d", "e"]
CASES = 12


@dataclass
class Form:
    """Questions that are always asked, and others that an answer to ``control`` opens; none must be answered."""

    name: str
    control: str
    always: list[str]
    sometimes: dict[str, list[str]]

    def schema(self) -> dict[str, Any]:
        control = {self.control: {"enum": list(self.sometimes)}}
        parts = [
            {
                "if": {"properties": {self.control: {"const": value}}, "required": [self.control]},
                "then": {"properties": {name: {"type": "integer"} for name in names}},
            }
            for value, names in self.sometimes.items()
        ]
        return {"type": "object", "properties": {n: {"type": "integer"} for n in self.always} | control, "allOf": parts}

    def names(self) -> set[str]:
        return {self.control, *self.always, *(each for names in self.sometimes.values() for each in names)}

    def asked(self, answers: dict[str, Any]) -> set[str]:
        return {self.control, *self.always, *self.sometimes.get(answers.get(self.control, ""), [])}

    def filled(self, dice: random.Random) -> dict[str, Any]:
        chosen = dice.choice([None, *self.sometimes])
        answers: dict[str, Any] = {} if chosen is None else {self.control: chosen}
        for name in sorted(self.asked(answers) - {self.control}):
            if dice.random() < 0.5:
                answers[name] = dice.randrange(5)
        return answers


@dataclass
class Model:
    """What everybody would say is known: the last answer, or nothing."""

    setters: dict[str, set[str]]
    data: dict[str, Any] = field(default_factory=dict)

    def answer(self, form: Form, answers: dict[str, Any]) -> None:
        for name in form.names():
            if name in answers:
                self.data[name] = answers[name]
            elif name in form.asked(answers) or not self.setters[name] - {form.name}:
                self.data.pop(name, None)


def some_form(dice: random.Random, name: str) -> Form:
    names = dice.sample(NAMES, 4)
    return Form(f"{name}.schema.json", dice.choice(["v", "w"]), names[:1], {"x": names[1:3], "y": names[2:]})


def drawn(dice: random.Random) -> tuple[Played, dict[str, Form], Model]:
    """A loop around two forms of which a called process may ask the second, a script, and two forms side by side."""
    forms = {element: some_form(dice, element) for element in ("one", "two", "left", "right")}
    set_by_script = dice.choice(NAMES)
    ask = {each: user(each, formJsonSchemaFilename=form.name) for each, form in forms.items()}
    inner = process(start("T") + ask["two"] + end("F") + flows("T two F"), "Q")
    body = start() + ask["one"] + node("callActivity", "call", calledElement="Q") + node("parallelGateway", "A")
    body += ask["left"] + ask["right"] + node("parallelGateway", "J") + script("set", f"{set_by_script} = 9")
    body += node("exclusiveGateway", "X", default="X-one") + end()
    ways = flows("S one call A left J X", "A right J", "X one", "set E") + flow("X", "set", "over")
    files = {f"forms/{each.name}": json.dumps(each.schema()).encode() for each in forms.values()}
    setters: dict[str, set[str]] = {name: set() for name in [*NAMES, "v", "w"]}
    setters[set_by_script].add("set")
    for each in forms.values():
        for name in each.names():
            setters[name].add(each.name)
    return play(release(process(body + ways), inner, files=files)), forms, Model(setters)


def known(played: Played) -> dict[str, Any]:
    return {name: value for name, value in played.run.data.items() if value is not None}


@pytest.mark.parametrize("seed", range(CASES))
def test_behind_every_form_the_data_are_the_last_answers(seed: int) -> None:
    dice = random.Random(seed)
    played, forms, model = drawn(dice)

    def fill(element: str, of: Model) -> None:
        answers = forms[element].filled(dice)
        played.complete(element, **answers)
        of.answer(forms[element], answers)

    for _ in range(ROUNDS):
        for element in ("one", "two"):
            fill(element, model)
            assert known(played) == model.data
        fork, sides = dict(model.data), dice.sample(["left", "right"], 2)
        for element in sides:
            branch = Model(model.setters, dict(fork))
            fill(element, branch)
            for name in fork.keys() | branch.data.keys():
                if fork.get(name) != branch.data.get(name):
                    model.data[name] = branch.data.get(name)
        model.data = {name: value for name, value in model.data.items() if value is not None}
        assert known(played) == model.data
