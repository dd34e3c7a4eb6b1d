"""Two plans compared, as text, as JSON and as a picture."""

from __future__ import annotations

import json

from foundrydb.compiler.pipeline import Compilation
from foundrydb.compiler.plan.describe import number_text
from foundrydb.compiler.plan.dump import plan_object
from foundrydb.toolkit.plan_comparison import BETTER, SAME, WORSE, PlanComparison
from foundrydb.toolkit.plan_facts import PlanFacts
from foundrydb.tools.views.drawings.diagram import Diagram
from foundrydb.tools.views.drawings.plan_drawing import comparison_diagram


def comparison_text(comparison: PlanComparison) -> str:
    """The plans as one diff, what they do otherwise, and the verdict."""
    if comparison.verdict == SAME:
        return comparison.text.rstrip("\n") + "\n\nthe same plan\n"
    deeds = [f"- {deed}\n" for deed in comparison.gone] + [f"+ {deed}\n" for deed in comparison.come]
    parts = [comparison.text.rstrip("\n") + "\n", "".join(deeds), _verdict(comparison)]
    return "\n".join(part for part in parts if part)


def _verdict(comparison: PlanComparison) -> str:
    old, new = comparison.old.cost, comparison.new.cost
    costs = f"cost {number_text(old)} → {number_text(new)}"
    if comparison.verdict not in (BETTER, WORSE):
        return f"{costs}: another plan, neither better nor worse\n"
    low, high = sorted((old, new))
    times = f" ({number_text(high / low)} times)" if low > 0 and high / low >= 1.05 else ""
    return f"{costs}: {comparison.verdict}{times}\n"


def comparison_picture(comparison: PlanComparison, old: Compilation, new: Compilation) -> Diagram:
    """Both plans side by side, what only one of them has in a color of its own."""
    assert old.plan is not None and new.plan is not None  # they were compared
    title = "the same plan" if comparison.verdict == SAME else _verdict(comparison).rstrip("\n")
    return comparison_diagram(plan_object(old.plan), plan_object(new.plan), title)


def comparison_json(comparison: PlanComparison) -> str:
    """The verdict, the figures, and what either plan does."""
    document = {
        "verdict": comparison.verdict,
        "old": _facts(comparison.old),
        "new": _facts(comparison.new),
        "gone": comparison.gone,
        "come": comparison.come,
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _facts(facts: PlanFacts) -> dict[str, object]:
    return {
        "cost": facts.cost,
        "rows": facts.rows,
        "reads": [str(read) for read in facts.reads],
        "sorts": facts.sorts,
        "made_indexes": facts.made_indexes,
    }
