"""A bound statement as indented text: a line for each thing that it is made of, with what is said of it there::

Output columns a, sum(b)
  query: Select result#3; aggregation aggregate#1; keys t.a; results t.a, sum(t.b)
    from: Table t#2; table main.t
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import Expr, OrderTerm, OutputColumn, Source
from foundrydb.compiler.bind.depth import DeepRecursion
from foundrydb.compiler.bind.statements import Bound
from foundrydb.compiler.bind.text import MOST_ITEMS, ExprText
from foundrydb.compiler.schema.objects import Index, Table
from foundrydb.compiler.trees.fields import Fields


def bound_text(bound: Bound) -> str:
    """The lines of a bound statement."""
    writer = _Lines()
    room = DeepRecursion()
    room.enter()
    try:
        writer.add(bound, "", 0)
    finally:
        room.leave()
    return "\n".join(writer.out) + "\n"


@final
class _Lines:
    """Collects the lines.  shown: how many subqueries have been written out."""

    def __init__(self) -> None:
        self.exprs: Final = ExprText()
        self.out: Final[list[str]] = []
        self.shown = 0

    def add(self, item: Fields, label: str, indent: int) -> None:
        """A part of a statement, and below it what it is made of."""
        facts: list[str] = []
        parts: list[tuple[str, Fields]] = []
        for name, value in item.fields():
            name = name.removesuffix("_")
            below = _parts(value)
            if below:
                parts.extend([(name, part) for part in below])
            elif isinstance(value, Source) and name == "source":
                facts.insert(0, repr(value))
            else:
                text = self._text(value)
                if text:
                    facts.append(name if value is True else f"{name} {text}")
        head = type(item).__name__.removeprefix("Bound")
        self.out.append(f"{'  ' * indent}{label}{head} {'; '.join(facts)}".rstrip())
        self._subqueries(indent + 1)
        for name, part in parts:
            self.add(part, f"{name}: ", indent + 1)

    def _subqueries(self, indent: int) -> None:
        """The subqueries that the last line speaks of."""
        first = self.shown
        self.shown = len(self.exprs.queries)
        for number, query in enumerate(self.exprs.queries[first:], first + 1):
            outer = ", ".join([source.name for source in query.outer])
            self.out.append(f"{'  ' * indent}subquery {number}{outer and f', for each row of {outer}'}")
            if isinstance(query.plan, Bound):
                self.add(query.plan, "", indent + 1)

    def _text(self, value: object) -> str:
        """What a field says, "" for nothing worth a word."""
        if isinstance(value, Expr):
            return self.exprs.text(value)
        if isinstance(value, OrderTerm):
            return self.exprs.term(value)
        if isinstance(value, (Table, Index)):
            return f"{value.schema}.{value.name}" if isinstance(value, Table) else value.name
        if isinstance(value, OutputColumn):
            return value.name
        if isinstance(value, tuple):
            return " = ".join([self._text(part) for part in value])
        if isinstance(value, list):
            texts = [self._text(part) or "none" for part in value[:MOST_ITEMS]]
            more = [f"… {len(value) - MOST_ITEMS} more"] if len(value) > MOST_ITEMS else []
            return "" if set(texts) <= {"none"} else ", ".join([*texts, *more])
        return "" if value is None or value is False else str(value)


def _parts(value: object) -> list[Fields]:
    """The parts of a statement that a field holds, each of which has lines of its own."""
    items = value if isinstance(value, list) else [value]
    kept = (Expr, OrderTerm, OutputColumn, Source)
    return [item for item in items if isinstance(item, Fields) and not isinstance(item, kept)]
