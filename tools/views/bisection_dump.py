"""Which optimizer pass made a plan or an answer, as text and JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.plan.describe import number_text
from foundrydb.compiler.plan.dump import diff, dump_text, json_text, plan_object
from foundrydb.toolkit.pass_bisection import left_out_after, pass_before
from foundrydb.tools.output.columnar import pad
from foundrydb.tools.views.excerpt import plural

if TYPE_CHECKING:
    from foundrydb.compiler.plan.nodes import Node
    from foundrydb.toolkit.pass_bisection import PassBisection, PassEffect
    from foundrydb.toolkit.right_answers import Row

_COLUMNS = ("left out alone", "plan", "cost", "answer")


def effects_text(bisection: PassBisection, effects: list[PassEffect]) -> str:
    """The plan, what each pass does for it, and the plans without those that it depends on."""
    rows: list[tuple[str, ...]] = [
        (effect.name, "the same" if effect.same_plan else "another", _cost(effect.plan), effect.answer)
        for effect in effects
    ]
    table = _aligned([_COLUMNS, *rows]) if rows else ["no pass changed it"]
    pieces = [
        f"-- the plan that all passes make\n{dump_text(bisection.plan)}",
        "".join(line.rstrip() + "\n" for line in table),
    ]
    for effect in effects:
        if not effect.same_plan:
            changes = diff(bisection.plan, effect.plan, estimates=True)
            pieces.append(f"-- without {effect.name}\n{changes}")
    return "\n".join(pieces)


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows in columns, under the heads of those that have anything in them."""
    heads, *rest = list(zip(*[column for column in zip(*rows) if any(column[1:])]))
    widths = [max(map(len, column)) for column in zip(heads, *rest)]
    ruled = [heads, tuple(["-" * width for width in widths]), *rest]
    return ["  ".join(pad(cell, width) for cell, width in zip(row, widths)) for row in ruled]


def _cost(plan: Node) -> str:
    return number_text(plan.cost) if plan.cost >= 0 else ""


def effects_json(bisection: PassBisection, effects: list[PassEffect]) -> str:
    """The same as JSON."""
    found = [
        {
            "left_out": effect.name,
            "same_plan": effect.same_plan,
            "answer": effect.answer or None,
            "plan": plan_object(effect.plan),
        }
        for effect in effects
    ]
    return json_text({"plan": plan_object(bisection.plan), "passes": found}) + "\n"


def first_plan_text(bisection: PassBisection, wanted: str, name: str | None) -> str:
    """Which pass brought a piece of text into the plan."""
    if name is None:
        return f"no pass brings {wanted!r} into the plan, which is\n\n{dump_text(bisection.plan)}"
    if not name:
        return f"the plan as it is built has {wanted!r} already\n\n{dump_text(bisection.planned_to(''))}"
    return f"{name} brings {wanted!r} into the plan\n\n{_step(bisection, name)}"


def first_answer_text(bisection: PassBisection, expected: list[Row], name: str | None) -> str:
    """Which pass made the answer another one than was expected."""
    if name is None:
        return f"the answer is as expected ({plural(len(expected), 'row')}), whichever passes there are\n"
    if not name:
        got = plural(len(bisection.answer(left_out_after(""))), "row")
        return f"the answer is another one without any pass ({got}, not {len(expected)}): no pass makes it\n"
    return f"{name} makes the answer another one\n\n{_step(bisection, name)}"


def _step(bisection: PassBisection, name: str) -> str:
    """What a pass changes in the plan that those before it made."""
    before = bisection.planned_to(pass_before(name))
    return diff(before, bisection.planned_to(name), estimates=True)


def first_json(name: str | None) -> str:
    """The pass; null for none, "" where it takes no pass."""
    return json_text({"pass": name}) + "\n"
