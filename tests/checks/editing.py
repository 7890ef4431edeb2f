"""Editing the shipped processes at random: what an edit is, and how edits are drawn."""

from __future__ import annotations

import random
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


def pick(chance: random.Random, among: list[etree._Element]) -> etree._Element | None:
    return chance.choice(among) if among else None


def edits(makers: list[Make], count: int, seed: int) -> Iterator[Edit]:
    """Yield ``count`` random edits of everything that is shipped, each kind as often as the others."""
    files = read_folder(PROCESSES)
    diagrams = sorted(name for name in files if name.endswith(".bpmn"))
    chance = random.Random(seed)
    made = tried = 0
    while made < count:
        edit = makers[tried % len(makers)](chance, Editor(files, chance.choice(diagrams)))
        tried += 1
        if edit is not None:
            made += 1
            yield edit
