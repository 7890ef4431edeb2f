"""What may be written in an expression: checked on the syntax tree before anything is evaluated."""

from __future__ import annotations

import ast
import warnings
from functools import lru_cache

from engine.errors import ExpressionError

MAX_LENGTH = 2_000
MAX_NODES = 300
MAX_DEPTH = 30
MAX_TEXT = 1_000
MAX_ITEMS = 100
MAX_NUMBER = 10**18

FUNCTIONS = frozenset(
    [
        "len",
        "min",
        "max",
        "sum",
        "round",
        "abs",
        "int",
        "str",
        "bool",
        "days",
        "hours",
        "today",
        "now",
        "date_add",
        "days_between",
        "decide",
    ]
)

_ALLOWED = (
    ast.Constant, ast.Name, ast.Load, ast.Call, ast.keyword, ast.IfExp,
    ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod,
    ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot,
    ast.List, ast.Tuple, ast.Dict,
)  # fmt: skip


def refusal(text: str, en: str, zh: str) -> ExpressionError:
    """Return the error that refuses ``text``, with its reason in both languages."""
    return ExpressionError(text=text[:MAX_TEXT], reason=en, reason_zh=zh)


def _tree(text: str) -> ast.Module:
    if len(text) > MAX_LENGTH:
        raise refusal(text, f"it is longer than {MAX_LENGTH} characters", f"超过 {MAX_LENGTH} 个字符")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(text)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 1
        raise refusal(text, f"it cannot be read (line {line})", f"无法识别（第 {line} 行）") from None


def _check(root: ast.expr, text: str) -> None:
    count = 0
    todo: list[tuple[ast.AST, int]] = [(root, 1)]
    while todo:
        node, depth = todo.pop()
        count += 1
        if count > MAX_NODES or depth > MAX_DEPTH:
            raise refusal(text, "it is too complicated", "过于复杂")
        _check_node(node, text)
        todo.extend((child, depth + 1) for child in ast.iter_child_nodes(node))


def _check_node(node: ast.AST, text: str) -> None:
    if not isinstance(node, _ALLOWED):
        what = type(node).__name__
        raise refusal(text, f"{what} is not part of the expression language", f"表达式中不允许使用 {what}")
    if isinstance(node, ast.Call):
        _check_call(node, text)
    elif isinstance(node, ast.Name):
        if node.id.startswith("_"):
            raise refusal(text, f"the name {node.id} begins with an underscore", f"名称 {node.id} 以下划线开头")
    elif isinstance(node, ast.Constant):
        _check_constant(node.value, text)
    elif isinstance(node, ast.List | ast.Tuple) and len(node.elts) > MAX_ITEMS:
        raise refusal(text, f"a list has more than {MAX_ITEMS} items", f"列表超过 {MAX_ITEMS} 项")
    elif isinstance(node, ast.Dict) and not all(
        isinstance(key, ast.Constant) and isinstance(key.value, str) for key in node.keys
    ):
        raise refusal(text, "the keys of a dictionary must be plain text", "字典的键必须是文本")


def _check_call(node: ast.Call, text: str) -> None:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        name = node.func.id if isinstance(node.func, ast.Name) else "?"
        raise refusal(text, f"there is no function {name}", f"没有函数 {name}")
    if any(keyword.arg is None for keyword in node.keywords):
        raise refusal(text, "** is not part of the expression language", "表达式中不允许使用 **")
    if node.keywords and node.func.id != "decide":
        raise refusal(text, f"{node.func.id} takes no named arguments", f"{node.func.id} 不接受命名参数")


def _check_constant(value: object, text: str) -> None:
    if value is not None and type(value) not in (str, int, float, bool):
        raise refusal(text, "a constant is neither text nor number nor yes/no", "常量必须是文本、数字或真假值")
    if isinstance(value, str) and len(value) > MAX_TEXT:
        raise refusal(text, f"a text is longer than {MAX_TEXT} characters", f"文本超过 {MAX_TEXT} 个字符")
    if isinstance(value, int | float) and not abs(value) <= MAX_NUMBER:
        raise refusal(text, "a number is too large", "数字过大")


@lru_cache(4096)
def parse(text: str) -> ast.expr:
    """Return the checked syntax tree of an expression; raises ``ExpressionError``."""
    tree = _tree(text.strip())
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        raise refusal(text, "it is not one expression", "不是一个表达式")
    root = tree.body[0].value
    _check(root, text)
    return root


@lru_cache(4096)
def parse_script(text: str) -> tuple[tuple[str, ast.expr], ...]:
    """Return the lines ``name = expression`` of a script task; raises ``ExpressionError``."""
    lines = []
    for statement in _tree("\n".join(line.strip() for line in text.strip().splitlines())).body:
        if (
            not isinstance(statement, ast.Assign)
            or len(statement.targets) != 1
            or not isinstance(statement.targets[0], ast.Name)
        ):
            raise refusal(
                text, f"line {statement.lineno} is not of the form name = expression",
                f"第 {statement.lineno} 行不是“名称 = 表达式”的形式",
            )  # fmt: skip
        name = statement.targets[0].id
        if name.startswith("_") or name in FUNCTIONS:
            raise refusal(text, f"{name} cannot be used as a name", f"{name} 不能用作名称")
        _check(statement.value, text)
        lines.append((name, statement.value))
    if not lines:
        raise refusal(text, "it has no line name = expression", "没有“名称 = 表达式”行")
    return tuple(lines)


def names_in(root: ast.expr) -> set[str]:
    """Return the names of the data that an expression reads."""
    called = {id(node.func) for node in ast.walk(root) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(root) if isinstance(node, ast.Name) and id(node) not in called}
