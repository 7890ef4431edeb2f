"""What is wrong with an answer, in words; the engine only names the rule that was broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext

from webui.files.sniffing import ENDINGS


def sentence(code: str) -> str:
    """Return the sentence for a code such as ``required`` or ``minimum:1``."""
    rule, _, value = code.partition(":")
    sentences = {
        "required": gettext("Please fill this in."),
        "unknown": gettext("This form has no such field."),
        "type": gettext("This is not in the right form."),
        "format": gettext("This is not in the right form."),
        "pattern": gettext("This is not in the right form."),
        "enum": gettext("Please choose from the list."),
        "oneOf": gettext("Please choose from the list."),
        "const": gettext("This has to be confirmed."),
        "minimum": gettext("At least %(value)s.", value=value),
        "maximum": gettext("At most %(value)s.", value=value),
        "minLength": gettext("Please write at least %(value)s characters.", value=value),
        "maxLength": gettext("Please write at most %(value)s characters.", value=value),
        "minItems": gettext("Please give at least %(value)s.", value=value),
        "maxItems": gettext("Please give at most %(value)s.", value=value),
        "uniqueItems": gettext("Nothing twice, please."),
        "choice": gettext("Please choose from the list."),
        "text": gettext("This holds characters that cannot be kept."),
        "number": gettext("This number is too large."),
        "contains": gettext("At least one row must say more: fill in the linked column."),
        "kind": gettext(
            "This kind of file is not taken, or the file is not what its name says. Allowed: %(endings)s.",
            endings=", ".join(ENDINGS),
        ),
        "size": gettext("The file is empty or larger than 20 MB."),
        "file": gettext("This file cannot be used here. Please upload it again."),
    }
    return str(sentences.get(rule) or gettext("This is not acceptable (%(rule)s).", rule=rule))


def sentences(errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the errors of a form with words for codes, each sentence once."""
    return {path: list(dict.fromkeys(sentence(code) for code in codes)) for path, codes in errors.items()}
