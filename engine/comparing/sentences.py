"""What a change means for the people who work by it, in sentences in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from engine.comparing.differences import ADDED, REMOVED, Changed, Difference, Facet
from engine.comparing.things import DECLARED, FIELD, FILE, FLOW, FORM, LANE, PROCESS, ROW, TABLE, Thing
from engine.comparing.words import facet_words
from engine.text import Text

OpenItems = Mapping[tuple[str, str], int]
"""How many work items are open, by process and element."""

_GATEWAY = "Gateway"
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence about one element; ``affected`` is how many open work items lie there."""

    text: Text
    element: str
    change: str
    affected: int = 0


def sentences(changed: Changed, open_items: OpenItems | None = None) -> list[Sentence]:
    """Return what changed in a file, each with the open work items that it touches."""
    if changed.change == ADDED and not changed.path.endswith((".bpmn", ".dmn", ".json")):
        return [Sentence(Text("This file is new.", "新增文件。"), "", ADDED)]
    if changed.change == REMOVED:
        return [
            Sentence(Text("This file is deleted.", "删除文件。"), "", REMOVED),
            *_affected(changed, open_items or {}),
        ]
    teller = _Teller(changed)
    told = []
    for difference in changed.differences:
        thing = difference.thing
        count = (open_items or {}).get((thing.process, thing.id), 0) if difference.old is not None else 0
        for text in teller.tell(difference):
            told.append(Sentence(_with_items(text, count), thing.id, difference.change, count))
            count = 0
    return told


def _affected(changed: Changed, open_items: OpenItems) -> Iterator[Sentence]:
    for thing in changed.old.values():
        count = open_items.get((thing.process, thing.id), 0)
        if count:
            gone = Text(f"“{thing.name.en or thing.id}” is gone", f"“{thing.name.zh or thing.name.en}”不再存在")
            yield Sentence(_with_items(gone, count), thing.id, REMOVED, count)


def _with_items(text: Text, count: int) -> Text:
    if not count:
        return Text(f"{text.en}.", f"{text.zh}。")
    items = "1 open item is affected" if count == 1 else f"{count} open items are affected"
    return Text(f"{text.en}; {items}.", f"{text.zh}；影响 {count} 个待办。")


class _Teller:
    """Tells the differences of one file, with the names of what lies around."""

    def __init__(self, changed: Changed) -> None:
        self.changed = changed
        self.fresh = {each.thing.id for each in changed.differences if each.change == ADDED}
        self.gone = {each.thing.id for each in changed.differences if each.change == REMOVED}
        self.by_kind: dict[str, Callable[[Difference], Iterator[Text]]] = {
            FLOW: self.flow, LANE: self.plain, PROCESS: self.plain, DECLARED: self.declared, ROW: self.row,
            TABLE: self.plain, FIELD: self.field, FORM: self.plain, FILE: self.file,
        }  # fmt: skip

    def tell(self, difference: Difference) -> Iterator[Text]:
        """Yield sentences without their full stop."""
        yield from self.by_kind.get(difference.thing.kind, self.node)(difference)

    def called(self, element: str | None, *, before: bool = False) -> Text:
        """Return the name of an element in quotation marks."""
        known = self.changed.old if before else self.changed.new
        thing = known.get(element or "") or self.changed.old.get(element or "") or self.changed.new.get(element or "")
        if thing is None:
            return Text(f"“{element}”", f"“{element}”")
        if thing.kind == FLOW:
            return self.way(thing, before=before)
        en, zh = thing.name.en or thing.name.zh or thing.id, thing.name.zh or thing.name.en or thing.id
        return Text(f"“{en}”", f"“{zh}”")

    def way(self, flow: Thing, *, before: bool = False) -> Text:
        """Return the name of a flow: where it leads from and to."""
        source = self.called(flow.facets.get("sourceRef"), before=before)
        target = self.called(flow.facets.get("targetRef"), before=before)
        if flow.name.en or flow.name.zh:
            en, zh = flow.name.en or flow.name.zh, flow.name.zh or flow.name.en
            return Text(f"the way “{en}” from {source.en} to {target.en}", f"从{source.zh}到{target.zh}的“{zh}”路径")
        return Text(f"the way from {source.en} to {target.en}", f"从{source.zh}到{target.zh}的路径")

    def node(self, difference: Difference) -> Iterator[Text]:
        """Tell what became of an event, a task, a gateway."""
        thing = difference.thing
        name = self.called(thing.id)
        if difference.change == ADDED:
            yield self.new_node(thing, name)
        elif difference.change == REMOVED:
            name = self.called(thing.id, before=True)
            yield Text(f"{name.en} is no longer there", f"不再有{name.zh}")
        else:
            yield from self.changed_node(difference, name)

    def new_node(self, thing: Thing, name: Text) -> Text:
        """Tell where the new thing stands, and who does it under which condition."""
        flows = [each for each in self.changed.new.values() if each.kind == FLOW]
        before = next((each for each in flows if each.facets.get("targetRef") == thing.id), None)
        en, zh = "", ""
        if before is not None:
            source, condition = self.called(before.facets.get("sourceRef")), before.facets.get("conditionExpression")
            en, zh = f"After {source.en} ", f"在{source.zh}之后，"
            if condition:
                en, zh = f"{en}when {_short(condition)} ", f"{zh}当 {_short(condition)} 时，"
        lane = thing.facets.get("lane")
        if lane and thing.kind in {"userTask", "manualTask"}:
            who = self.called(lane)
            begin = f"{en}{_unquoted(who.en)}" if en else _unquoted(who.en)
            return Text(f"{begin} now does {name.en}", f"{zh}新增由{_unquoted(who.zh)}完成的{name.zh}")
        if thing.kind.endswith(_GATEWAY):
            return Text(f"{en or 'It '}{'' if en else 'is '}now asked: {name.en}", f"{zh}新增判断{name.zh}")
        return Text(f"{en}{'comes now' if en else 'New:'} {name.en}", f"{zh}新增{name.zh}")

    def changed_node(self, difference: Difference, name: Text) -> Iterator[Text]:
        for facet in difference.facets:
            if facet.name == "lane":
                old, new = self.called(facet.old, before=True), self.called(facet.new)
                yield Text(
                    f"{name.en} is now done by {_unquoted(new.en)} instead of {_unquoted(old.en)}",
                    f"{name.zh}改由{_unquoted(new.zh)}完成（原为{_unquoted(old.zh)}）",
                )
            elif facet.name == "name":
                yield Text(
                    f"“{facet.old or ''}” is now called “{facet.new or ''}”",
                    f"英文名称“{facet.old or ''}”改为“{facet.new or ''}”",
                )
            elif facet.name == "property:label.zh_CN":
                yield Text(
                    f"{name.en}: its Chinese name is “{facet.new or ''}” (was “{facet.old or ''}”)",
                    f"“{facet.old or ''}”改名为“{facet.new or ''}”",
                )
            elif facet.name == "calledElement":
                yield Text(
                    f"{name.en} now runs the process “{facet.new}” instead of “{facet.old}”",
                    f"{name.zh}改为调用流程“{facet.new}”（原为“{facet.old}”）",
                )
            else:
                yield self.said(name, facet)

    def said(self, name: Text, facet: Facet) -> Text:
        """Tell one facet from old to new."""
        words, old, new = facet_words(facet.name), _short(facet.old), _short(facet.new)
        if facet.old is None:
            return Text(f"{name.en}: {words.en} is now {new}", f"{name.zh}：{words.zh}设为 {new}")
        if facet.new is None:
            return Text(f"{name.en}: {words.en} is no longer {old}", f"{name.zh}：取消{words.zh} {old}")
        return Text(f"{name.en}: {words.en} is now {new} (was {old})", f"{name.zh}：{words.zh}由 {old} 改为 {new}")

    def flow(self, difference: Difference) -> Iterator[Text]:
        """Tell of an arrow; one that came or went with the thing at its end needs no sentence of its own."""
        thing = difference.thing
        ends = {thing.facets.get("sourceRef"), thing.facets.get("targetRef")}
        condition = thing.facets.get("conditionExpression")
        source, target = self.called(thing.facets.get("sourceRef")), self.called(thing.facets.get("targetRef"))
        if difference.change == ADDED:
            if not ends & self.fresh:
                when = (
                    Text(f" when {_short(condition)}", f"（条件：{_short(condition)}）") if condition else Text("", "")
                )
                yield Text(
                    f"After {source.en} the case can now go to {target.en}{when.en}",
                    f"{source.zh}之后现在可以到{target.zh}{when.zh}",
                )
        elif difference.change == REMOVED:
            if not ends & self.gone:
                yield Text(
                    f"From {source.en} the case no longer goes to {target.en}", f"{source.zh}之后不再到{target.zh}"
                )
        else:
            yield from self.changed_flow(difference)

    def changed_flow(self, difference: Difference) -> Iterator[Text]:
        old, new = difference.old, difference.new
        if old is None or new is None:
            return
        source = self.called(new.facets.get("sourceRef"))
        for facet in difference.facets:
            if facet.name == "targetRef":
                was, now = self.called(facet.old, before=True), self.called(facet.new)
                yield Text(
                    f"After {source.en} the case now goes to {now.en} instead of {was.en}",
                    f"{source.zh}之后改为到{now.zh}（原为{was.zh}）",
                )
            elif facet.name == "conditionExpression":
                target, before, after = self.called(new.facets.get("targetRef")), _short(facet.old), _short(facet.new)
                yield Text(
                    f"After {source.en} the case goes to {target.en} when {after or 'nothing else holds'} "
                    f"(was: {before or 'otherwise'})",
                    f"{source.zh}之后到{target.zh}的条件改为 {after or '其他情况'}（原为 {before or '其他情况'}）",
                )
            elif facet.name not in {"name", "property:label.zh_CN"} or difference.change != ADDED:
                yield self.said(self.way(new), facet)

    def declared(self, difference: Difference) -> Iterator[Text]:
        name = self.called(difference.thing.id)
        if difference.change == ADDED:
            yield Text(f"New message or event {name.en}", f"新增消息或事件{name.zh}")
        elif difference.change == REMOVED:
            yield Text(f"The message or event {name.en} is gone", f"删除消息或事件{name.zh}")
        else:
            yield from (self.said(name, each) for each in difference.facets)

    def plain(self, difference: Difference) -> Iterator[Text]:
        """Tell of a lane, a process, a table, a form as a whole."""
        name = self.called(difference.thing.id)
        if difference.change == ADDED:
            yield Text(f"New: {name.en}", f"新增{name.zh}")
        elif difference.change == REMOVED:
            yield Text(f"{name.en} is gone", f"删除{name.zh}")
        else:
            for each in difference.facets:
                if each.name == "order":
                    yield Text("The rows of the table are tried in another order", "决策表各行的判断顺序有变化")
                else:
                    yield self.said(name, each)

    def row(self, difference: Difference) -> Iterator[Text]:
        """Tell of a row of a decision table."""
        number = difference.thing.name.en
        cells = difference.thing.facets
        given = ", ".join(
            f"{key.partition(':')[2]} {value}"
            for key, value in cells.items()
            if key.startswith("input:") and value != "-"
        )
        gives = ", ".join(value for key, value in cells.items() if key.startswith("output:"))
        if difference.change == ADDED:
            yield Text(
                f"New row {number}: {given or 'always'} → {gives}",
                f"新增第 {number} 行：{given or '任何情况'} → {gives}",
            )
        elif difference.change == REMOVED:
            yield Text(
                f"Row {number} is gone: {given or 'always'} → {gives}",
                f"删除第 {number} 行：{given or '任何情况'} → {gives}",
            )
        else:
            name = Text(f"Row {number} ({given or 'always'})", f"第 {number} 行（{given or '任何情况'}）")
            yield from (self.said(name, each) for each in difference.facets)

    def field(self, difference: Difference) -> Iterator[Text]:
        """Tell of a field of a form."""
        name = self.called(difference.thing.id)
        if difference.change == ADDED:
            needed = "required" in difference.thing.facets
            yield Text(
                f"The form now asks {name.en}{' (required)' if needed else ''}",
                f"表单新增字段{name.zh}{'（必填）' if needed else ''}",
            )
        elif difference.change == REMOVED:
            yield Text(f"The form no longer asks {name.en}", f"表单不再填写{name.zh}")
        else:
            for each in difference.facets:
                if each.name == "required":
                    now = each.new is not None
                    yield Text(
                        f"{name.en} is {'now' if now else 'no longer'} required",
                        f"{name.zh}{'改为必填' if now else '不再必填'}",
                    )
                else:
                    yield self.said(name, each)

    def file(self, difference: Difference) -> Iterator[Text]:
        """Tell of a file that is only text."""
        yield Text("The text of this file is another", "文件内容有变化")


def _short(value: str | None) -> str:
    if value is None:
        return ""
    flat = " ".join(value.split())
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST]}…"


def _unquoted(name: str) -> str:
    return name.strip("“”")
