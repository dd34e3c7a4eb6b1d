"""Two plans side by side: what the one does that the other does not, and which costs less.

The figures are the planner's estimates, those of each plan for the statistics that it was made for.
"""

from __future__ import annotations

from dataclasses import dataclass

from foundrydb.compiler.pipeline import Compilation
from foundrydb.compiler.plan.dump import diff
from foundrydb.errors import ProgrammingError
from foundrydb.toolkit.plan_facts import PlanFacts, facts_of

SAME = "same"
OTHER = "other"
BETTER = "better"
WORSE = "worse"


@dataclass(frozen=True)
class PlanComparison:
    """What has become of a plan.

    Attributes:
        verdict: SAME plan; BETTER or WORSE by the estimated cost; OTHER plan of the same cost.
        old, new: what either plan does.
        text: both plans in one, line by line, as a diff.
        gone, come: what the old plan does and the new one does not, and the other way round, in words.
    """

    verdict: str
    old: PlanFacts
    new: PlanFacts
    text: str
    gone: list[str]
    come: list[str]


def compare_plans(old: Compilation, new: Compilation) -> PlanComparison:
    """Compare the plans of two statements, or of one for two schemas.

    Raises:
        ProgrammingError: one of them has no plan.
    """
    before, after = old.plan, new.plan
    if before is None or after is None:
        raise ProgrammingError("only statements that read or change rows have a plan")
    text = diff(before, after, estimates=True)
    was, now = facts_of(before), facts_of(after)
    first, second = _deeds(was), _deeds(now)
    if now.cost != was.cost:
        verdict = BETTER if now.cost < was.cost else WORSE
    else:
        changed = any(line[:1] in ("+", "-") for line in text.split("\n"))
        verdict = OTHER if changed else SAME
    gone = [deed for deed in first if deed not in second]
    come = [deed for deed in second if deed not in first]
    return PlanComparison(verdict, was, now, text, gone, come)


def _deeds(facts: PlanFacts) -> list[str]:
    """What a plan does, in words."""
    made = [f"make an index of {what}" for what in facts.made_indexes]
    return [str(read) for read in facts.reads] + [f"sort for {what}" for what in facts.sorts] + made
