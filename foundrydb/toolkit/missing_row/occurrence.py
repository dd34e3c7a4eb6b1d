"""Where a statement reads a table: in which FROM, within which queries."""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.syntax import ast

DERIVED: Final = "derived"
CONDITION: Final = "condition"


class QueryFrame:
    """A query on the way from the statement to the FROM that reads the table.

    Attributes:
        select: the query; ``core``: the term of it that the way goes through, ``written``: as it is in the text.
        how: how the next query on the way stands in this one: as a ``derived`` table in FROM, or in an expression
            (a ``condition``); "" for the last one.
        source: the derived table.
    """

    def __init__(
        self,
        select: ast.Select,
        core: ast.SelectCore,
        written: ast.SelectCore,
        how: str = "",
        source: ast.Source | None = None,
    ) -> None:
        self.select: Final = select
        self.core: Final = core
        self.written: Final = written
        self.how: Final = how
        self.source: Final = source


class Occurrence:
    """A place where the statement reads the table.

    Attributes:
        source: the term of FROM.
        frames: the queries around it, outermost first; the last one has it in its FROM.
        name: what the term is called there.
    """

    def __init__(self, source: ast.TableSource, frames: list[QueryFrame]) -> None:
        self.source: Final = source
        self.frames: Final = frames
        alias = source.alias
        self.name: Final = (source.name.name if alias is None else alias).text


def occurrences(select: ast.Select, table: str) -> list[Occurrence]:
    """Where a query reads a table, by the table's name or an alias of it; in the order of the text."""
    found: list[Occurrence] = []
    _in_select(select, table.lower(), [], {}, found)
    found.sort(key=lambda each: each.source.start)
    return found


def _in_select(
    select: ast.Select,
    table: str,
    frames: list[QueryFrame],
    common: dict[str, ast.Select],
    found: list[Occurrence],
) -> None:
    if select.with_ is not None:
        common = {**common, **{each.name.text.lower(): each.select for each in select.with_.tables}}
        if select.with_.recursive:
            common = {
                name: query for name, query in common.items() if not _refers_to(query, name)
            }  # a table of itself cannot be taken apart
    for core in cores_of(select):
        _in_core(select, core, table, frames, common, found)


def _in_core(
    select: ast.Select,
    core: ast.SelectCore,
    table: str,
    frames: list[QueryFrame],
    common: dict[str, ast.Select],
    found: list[Occurrence],
) -> None:
    for source in [] if core.from_ is None else leaves(core.from_):
        if isinstance(source, ast.SubquerySource):
            _in_select(
                source.select,
                table,
                [*frames, QueryFrame(select, core, core, DERIVED, source)],
                common,
                found,
            )
        elif isinstance(source, ast.TableSource):
            name = source.name.name.text.lower()
            alias = None if source.alias is None else source.alias.text.lower()
            if source.name.schema is None and name in common:
                inner = {each: query for each, query in common.items() if each != name}
                _in_select(
                    common[name],
                    table,
                    [*frames, QueryFrame(select, core, core, DERIVED, source)],
                    inner,
                    found,
                )
            elif table in (name, alias):
                found.append(Occurrence(source, [*frames, QueryFrame(select, core, core)]))
    for query in queries_within(core):
        _in_select(query, table, [*frames, QueryFrame(select, core, core, CONDITION)], common, found)


def cores_of(select: ast.Select) -> list[ast.SelectCore]:
    """The terms of a query that are SELECTs."""
    body = select.body
    terms = [body.first, *(part.term for part in body.rest)] if isinstance(body, ast.Compound) else [body]
    return [term for term in terms if isinstance(term, ast.SelectCore)]


def leaves(source: ast.Source) -> list[ast.Source]:
    """The terms of a FROM, those in parentheses too, from left to right."""
    if isinstance(source, ast.Join):
        return leaves(source.left) + leaves(source.right)
    if isinstance(source, ast.ParenthesizedSource):
        return leaves(source.source)
    return [source]


def queries_within(core: ast.SelectCore) -> list[ast.Select]:
    """The queries in a core's expressions, those within one another left out."""
    found: list[ast.Select] = []
    waiting: list[ast.Node] = [core]
    while waiting:
        for child in waiting.pop().children():
            if isinstance(child, ast.Select):
                found.append(child)
            elif not isinstance(child, ast.SubquerySource):
                waiting.append(child)
    return found


def _refers_to(query: ast.Select, name: str) -> bool:
    return any(
        source.name.schema is None and source.name.name.text.lower() == name
        for core in cores_of(query)
        for source in ([] if core.from_ is None else leaves(core.from_))
        if isinstance(source, ast.TableSource)
    )


def conjuncts(condition: ast.Expression | None) -> list[ast.Expression]:
    """The conditions that AND joins, in the order of the text."""
    if condition is None:
        return []
    found: list[ast.Expression] = []
    waiting = [condition]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.Binary) and each.operator == "AND":
            waiting += [each.right, each.left]
        else:
            found.append(each)
    return found
