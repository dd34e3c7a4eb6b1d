"""Subqueries of tables that ask for the rows with keys equal to something of the enclosing row.

``EXISTS (SELECT … FROM u WHERE u.k = t.k AND u.d = 5)`` and ``t.a IN (SELECT u.b FROM u WHERE u.k = t.k AND u.d = 5)``
are both: is there such a row?  The second has the key ``u.b = t.a`` as well.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.compiler.bind.bound import (
    Compare,
    Exists,
    Expr,
    InQuery,
    Literal,
    OutputColumn,
    RowValue,
    Source,
    Subquery,
)
from foundrydb.compiler.bind.properties import (
    conjunction,
    conjuncts,
    has_subquery,
    is_deterministic,
    may_fail,
    reads_only,
)
from foundrydb.compiler.plan.nodes import Distinct, Filter, Join, Limit, Node, Project, Scan, Sort
from foundrydb.compiler.plan.passes.logical.push_predicates import filtered
from foundrydb.compiler.plan.passes.physical.transient_indexes import lookups
from foundrydb.compiler.plan.walk import free_sources, visible_sources
from foundrydb.compiler.trees.declared import made_from


@final
class Key:
    """An equality: what each row of the subquery offers, and what the enclosing row wants."""

    def __init__(self, offered: Expr, wanted: Expr, comparison: str, sequence: str) -> None:
        self.offered: Final = offered
        self.wanted: Final = wanted
        self.comparison: Final = comparison
        self.sequence: Final = sequence

    def term(self) -> Expr:
        """The equality as a condition."""
        return Compare("=", self.offered, self.wanted, self.comparison, self.sequence)


@final
class Inner:
    """A subquery that can be unnested.

    Attributes:
        project: its root, below DISTINCT and the like.
        base: the table, or an inner join of several under their own conditions.
        keys: the equalities; those of WHERE before that of IN.
        rest: the conditions on the table alone.
        others: those that compare with the enclosing row in another way, so that the keys cannot be gathered.
        member: whether the last key is that of IN.
    """

    def __init__(
        self,
        project: Project,
        base: Node,
        keys: list[Key],
        rest: list[Expr],
        others: list[Expr],
        member: bool = False,
    ) -> None:
        self.others: Final = others
        self.project: Final = project
        self.base: Final = base
        self.keys: Final = keys
        self.rest: Final = rest
        self.member: Final = member

    def searched(self) -> list[Expr]:
        """The conditions under which the subquery reads its table, as it is written."""
        keys = self.keys[:-1] if self.member else self.keys
        return [*self.rest, *(key.term() for key in keys), *self.others]

    def membership(self, start: int, end: int) -> InQuery:
        """Whether what is wanted is among all that the table's rows offer: it refers to no enclosing row."""
        offered = [OutputColumn("key", key.offered.affinity, key.offered.collation) for key in self.keys]
        source = Source(self.project.source.number, self.project.source.name, offered)
        base = filtered(self.base, self.rest, self.project)
        plan = made_from(self.project, Project(source, base, [key.offered for key in self.keys]))
        wanted = [key.wanted for key in self.keys]
        return InQuery(
            wanted[0] if len(wanted) == 1 else RowValue(wanted, start, end),
            Subquery(plan, [], offered),
            False,
            [key.comparison for key in self.keys],
            [key.sequence for key in self.keys],
            start,
            end,
        )

    def existence(self, start: int, end: int) -> Exists:
        """Whether there is a row that offers what is wanted: a search for each enclosing row."""
        terms = [*self.rest, *(key.term() for key in self.keys), *self.others]
        plan = self.project.with_children([filtered(self.base, terms, self.project)])
        return Exists(Subquery(plan, free_sources(plan), self.project.source.columns), start, end)


def inner_of(term: Exists | InQuery) -> Inner | None:
    """What the query of EXISTS or IN is made of; None for another query."""
    node = term.query.plan
    while isinstance(node, (Distinct, Sort, Limit)):
        if isinstance(node, Limit) and not (isinstance(term, Exists) and _takes_some(node)):
            return None
        node = node.child
    if not isinstance(node, Project):
        return None
    parts = _Parts(visible_sources(node.child))
    base = parts.apart(node.child)
    if base is None or not parts.keys:
        return None
    if isinstance(term, Exists):
        return None if parts.others else Inner(node, base, parts.keys, parts.rest, [])
    member = _member(term, node, parts.made)
    return (
        None if member is None else Inner(node, base, [*parts.keys, member], parts.rest, parts.others, True)
    )


@final
class _Parts:
    """A subquery's tables without the equalities with the enclosing row.

    Attributes:
        made: the sources of the tables.
        keys: the equalities.
        rest: the other conditions on a table that is the only one.
        others: conditions on a table and the enclosing row that are no equalities.
    """

    def __init__(self, made: list[Source]) -> None:
        self.made: Final = made
        self.keys: Final[list[Key]] = []
        self.rest: Final[list[Expr]] = []
        self.others: Final[list[Expr]] = []

    def apart(self, node: Node) -> Node | None:
        """The tables alone; None where there is anything that has to be asked for each row."""
        if isinstance(node, Scan):
            return None if node.indexed_by else node
        if isinstance(node, Filter):
            child = self.apart(node.child)
            own = self._own(conjuncts(node.predicate))
            if child is None or own is None:
                return None
            if len(self.made) == 1:
                self.rest.extend(own)
                return child
            return filtered(child, own, node)
        if isinstance(node, Join) and node.kind == "inner":
            left, right = self.apart(node.left), self.apart(node.right)
            on = self._own(conjuncts(node.on))
            if left is None or right is None or on is None:
                return None
            return node.of(left, right, conjunction(on))
        return None

    def _own(self, terms: list[Expr]) -> list[Expr] | None:
        """The conditions on the tables alone, the keys and others set aside; None where one is none of these."""
        own: list[Expr] = []
        for term in terms:
            if _is_own(term, self.made):
                own.append(term)
                continue
            found = lookups([term], self.made, ("=",))
            if not found:
                if has_subquery(term) or may_fail(term) or not is_deterministic(term):
                    return None
                self.others.append(term)
                continue
            key = found[0]
            self.keys.append(Key(key.own, key.key, key.term.comparison, key.term.sequence))
        return own


def _member(term: InQuery, project: Project, made: list[Source]) -> Key | None:
    """The key of IN itself."""
    wanted, offered = term.operand, project.exprs[0]
    if isinstance(wanted, RowValue) or not _is_own(offered, made):
        return None
    if not is_deterministic(wanted) or has_subquery(wanted) or not is_deterministic(offered):
        return None
    return Key(offered, wanted, term.comparisons[0], term.sequences[0])


def _takes_some(node: Limit) -> bool:
    """Whether a LIMIT leaves a row, where there is one."""
    limit = node.limit
    return (
        node.offset is None
        and isinstance(limit, Literal)
        and isinstance(limit.value, int)
        and limit.value > 0
    )


def _is_own(term: Expr, made: list[Source]) -> bool:
    """Whether a condition is about the subquery's tables alone, and cannot fail."""
    return not may_fail(term) and reads_only(term, made)
