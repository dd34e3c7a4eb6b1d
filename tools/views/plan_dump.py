"""A statement's plan, and what each optimizer pass made of it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.plan import dump
from foundrydb.errors import ProgrammingError
from foundrydb.tools.views.choices_dump import choices_objects, choices_text
from foundrydb.tools.views.drawings.plan_drawing import plan_diagram

if TYPE_CHECKING:
    from foundrydb.compiler.plan.nodes import Node
    from foundrydb.toolkit.stages import Compilation
    from foundrydb.tools.views.drawings.diagram import Diagram


def _plans(compilation: Compilation) -> list[tuple[str, Node]]:
    """The plans, the first as built.

    Raises:
        ProgrammingError: the statement has none.
    """
    if not compilation.plans:
        raise ProgrammingError("the statement has no plan: it works on no rows")
    return compilation.plans


def plan_text(compilation: Compilation, passes: bool, why: bool = False) -> str:
    """The plan as indented text; with ``passes`` the first one, and then what changed from each to the next.

    why: the alternatives that were weighed follow.
    """
    text = _text(compilation, passes)
    return f"{text}\n{choices_text(compilation)}" if why else text


def _text(compilation: Compilation, passes: bool) -> str:
    plans = _plans(compilation)
    if not passes:
        return dump.dump_text(plans[-1][1])
    name, first = plans[0]
    pieces = [f"-- {name}\n{_indented(dump.dump_text(first))}"]
    for (_, before), (name, after) in pairwise(plans):
        pieces.append(f"-- {name}\n{dump.diff(before, after, estimates=True)}")
    pieces.append(f"-- the plan\n{_indented(dump.dump_text(plans[-1][1]))}" if len(plans) > 1 else "")
    return "\n".join(piece for piece in pieces if piece)


def _indented(text: str) -> str:
    """Lines in step with those of a difference."""
    return "".join(f"  {line}\n" for line in text.splitlines())


def plan_json(compilation: Compilation, passes: bool, why: bool = False) -> str:
    """The plan as JSON; with ``passes`` an array of all of them with the passes' names.

    why: an object with these under ``plan``, and with the alternatives that were weighed under ``choices``.
    """
    plans = _plans(compilation)
    plan: object = dump.plan_object(plans[-1][1])
    if passes:
        plan = [{"after": name, "plan": dump.plan_object(plan)} for name, plan in plans]
    whole = {"plan": plan, "choices": choices_objects(compilation)} if why else plan
    return dump.json_text(whole) + "\n"


def plan_picture(compilation: Compilation, passes: bool) -> Diagram:
    """The plan as a picture; with ``passes`` all of them, each under the pass's name."""
    plans = _plans(compilation)
    shown = plans if passes else [("", plans[-1][1])]
    return plan_diagram([(name, dump.plan_object(plan)) for name, plan in shown])


FORMATS: Final[dict[str, Callable[[Compilation, bool, bool], str]]] = {
    "text": plan_text,
    "json": plan_json,
}
