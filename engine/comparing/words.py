"""What the facets of elements, rows and fields are called."""

from __future__ import annotations

from types import MappingProxyType

from engine.text import Text

FACETS = MappingProxyType(
    {
        "name": Text("name", "英文名称"),
        "kind": Text("kind of element", "元素类型"),
        "lane": Text("role", "角色"),
        "property:label.zh_CN": Text("Chinese name", "中文名称"),
        "property:role": Text("role", "角色"),
        "property:due": Text("time allowed", "时限"),
        "property:priority": Text("priority", "优先级"),
        "property:status": Text("status set", "设置的状态"),
        "property:record": Text("record", "业务对象"),
        "property:start": Text("who may start it", "谁可以发起"),
        "property:assignee": Text("assignee", "指定处理人"),
        "property:at_level": Text("level that decides", "决策层级"),
        "property:formJsonSchemaFilename": Text("form", "表单"),
        "property:formUiSchemaFilename": Text("layout of the form", "表单布局"),
        "property:ref": Text("references", "引用编号"),
        "documentation": Text("instructions", "操作说明"),
        "conditionExpression": Text("condition", "条件"),
        "sourceRef": Text("start of the arrow", "连线起点"),
        "targetRef": Text("end of the arrow", "连线终点"),
        "default": Text("usual way", "默认路径"),
        "calledElement": Text("process that runs", "调用的流程"),
        "calledDecisionId": Text("decision table", "决策表"),
        "serviceTaskOperator@id": Text("automatic step", "自动步骤"),
        "script": Text("calculation", "计算"),
        "attachedToRef": Text("attached to", "附着于"),
        "cancelActivity": Text("interrupts", "是否中断"),
        "timerEventDefinition/timeDuration": Text("time that passes", "等待时长"),
        "timerEventDefinition/timeDate": Text("date", "日期"),
        "timerEventDefinition/timeCycle": Text("rhythm", "周期"),
        "messageEventDefinition@messageRef": Text("message", "消息"),
        "messageRef": Text("message", "消息"),
        "hitPolicy": Text("hit policy", "命中策略"),
        "order": Text("order of the rows", "行的顺序"),
        "title": Text("English name", "英文名称"),
        "x-title-zh": Text("Chinese name", "中文名称"),
        "type": Text("type", "类型"),
        "oneOf": Text("choices", "选项"),
        "required": Text("required", "必填"),
        "asked if": Text("asked if", "显示条件"),
        "minimum": Text("smallest", "最小值"),
        "maximum": Text("largest", "最大值"),
        "maxLength": Text("longest", "最大长度"),
        "ui:order": Text("order of the fields", "字段顺序"),
        "ui:help": Text("help", "填写说明"),
        "ui:widget": Text("how it is entered", "录入方式"),
        "text": Text("text", "文本"),
    }
)


def facet_words(facet: str) -> Text:
    """Return what a facet is called; what nobody named is called as it is written."""
    known = FACETS.get(facet)
    if known is not None:
        return known
    kind, _, name = facet.partition(":")
    if kind in {"input", "inputEntry"}:
        return Text(f"condition {name}", f"条件“{name}”")
    if kind in {"output", "outputEntry"}:
        return Text(f"result {name}", f"结果“{name}”")
    if kind == "parameter":
        return Text(f"parameter {name}", f"参数“{name}”")
    return Text(name or facet, name or facet)
