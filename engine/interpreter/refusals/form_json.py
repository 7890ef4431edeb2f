"""Found while reading forms."""

from __future__ import annotations

from engine.findings import Rule
from engine.text import Text

RULE = Rule(
    "form-json",
    Text("The form is not readable JSON", "表单不是可读的 JSON"),
    Text("The form could not be shown.", "表单无法显示。"),
    Text("Save the form again in the form designer.", "请在表单设计器中重新保存。"),
)
