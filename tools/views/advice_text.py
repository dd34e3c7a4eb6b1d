"""Which indexes would help a query, as text: the statements that make them, and the plans before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.compiler.plan.describe import number_text
from foundrydb.compiler.plan.dump import dump_text

if TYPE_CHECKING:
    from foundrydb.toolkit.index_advice import IndexAdvice


def advice_text(advice: IndexAdvice) -> str:
    """The advice; why there is none and the plan alone where no index helps."""
    if not advice.statements:
        return f"(no new indexes)\n-- {advice.reason}\n\n{dump_text(advice.before)}"
    statements = "".join(f"{sql};\n" for sql in advice.statements)
    before, after = number_text(advice.before.cost), number_text(advice.after.cost)
    return (
        f"{statements}\n-- before, cost {before}\n{dump_text(advice.before)}"
        f"\n-- after, cost {after}\n{dump_text(advice.after)}"
    )
