"""The names of a statement with what they refer to, and the bound statement, as text and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.notes.names import name_object, relation_text, scope_object
from foundrydb.compiler.bind.outline import bound_text
from foundrydb.compiler.plan.dump import json_text
from foundrydb.compiler.trees.text import json_object
from foundrydb.errors import ProgrammingError
from foundrydb.tools.output.columnar import display_width, pad

if TYPE_CHECKING:
    from foundrydb.compiler.bind.notes.names import Name, NamedScope, Names
    from foundrydb.compiler.bind.statements import BoundStatement
    from foundrydb.toolkit.stages import Compilation

_COLUMNS: Final = ("place", "name", "is a", "refers to", "type", "affinity", "collation", "null", "scope")


def _names(compilation: Compilation) -> Names:
    """The names.

    Raises:
        ProgrammingError: the statement is of a kind that is not bound.
    """
    names = compilation.names()
    if not names.scopes and not names.found:
        raise ProgrammingError(
            "the statement binds no names: it has none of a table, a column or an index that there is"
        )
    return names


def bind_text(compilation: Compilation, tree: bool) -> str:
    """A line for each name in the order of the text, and one for each scope; or the bound statement."""
    if tree:
        return bound_text(_bound(compilation))
    names = _names(compilation)
    rows = [_row(name, compilation.sql) for name in names.in_order()]
    widths = [max([display_width(row[i]) for row in [_COLUMNS, *rows]]) for i in range(len(_COLUMNS))]
    table = [_COLUMNS, tuple("-" * width for width in widths), *rows]
    lines = ["  ".join(pad(cell, width) for cell, width in zip(row, widths)).rstrip() for row in table]
    scopes = [_scope_text(scope) for scope in names.scopes]
    return "\n".join([*lines, *([""] if scopes else []), *scopes]) + "\n"


def _row(name: Name, sql: str) -> tuple[str, ...]:
    kind = f"{name.kind}, defined" if name.defines else name.kind
    null = "" if name.nullable is None else "yes" if name.nullable else "no"
    scope = str(name.scope or "")
    if name.found != name.scope:
        scope += f", found in {name.found}"
    return (
        f"{name.start}..{name.end}",
        " ".join(sql[name.start : name.end].split()),
        kind,
        name.refers,
        name.declared_type,
        name.affinity,
        name.collation,
        null,
        scope,
    )


def _scope_text(scope: NamedScope) -> str:
    place = f", {scope.start}..{scope.end}" if scope.start >= 0 else ""
    within = f", within {scope.outer}" if scope.outer else ""
    sources = ", ".join(_source_text(source.name, relation_text(source)) for source in scope.sources)
    return f"scope {scope.number}{place}{within}: {sources or 'no tables'}"


def _source_text(name: str, relation: str) -> str:
    return (
        relation if not name or relation.endswith(f".{name}") or name == relation else f"{name} = {relation}"
    )


def bind_json(compilation: Compilation, tree: bool) -> str:
    """An object with the arrays ``names`` and ``scopes``; or the bound statement, as ``trees.text`` writes any tree."""
    if tree:
        return json_text(json_object(_bound(compilation))) + "\n"
    names = _names(compilation)
    document = {
        "names": [name_object(name, compilation.sql) for name in names.in_order()],
        "scopes": [scope_object(scope) for scope in names.scopes],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _bound(compilation: Compilation) -> BoundStatement:
    """The bound statement.

    Raises:
        ProgrammingError: there is none.
    """
    if compilation.bound is None:
        raise ProgrammingError("the statement is not bound as a whole: it works on no rows")
    return compilation.bound


FORMATS: Final[dict[str, Callable[[Compilation, bool], str]]] = {"text": bind_text, "json": bind_json}
