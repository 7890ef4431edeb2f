"""Write the pages of the checks in ``docs/checks`` from the rules: ``python -m tools.check_pages``."""

from __future__ import annotations

from pathlib import Path

from engine.checks.rules import RULES
from engine.findings import ERROR, WARNING, Rule

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "checks"
_SEVERITY = {
    ERROR: ("Publishing is refused.", "会被拒绝发布。"),
    WARNING: ("Publishing goes on, but it should be mended.", "可以发布，但应修正。"),
}
_SAID = ("It is only said.", "仅作提示。")


def page(rule: Rule) -> str:
    """Return the page of one rule in both languages."""
    english, chinese = _SEVERITY.get(rule.severity, _SAID)
    return (
        f"# {rule.title.en} · {rule.title.zh}\n\n`{rule.id}`\n\n"
        f"{rule.why.en}\n\n{english}\n\n**Cure.** {rule.cure.en}\n\n"
        f"{rule.why.zh}\n\n{chinese}\n\n**解决办法：** {rule.cure.zh}\n"
    )


def overview() -> str:
    """Return the list of all rules."""
    rows = "".join(f"| [{each.id}]({each.id}.md) | {each.title.en} | {each.title.zh} |\n" for each in _sorted())
    return f"# Checks · 检查规则\n\nWhat `ltc check` looks for.\n\n| rule | | |\n|---|---|---|\n{rows}"


def _sorted() -> list[Rule]:
    return [RULES[each] for each in sorted(RULES)]


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    return {"README.md": overview(), **{f"{each.id}.md": page(each) for each in _sorted()}}


def main() -> None:
    """Write the pages, and delete those of rules that are gone."""
    FOLDER.mkdir(exist_ok=True)
    wanted = pages()
    for path in FOLDER.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(wanted)} pages")


if __name__ == "__main__":
    main()
