"""Completions of plain SpiffWorkflow, stored the way its documentation stores a workflow.

The full state as JSON by its own serializer, in one row of one table, loaded and saved at each step, one commit each;
no forms, inbox, history or permissions. Two things are lent to it: its limit of 1,000 tasks in a row is lifted, without
which the loop stalls at turn 250, and its tasks compose no lines for a log that nobody keeps.
"""

from __future__ import annotations

import time
from typing import ClassVar

import sqlalchemy as sa
from lxml import etree
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG

from benchmarks.ours import Case
from benchmarks.processes import ANSWERS, LOOP, STEPS, TASKS, loop, twenty
from engine.database import connect

_TABLE = sa.Table(
    "stock_workflow",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
)
UNLIMITED = 1_000_000


class Stock:
    """Plain SpiffWorkflow on one database."""

    _loops: ClassVar[dict[int, str]] = {}

    def __init__(self, url: str) -> None:
        self.engine = connect(url)
        _TABLE.create(self.engine)
        _lift_the_depth_limit()
        parser = SpiffBpmnParser()
        for name, content in (twenty() | loop()).items():
            if name.endswith(".bpmn"):
                parser.add_bpmn_xml(etree.fromstring(content), filename=name)
        self._parser = parser
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))

    def start(self, process_id: str) -> Case:
        """Start a case; not measured."""
        return self._insert(self._serializer.serialize_json(self._begin(process_id)))

    def step(self, case: Case) -> float:
        """Complete the open task of ``case``; return how many milliseconds it took from asking to commit."""
        began = time.perf_counter()
        with self.engine.begin() as connection:
            row = sa.select(_TABLE.c.state).where(_TABLE.c.id == case.instance_id).with_for_update()
            workflow = self._serializer.deserialize_json(connection.execute(row).scalar_one())
            self._complete(workflow)
            connection.execute(
                sa.update(_TABLE)
                .where(_TABLE.c.id == case.instance_id)
                .values(state=self._serializer.serialize_json(workflow))
            )
        took = time.perf_counter() - began
        case.turns += 1
        return took * 1000

    def at(self, turns: int) -> Case:
        """Return a case of the loop that has ``turns`` behind it; it got there in memory, to save time."""
        if turns not in self._loops:
            workflow = self._begin(LOOP)
            for _ in range(turns):
                self._complete(workflow)
            self._loops[turns] = self._serializer.serialize_json(workflow)
        case = self._insert(self._loops[turns])
        case.turns = turns
        return case

    def step_alone(self) -> float:
        """Complete twenty tasks on stored states, without a database; return the milliseconds of one."""
        state = self._serializer.serialize_json(self._begin(STEPS))
        began = time.perf_counter()
        for _ in range(TASKS):
            workflow = self._serializer.deserialize_json(state)
            self._complete(workflow)
            state = self._serializer.serialize_json(workflow)
        return (time.perf_counter() - began) * 1000 / TASKS

    def _begin(self, process_id: str) -> BpmnWorkflow:
        workflow = BpmnWorkflow(self._parser.get_spec(process_id))
        workflow.do_engine_steps()
        return workflow

    @staticmethod
    def _complete(workflow: BpmnWorkflow) -> None:
        [task] = workflow.get_tasks(state=TaskState.READY, manual=True)
        task.data.update(ANSWERS)
        task.run()
        workflow.do_engine_steps()

    def _insert(self, state: str) -> Case:
        with self.engine.begin() as connection:
            number = connection.execute(sa.insert(_TABLE).values(state=state).returning(_TABLE.c.id)).scalar_one()
        return Case(number, 0)

    def state_bytes(self, case: Case) -> int:
        """Return the size of the stored state."""
        with self.engine.connect() as connection:
            size = sa.select(sa.func.length(_TABLE.c.state)).where(_TABLE.c.id == case.instance_id)
            return int(connection.scalar(size) or 0)

    def close(self) -> None:
        """Disconnect."""
        self.engine.dispose()


def _lift_the_depth_limit() -> None:
    """Let the task iterator see tasks deeper than 1,000; its default is an argument of ``__init__``."""
    end_at, _depth, *others = BpmnTaskIterator.__init__.__defaults__
    BpmnTaskIterator.__init__.__defaults__ = (end_at, UNLIMITED, *others)
