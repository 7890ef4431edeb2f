"""Cases run as they are drawn, stored and taken up again at every act."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from engine.errors import (
    CaseStuck,
    ErrorNotCaught,
    ExpressionError,
    MessageNotExpected,
    ProcessNotFound,
    StateUnreadable,
    WorkItemAlreadyDone,
)
from engine.interpreter import begin, resume
from engine.service_tasks import BusinessError
from tests.unit.interpreter_drawing import (
    MONDAY,
    Handlers,
    boundary,
    end,
    error,
    event,
    flow,
    flows,
    message,
    node,
    play,
    process,
    release,
    script,
    service,
    start,
    timer,
    user,
)

LINE = process(start() + user("a") + user("b") + end() + flows("S a b E"), start="everyone")


def test_a_case_runs_from_start_to_end_and_says_what_it_passed():
    played = play(release(LINE), amount=5)
    assert played.open() == ["a"]
    assert not played.step.ended
    played.complete("a", verdict="valid")
    played.complete("b")
    assert played.step.ended
    assert played.step.data == {"amount": 5, "verdict": "valid"}
    assert played.seen == [
        ("started", "P"), ("completed", "S"), ("entered", "a"), ("completed", "a"), ("entered", "b"),
        ("completed", "b"), ("completed", "E"), ("ended", "P"),
    ]  # fmt: skip
    assert played.flows == played.program.flows("P") == {"S-a", "a-b", "b-E"}


def test_only_short_scalars_of_an_answer_become_process_data():
    played = play(release(LINE))
    step = played.complete(
        "a", text="x", number=3, yes=True, nothing=None, rows=[{"a": 1}], file={"t": 1}, long="x" * 2000
    )
    assert step.data == {"text": "x", "number": 3, "yes": True, "nothing": None}


def test_a_task_that_is_not_open_is_refused_and_the_case_goes_on():
    played = play(release(LINE))
    guid = played.step.opened[0].guid
    played.complete("a")
    with pytest.raises(WorkItemAlreadyDone):
        played.run.complete(guid, {})
    with pytest.raises(WorkItemAlreadyDone):
        played.run.complete(uuid4(), {})
    assert played.open() == ["b"]


def test_a_work_item_keeps_its_guid_however_often_the_case_is_stored():
    program = release(
        process(
            start() + node("parallelGateway", "g") + user("a") + user("b") + node("parallelGateway", "j") + end()
            + flows("S g a j E", "g b j")
        )
    )  # fmt: skip
    played = play(program)
    guids = {each.element.id: each.guid for each in played.step.opened}
    step = played.complete("a")
    assert [each.guid for each in played.run.open_tasks()] == [guids["b"]]
    assert step.opened == []
    assert step.closed == []


def test_an_unknown_process_and_a_foreign_state_are_typed_errors():
    program = release(LINE)
    with pytest.raises(ProcessNotFound):
        play(program, "Q")
    for state in (b"", b"{}", b"[1]", b'{"format": 99, "scopes": []}', b'{"format": 1, "scopes": [{"scope": "x"}]}'):
        with pytest.raises(StateUnreadable):
            resume(program, state, Handlers(), play(program).clock)


def test_conditions_see_unset_names_as_nothing():
    way = node("exclusiveGateway", "g", default="g-b")
    program = release(
        process(
            start() + way + user("a") + user("b") + end() + flows("S g b E", "a E")
            + flow("g", "a", 'verdict == "valid"')
        )
    )  # fmt: skip
    assert play(program).open() == ["b"]
    assert play(program, verdict="valid").open() == ["a"]


def test_a_gateway_without_a_way_out_is_a_typed_error_naming_the_gateway():
    program = release(
        process(
            start() + node("exclusiveGateway", "g") + user("a") + user("b") + end() + flows("S g", "a E", "b E")
            + flow("g", "a", "n == 1") + flow("g", "b", "n == 2")
        )
    )  # fmt: skip
    with pytest.raises(CaseStuck) as caught:
        play(program, n=3)
    assert caught.value.data["element"] == "g"


def test_comparing_nothing_by_size_is_a_typed_error():
    program = release(
        process(
            start() + node("exclusiveGateway", "g", default="g-b") + user("a") + user("b") + end()
            + flows("S g b E", "a E") + flow("g", "a", "n &gt; 1")
        )
    )  # fmt: skip
    with pytest.raises(ExpressionError):
        play(program)


def test_script_lines_set_process_data():
    program = release(process(start() + script("x", "a = n + 1\nb = a * 2") + user("u") + end() + flows("S x u E")))
    assert play(program, n=2).step.data == {"n": 2, "a": 3, "b": 6}


def test_a_diagram_that_runs_in_circles_is_stopped():
    program = release(
        process(
            start() + script("x", "n = 1") + node("exclusiveGateway", "g", default="g-x") + end()
            + flows("S x g x") + flow("g", "E", "n == 2")
        )
    )  # fmt: skip
    with pytest.raises(CaseStuck):
        play(program)


# ------------------------------------------------------------------ parallel branches


PARALLEL = process(
    start() + node("parallelGateway", "g") + user("a") + user("b") + node("parallelGateway", "j") + user("c") + end()
    + flows("S g a j c E", "g b j")
)  # fmt: skip


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_what_one_branch_changed_is_not_undone_by_the_branch_that_finishes_last(order):
    played = play(release(PARALLEL), verdict="open")
    for each in order:
        played.complete(each, **({"verdict": "valid"} if each == "a" else {"note": "seen"}))
    assert played.step.data == {"verdict": "valid", "note": "seen"}
    assert dict(played.run.open_tasks()[0].data) == {"verdict": "valid", "note": "seen"}


def test_of_two_branches_that_change_one_name_the_later_wins():
    played = play(release(PARALLEL), verdict="open")
    played.complete("b", verdict="late?")
    played.complete("a", verdict="last")
    assert played.step.data["verdict"] == "last"


def test_data_of_a_branch_is_known_to_the_case_before_the_branches_join():
    played = play(release(PARALLEL))
    assert played.complete("a", verdict="valid").data == {"verdict": "valid"}
    assert played.run.data == {"verdict": "valid"}


# ------------------------------------------------------------------ calls and sub-processes

CALLED = process(start("QS") + user("inner") + end("QE") + flows("QS inner QE"), "Q", role="lead_owner")
CALLING = process(start() + node("callActivity", "c", calledElement="Q") + user("after") + end() + flows("S c after E"))


def test_a_called_process_reports_its_own_elements_roles_and_flows_and_gives_its_data_back():
    played = play(release(CALLING, CALLED), amount=1)
    assert played.step.opened[0].element.process_id == "Q"
    assert played.step.opened[0].element.role == "lead_owner"
    assert played.step.opened[0].data == {"amount": 1}
    played.complete("inner", amount=2, found=True)
    assert played.step.data == {"amount": 2, "found": True}
    assert played.step.opened[0].data == {"amount": 2, "found": True}
    played.complete("after")
    assert played.flows == played.program.flows("P") | played.program.flows("Q")
    assert ("entered", "c") in played.seen
    assert ("completed", "c") in played.seen
    assert played.program.called_by("P") == ("Q",)


def test_elements_of_an_embedded_sub_process_belong_to_its_process_and_inherit_its_lane():
    inside = start("s1") + user("x") + end("e1") + flows("s1 x e1")
    program = release(process(start() + node("subProcess", "sub", inside) + end() + flows("S sub E")))
    played = play(program)
    element = played.step.opened[0].element
    assert (element.process_id, element.role) == ("P", "ar")
    played.complete("x", seen=1)
    assert played.step.ended
    assert played.step.data == {"seen": 1}
    assert played.flows == program.flows("P") == {"S-sub", "sub-E", "s1-x", "x-e1"}


def test_the_innermost_lane_gives_the_role_and_a_lane_without_the_property_its_name():
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="out" name="Sales Management"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
        '<bpmn:flowNodeRef>b</bpmn:flowNodeRef><bpmn:childLaneSet id="cl"><bpmn:lane id="in" name="Lead manager">'
        "<bpmn:flowNodeRef>b</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>"
    )
    body = start() + user("a") + user("b") + end() + flows("S a b E")
    program = release(f'<bpmn:process id="P">{lanes}{body}</bpmn:process>')
    assert program.element("P", "a").role == "sales_management"
    assert program.element("P", "b").role == "lead_manager"


# ------------------------------------------------------------------ service tasks


def test_a_transactional_handler_is_called_within_the_step_and_its_scalars_become_data():
    handlers = Handlers(hello={"greeting": "hi", "rows": [1], "count": 2})
    program = release(
        process(start() + service("x", "hello", who="name", times="n + 1") + user("u") + end() + flows("S x u E"))
    )
    played = play(program, services=handlers, name="Su Ran", n=1)
    assert handlers.asked == [("x", "hello", {"who": "Su Ran", "times": 2})]
    assert played.step.data == {"name": "Su Ran", "n": 1, "greeting": "hi", "count": 2}
    assert [each for each in played.seen if each[1] == "x"] == [("entered", "x"), ("completed", "x")]


def test_an_exception_of_a_handler_comes_through_unchanged():
    program = release(process(start() + service("x", "check") + end() + flows("S x E")))
    with pytest.raises(ZeroDivisionError):
        play(program, services=Handlers(check=ZeroDivisionError()))


FAILING = process(
    start() + service("x", "check") + boundary("caught", "x", event("error", "e_NO")) + user("ok") + user("repair") + end()
    + flows("S x ok E", "caught repair E")
)  # fmt: skip


def test_a_business_error_goes_the_way_of_its_boundary_event():
    played = play(release(error("NO"), FAILING), services=Handlers(check=BusinessError("NO")))
    assert played.open() == ["repair"]
    assert ("failed", "x") in played.seen
    assert ("fired", "caught") in played.seen
    played.complete("repair")
    assert played.step.ended


def test_a_business_error_that_nobody_catches_is_a_typed_error():
    with pytest.raises(ErrorNotCaught) as caught:
        play(release(error("NO"), FAILING), services=Handlers(check=BusinessError("OTHER")))
    assert (caught.value.data["element"], caught.value.data["code"]) == ("x", "OTHER")


def test_a_business_error_climbs_out_of_a_called_process():
    called = process(start("QS") + service("x", "check") + end("QE") + flows("QS x QE"), "Q")
    calling = process(
        start() + node("callActivity", "c", calledElement="Q") + boundary("any", "c", event("error")) + user("ok")
        + user("repair") + end() + flows("S c ok E", "any repair E")
    )  # fmt: skip
    played = play(release(called, calling), services=Handlers(check=BusinessError("WHATEVER")))
    assert played.open() == ["repair"]
    assert play(release(called, calling)).open() == ["ok"]


JOB = process(
    start() + service("x", "mail", who="'Max'") + boundary("late", "x", timer("Duration", "PT1H"))
    + boundary("bad", "x", event("error", "e_NO")) + user("ok") + user("slow") + user("repair") + end()
    + flows("S x ok E", "late slow E", "bad repair E")
)  # fmt: skip


def test_an_external_handler_waits_for_its_job():
    played = play(release(error("NO"), JOB))
    request = played.step.requested[0]
    assert (request.handler, request.element.id, request.parameters) == ("mail", "x", {"who": "Max"})
    assert played.refresh().requested == []
    played.act(played.run.finish_service(request.guid, {"sent": True, "body": ["no"]}))
    assert played.open() == ["ok"]
    assert played.step.data == {"sent": True}
    with pytest.raises(WorkItemAlreadyDone):
        played.run.finish_service(request.guid, {})


def test_a_failed_job_goes_the_way_of_its_boundary_event_or_is_refused():
    played = play(release(error("NO"), JOB))
    guid = played.step.requested[0].guid
    with pytest.raises(ErrorNotCaught):
        played.run.fail_service(guid, "OTHER")
    played.act(played.run.fail_service(guid, "NO"))
    assert played.open() == ["repair"]


def test_a_job_that_an_event_overtakes_is_withdrawn():
    played = play(release(error("NO"), JOB))
    guid = played.step.requested[0].guid
    played.clock.advance(timedelta(hours=1))
    assert played.refresh().withdrawn == [guid]
    assert played.open() == ["slow"]
    with pytest.raises(WorkItemAlreadyDone):
        played.run.finish_service(guid, {})


# ------------------------------------------------------------------ ends


def test_an_error_end_leaves_its_sub_process_by_the_boundary_event():
    inside = start("s1") + user("x") + end("e1", event("error", "e_NO")) + flows("s1 x e1")
    program = release(
        error("NO"),
        process(
            start() + node("subProcess", "sub", inside) + boundary("b", "sub", event("error", "e_NO")) + user("ok")
            + user("repair") + end() + flows("S sub ok E", "b repair E")
        ),
    )  # fmt: skip
    played = play(program)
    played.complete("x", reason="no need")
    assert played.open() == ["repair"]
    assert played.step.data == {"reason": "no need"}
    assert ("completed", "sub") not in played.seen


def test_an_error_is_not_caught_by_the_boundary_event_of_a_sibling():
    inside = (
        start("s1") + node("parallelGateway", "g") + service("job", "mail", who="'x'")
        + boundary("sibling", "job", event("error", "e_NO")) + user("x") + end("e1", event("error", "e_NO")) + end("e2")
        + user("wrong") + flows("s1 g job e2", "g x e1", "sibling wrong e2")
    )  # fmt: skip
    program = release(
        error("NO"),
        process(
            start() + node("subProcess", "sub", inside) + boundary("b", "sub", event("error", "e_NO")) + user("right")
            + end() + flows("S sub E", "b right E")
        ),
    )  # fmt: skip
    played = play(program)
    played.complete("x")
    assert played.open() == ["right"]


def test_a_terminate_end_closes_everything_that_is_open():
    program = release(
        process(
            start() + node("parallelGateway", "g") + user("a") + user("b") + end("stop", event("terminate")) + end()
            + flows("S g a stop", "g b E")
        )
    )  # fmt: skip
    played = play(program)
    other = next(each.guid for each in played.step.opened if each.element.id == "b")
    step = played.complete("a", why="stop")
    assert step.ended
    assert step.closed == [other]
    assert ("cancelled", "b") in played.seen


def test_cancelling_closes_everything_and_says_so():
    played = play(release(CALLING, CALLED))
    guid = played.step.opened[0].guid
    step = played.act(played.run.cancel())
    assert step.ended
    assert step.closed == [guid]
    assert played.seen[-1] == ("cancelled", "P")
    assert played.run.open_tasks() == []
    with pytest.raises(WorkItemAlreadyDone):
        played.run.complete(guid, {})


# ------------------------------------------------------------------ messages


def test_a_message_is_caught_and_its_scalars_become_data():
    program = release(
        message("paid"),
        process(
            start()
            + node("intermediateCatchEvent", "w", event("message", "m_paid"))
            + user("u")
            + end()
            + flows("S w u E")
        ),
    )
    played = play(program)
    assert played.run.waiting_messages() == ["paid"]
    with pytest.raises(MessageNotExpected):
        played.run.deliver("other", {})
    played.deliver("paid", amount=7, rows=[1])
    assert played.open() == ["u"]
    assert played.step.data == {"amount": 7}
    assert played.run.waiting_messages() == []


def test_a_receive_task_waits_for_its_message():
    program = release(
        message("paid"), process(start() + node("receiveTask", "w", messageRef="m_paid") + end() + flows("S w E"))
    )
    played = play(program)
    assert ("entered", "w") in played.seen
    assert played.deliver("paid", amount=7).ended
    assert played.step.data == {"amount": 7}


@pytest.mark.parametrize(
    "thrower",
    [
        node("sendTask", "t", messageRef="m_won"),
        node("intermediateThrowEvent", "t", event("message", "m_won")),
    ],
)
def test_a_thrown_message_leaves_the_case(thrower):
    played = play(
        release(message("won"), process(start() + thrower + user("u") + end() + flows("S t u E"))), ref="LD-1"
    )
    assert [(each.name, each.data) for each in played.step.thrown] == [("won", {"ref": "LD-1"})]
    assert played.refresh().thrown == []


def test_an_end_event_throws_its_message_with_the_payload_drawn():
    payload = '<bpmn:extensionElements><spiffworkflow:messagePayload>{"lead": ref, "rank": n + 1}</spiffworkflow:messagePayload></bpmn:extensionElements>'
    program = release(message("won"), process(start() + end("E", event("message", "m_won", payload)) + flows("S E")))
    step = play(program, ref="LD-1", n=1).step
    assert step.ended
    assert [(each.name, each.data) for each in step.thrown] == [("won", {"lead": "LD-1", "rank": 2})]


def test_a_message_starts_a_process_beside_its_plain_start_and_the_case_completes():
    program = release(
        message("captured"),
        process(
            start() + node("startEvent", "MS", event("message", "m_captured")) + user("a") + user("b") + end()
            + flows("S a b E", "MS b")
        ),
    )  # fmt: skip
    assert program.message_starts == {"captured": "P"}
    assert play(program).open() == ["a"]
    clock = play(program).clock
    step = begin(program, "P", {"heard": "x"}, Handlers(), clock, start_message="captured")
    assert [each.element.id for each in step.opened] == ["b"]
    step = resume(program, step.state, Handlers(), clock).complete(step.opened[0].guid, {})
    assert step.ended
    with pytest.raises(MessageNotExpected):
        begin(program, "P", {}, Handlers(), clock, start_message="other")


def test_a_process_that_only_a_message_starts_cannot_be_started_otherwise():
    program = release(
        message("captured"),
        process(node("startEvent", "MS", event("message", "m_captured")) + user("b") + end() + flows("MS b E")),
    )
    with pytest.raises(ProcessNotFound):
        play(program)
    assert begin(program, "P", {}, Handlers(), play(release(LINE)).clock, start_message="captured").opened


def test_a_non_interrupting_message_may_come_any_number_of_times():
    program = release(
        message("call"),
        process(
            start() + user("a") + boundary("b", "a", event("message", "m_call"), interrupting=False) + user("note") + end()
            + end("E2") + flows("S a E", "b note E2")
        ),
    )  # fmt: skip
    played = play(program)
    for turn in range(1, 4):
        played.deliver("call", turn=turn)
        assert played.open() == ["a", *["note"] * turn]
    played.complete("a")
    assert played.open() == ["note"] * 3
    assert played.run.waiting_messages() == []
    for _ in range(3):
        played.complete("note")
    assert played.step.ended


def test_an_interrupting_message_on_a_call_cancels_what_runs_inside_and_keeps_its_facts():
    inside = process(start("QS") + user("one") + user("two") + end("QE") + flows("QS one two QE"), "Q")
    program = release(
        message("stop"),
        process(
            start() + node("callActivity", "c", calledElement="Q") + boundary("b", "c", event("message", "m_stop"))
            + user("ok") + user("stopped") + end() + flows("S c ok E", "b stopped E")
        ),
        inside,
    )  # fmt: skip
    played = play(program)
    played.complete("one", pain="slow")
    guid = played.step.opened[0].guid
    step = played.deliver("stop", why="lost")
    assert step.closed == [guid]
    assert played.open() == ["stopped"]
    assert step.data == {"pain": "slow", "why": "lost"}


def test_a_signal_wakes_another_branch_of_the_case():
    signal = '<bpmn:signal id="sig" name="go"/>'
    program = release(
        signal,
        process(
            start() + node("parallelGateway", "g") + user("a") + node("intermediateThrowEvent", "t", event("signal", "sig"))
            + user("b") + boundary("w", "b", event("signal", "sig")) + user("c") + end() + end("E2") + end("E3")
            + flows("S g a t E", "g b E2", "w c E3")
        ),
    )  # fmt: skip
    played = play(program)
    played.complete("a")
    assert played.open() == ["c"]


# ------------------------------------------------------------------ timers


def test_a_timer_runs_on_the_clock_given_and_its_due_time_is_projected():
    program = release(
        process(
            start() + user("a") + boundary("b", "a", timer("Duration", "P2D")) + user("late") + end() + flows("S a E", "b late E")
        )
    )  # fmt: skip
    played = play(program)
    assert played.step.next_due_at == MONDAY + timedelta(days=2)
    played.clock.advance(timedelta(days=1))
    assert played.refresh().passed == []
    assert played.step.next_due_at == MONDAY + timedelta(days=2)
    played.clock.advance(timedelta(days=1))
    played.refresh()
    assert played.open() == ["late"]
    assert played.step.next_due_at is None


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("Duration", "PT90M", MONDAY + timedelta(minutes=90)),
        ("Duration", "days(wait)", MONDAY + timedelta(days=3)),
        ("Duration", '"P" + str(wait) + "D"', MONDAY + timedelta(days=3)),
        ("Date", "2026-03-03T00:00:00+08:00", MONDAY + timedelta(hours=15)),
        ("Date", "2026-03-03", MONDAY + timedelta(hours=15)),
        ("Date", "until", MONDAY + timedelta(hours=15)),
        ("Date", "date_add(today(), &quot;P1M&quot;)", MONDAY.replace(month=4, hour=16, day=1)),
    ],
)
def test_times_are_iso_text_or_expressions_that_give_it(kind, text, due):
    program = release(
        process(start() + node("intermediateCatchEvent", "w", timer(kind, text)) + user("u") + end() + flows("S w u E"))
    )
    played = play(program, wait=3, until="2026-03-03")
    assert played.step.next_due_at == due
    played.clock.set(due)
    played.refresh()
    assert played.open() == ["u"]


def _beating(text):
    return release(
        process(
            start() + user("a") + boundary("b", "a", timer("Cycle", text), interrupting=False) + script("x", "n = (n or 0) + 1")
            + user("remind") + end() + end("E2") + flows("S a E", "b x remind E2")
        )
    )  # fmt: skip


def test_a_cycle_beats_as_often_as_drawn():
    played = play(_beating("R3/PT1H"))
    for beat in range(1, 4):
        assert played.step.next_due_at == MONDAY + timedelta(hours=beat)
        played.clock.advance(timedelta(hours=1))
        played.refresh()
        assert played.open() == ["a", *["remind"] * beat]
    assert played.step.next_due_at is None
    played.clock.advance(timedelta(hours=5))
    assert played.refresh().opened == []


def test_beats_missed_while_the_product_was_down_happen_once():
    played = play(_beating("R/PT1H"))
    played.clock.advance(timedelta(hours=10, minutes=30))
    assert len(played.refresh().opened) == 1
    assert played.step.next_due_at == MONDAY + timedelta(hours=11)


def test_what_a_beat_started_goes_on_when_the_activity_is_done():
    played = play(_beating("R/PT1H"))
    played.clock.advance(timedelta(hours=1))
    played.refresh()
    played.complete("a")
    assert played.open() == ["remind"]
    assert played.step.next_due_at is None
    assert played.complete("remind").ended


def test_what_lies_behind_a_gateway_that_has_not_chosen_takes_no_room_in_the_state():
    """However many ways there are: they are foreseen again once it has chosen."""

    def played(ways):
        targets = [user(f"t{number}") for number in range(ways)]
        lines = [flows("S a g", *(f"t{number} E" for number in range(ways))), flow("g", "t0")]
        lines += [flow("g", f"t{number}", f"n == {number}") for number in range(1, ways)]
        gateway = node("exclusiveGateway", "g", default="g-t0")
        return play(release(process("".join([start(), user("a"), gateway, *targets, end(), *lines]))), n=0)

    few, many = played(2), played(20)
    assert len(many.step.state) < len(few.step.state) * 1.1  # moments are written with more digits or fewer
    many.complete("a")
    assert many.open() == ["t0"]
    assert many.complete("t0").ended


def test_a_cycle_that_beats_a_thousand_times_does_not_grow_the_state():
    program = release(
        process(
            start() + user("a") + boundary("b", "a", timer("Cycle", "R/PT1H"), interrupting=False)
            + script("x", "n = (n or 0) + 1") + end() + end("E2") + flows("S a E", "b x E2")
        )
    )  # fmt: skip
    played = play(program)
    sizes = {}
    for beat in range(1, 1001):
        played.clock.advance(timedelta(hours=1))
        sizes[beat] = len(played.refresh().state)
    assert sizes[1000] < sizes[20] * 1.1
    assert played.complete("a").ended


def test_of_a_message_and_a_timer_behind_an_event_gateway_the_first_decides():
    program = release(
        message("paid"),
        process(
            start() + node("eventBasedGateway", "g") + node("intermediateCatchEvent", "m", event("message", "m_paid"))
            + node("intermediateCatchEvent", "t", timer("Duration", "P1D")) + user("yes") + user("no") + end()
            + flows("S g m yes E", "g t no E")
        ),
    )  # fmt: skip
    played = play(program)
    assert played.step.next_due_at == MONDAY + timedelta(days=1)
    assert played.run.waiting_messages() == ["paid"]
    played.deliver("paid", amount=1)
    assert played.open() == ["yes"]
    assert played.step.data == {"amount": 1}
    late = play(program)
    late.clock.advance(timedelta(days=1))
    late.refresh()
    assert late.open() == ["no"]
    both = play(program)
    both.clock.advance(timedelta(days=1))
    both.deliver("paid")
    assert both.open() == ["yes"]
    assert {each for each in both.flows if each.startswith("g-")} == {"g-m"}


# ------------------------------------------------------------------ repetitions


def _repeated(sequential, marker):
    many = f'<bpmn:multiInstanceLoopCharacteristics isSequential="{sequential}">{marker}</bpmn:multiInstanceLoopCharacteristics>'
    return release(
        process(
            start()
            + script("x", 'who = ["An Rui", "Su Ran"]')
            + user("u", many)
            + user("v")
            + end()
            + flows("S x u v E")
        )
    )


OVER_LIST = '<bpmn:loopDataInputRef>who</bpmn:loopDataInputRef><bpmn:inputDataItem id="one"/>'


def test_a_parallel_repetition_asks_everybody_at_once():
    played = play(_repeated("false", OVER_LIST), verdict="open")
    assert sorted(each.data["one"] for each in played.run.open_tasks()) == ["An Rui", "Su Ran"]
    played.complete("u", 1, verdict="valid")
    assert played.open() == ["u"]
    played.complete("u", comment="x")
    assert played.open() == ["v"]
    assert {k: v for k, v in played.step.data.items() if k != "who"} == {"verdict": "valid", "comment": "x"}
    assert played.flows >= {"u-v"}


def test_a_sequential_repetition_asks_one_after_the_other():
    played = play(_repeated("true", OVER_LIST))
    assert [each.data["one"] for each in played.run.open_tasks()] == ["An Rui"]
    played.complete("u", count=1)
    assert [(each.data["one"], each.data["count"]) for each in played.run.open_tasks()] == [("Su Ran", 1)]
    played.complete("u", count=2)
    assert played.open() == ["v"]
    assert played.step.data == {"who": ["An Rui", "Su Ran"], "count": 2}


def test_a_repetition_by_number_takes_an_expression():
    played = play(_repeated("false", "<bpmn:loopCardinality>n + 1</bpmn:loopCardinality>"), n=2)
    assert played.open() == ["u", "u", "u"]


def test_a_repeated_call_can_be_interrupted():
    many = f"<bpmn:multiInstanceLoopCharacteristics>{OVER_LIST}</bpmn:multiInstanceLoopCharacteristics>"
    program = release(
        message("stop"),
        process(
            start() + script("x", 'who = ["a", "b"]') + node("callActivity", "c", many, calledElement="Q")
            + boundary("b", "c", event("message", "m_stop")) + user("ok") + user("stopped") + end()
            + flows("S x c ok E", "b stopped E")
        ),
        CALLED,
    )  # fmt: skip
    played = play(program)
    assert played.open() == ["inner", "inner"]
    played.complete("inner")
    played.deliver("stop")
    assert played.open() == ["stopped"]


def test_a_loop_marker_repeats_until_its_condition_fails():
    marker = "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>again != False</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    program = release(process(start() + user("u", marker) + end() + flows("S u E")))
    played = play(program)
    played.complete("u", again=True)
    assert played.open() == ["u"]
    assert played.complete("u", again=False).ended


# ------------------------------------------------------------------ decisions

TABLE = """<?xml version="1.0"?><definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
<decision id="grade" name="Grade"><decisionTable id="t" hitPolicy="FIRST">
<input id="i"><inputExpression id="ie" typeRef="number"><text>score</text></inputExpression></input>
<output id="o" name="grade" typeRef="string"/><output id="o2" name="beat" typeRef="string"/>
<rule id="r1"><inputEntry id="a1"><text>&gt;= 80</text></inputEntry><outputEntry id="b1"><text>"A"</text></outputEntry>
<outputEntry id="c1"><text>days(n)</text></outputEntry></rule>
<rule id="r2"><inputEntry id="a2"><text>[50..80)</text></inputEntry><outputEntry id="b2"><text>"B"</text></outputEntry>
<outputEntry id="c2"><text></text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_a_business_rule_task_takes_its_outputs_from_the_table():
    rule = (
        '<bpmn:businessRuleTask id="r"><bpmn:extensionElements><spiffworkflow:calledDecisionId>grade'
        "</spiffworkflow:calledDecisionId></bpmn:extensionElements></bpmn:businessRuleTask>"
    )
    program = release(
        process(
            start()
            + rule
            + user("u", due='decide("grade", "beat", score=score, n=4)'.replace('"', "&quot;"))
            + end()
            + flows("S r u E")
        ),
        files={"decisions/grade.dmn": TABLE.encode()},
    )
    played = play(program, score=85, n=2)
    assert played.step.data == {"score": 85, "n": 2, "grade": "A", "beat": "P2D"}
    due = played.step.opened[0].element.properties["due"]
    assert program.value(due, played.step.data, played.clock) == "P4D"
    assert program.value("PT4H", {}, played.clock) == "PT4H"
    assert program.decide("grade", {"score": 60}) == {"grade": "B", "beat": None}
