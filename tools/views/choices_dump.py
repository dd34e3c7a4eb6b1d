"""What the planner weighed, as text and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.plan.dump import ESTIMATE_COLUMN, estimate_text
from foundrydb.errors import ProgrammingError

if TYPE_CHECKING:
    from foundrydb.compiler.plan.choices import Alternative, Choice
    from foundrydb.toolkit.stages import Compilation

_TAKEN: Final = "* "
_LEFT: Final = "  "


def made_choices(compilation: Compilation) -> list[Choice]:
    """The choices that a compilation took notes of.

    Raises:
        ProgrammingError: it took none.
    """
    choices = compilation.options.choices
    if choices is None:
        raise ProgrammingError("the statement was compiled without notes")
    return choices.made


def choices_text(compilation: Compilation) -> str:
    """A paragraph for each choice: the way that was taken, marked with a star, and the others by cost."""
    paragraphs = []
    for choice in made_choices(compilation):
        lines = [f"-- {choice.kind}: {choice.subject}"]
        lines += [_line(way, i == 0) for i, way in enumerate(choice.alternatives)]
        paragraphs.append("".join(line + "\n" for line in lines))
    return "\n".join(paragraphs) or "-- no choice: there was one way only\n"


def _line(way: Alternative, taken: bool) -> str:
    text = (_TAKEN if taken else _LEFT) + way.text
    tail = "; ".join(part for part in (estimate_text(way.rows, way.cost), way.note) if part)
    return f"{text:<{ESTIMATE_COLUMN}}  {tail}" if tail else text


def choices_objects(compilation: Compilation) -> list[dict[str, object]]:
    """The same as dictionaries."""
    return [
        {
            "kind": choice.kind,
            "subject": choice.subject,
            "pass": choice.made_by,
            "alternatives": [_object(way, i == 0) for i, way in enumerate(choice.alternatives)],
        }
        for choice in made_choices(compilation)
    ]


def _object(way: Alternative, taken: bool) -> dict[str, object]:
    found: dict[str, object] = {"way": way.text, "taken": taken}
    if way.rows >= 0:
        found["rows"] = round(way.rows, 3)
    if way.cost >= 0:
        found["cost"] = round(way.cost, 3)
    if way.note:
        found["note"] = way.note
    return found
