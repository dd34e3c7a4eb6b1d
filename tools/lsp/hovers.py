"""What is shown of the word under the pointer: what it refers to, its type, the plan of its statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.bind.bound import ROWID
from foundrydb.compiler.codegen.query_plan import query_plan_rows
from foundrydb.compiler.plan.dump import estimate_text
from foundrydb.compiler.schema.objects import Table
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.compiler.syntax.scanner import Token, pieces
from foundrydb.errors import Error
from foundrydb.tools.lsp.sights import EditorSight
from foundrydb.tools.output.listings import query_plan_lines

if TYPE_CHECKING:
    from foundrydb.compiler.bind.notes.names import Name
    from foundrydb.compiler.pipeline import Compilation
    from foundrydb.compiler.plan.node import Node
    from foundrydb.toolkit.rehearsal import Rehearsal
    from foundrydb.tools.lsp.occurrences import NameUse

_WITH_PLAN: Final = frozenset(
    ["SELECT", "WITH", "INSERT", "REPLACE", "UPDATE", "DELETE", "VALUES", "EXPLAIN"]
)


class Hover:
    """A text in Markdown, and what it is about: a place in the piece."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text: Final = text
        self.start: Final = start
        self.end: Final = end


def hover(sight: EditorSight) -> Hover | None:
    """What is to be shown at a place; None where there is nothing to tell."""
    found = sight.occurrence()
    if found is not None:
        text = _of_name(found, sight)
        return Hover(text, found.start, found.end) if text else None
    token = _token_at(sight)
    if token is None or token.text.upper() not in _WITH_PLAN:
        return None
    work = sight.compilation()
    if work is None or work.plan is None:
        return None
    return Hover(_code(plan_text(work.plan)), token.start, token.end)


def plan_text(plan: Node) -> str:
    """A plan in the words of EXPLAIN QUERY PLAN, and what it is thought to cost."""
    rows = [(row.id, row.parent, 0, row.detail) for row in query_plan_rows([plan])]
    lines = query_plan_lines(rows) or ["QUERY PLAN"]
    lines[0] += f"  {estimate_text(plan.rows, plan.cost)}"
    return "\n".join(lines)


def _token_at(sight: EditorSight) -> Token | None:
    if sight.piece is None:
        return None
    for token in pieces(sight.piece.text):
        if token.start <= sight.offset <= token.end and token.kind not in ("comment", "illegal"):
            return token
    return None


def _code(text: str) -> str:
    return f"```sql\n{text}\n```"


def _of_name(found: NameUse, sight: EditorSight) -> str:
    kind = found.key[0]
    if kind in ("column", "common column", "expression", "value", "result", "rowid"):
        return _of_column(found, sight)
    if kind == "table":
        return _of_table(found.key[1], sight.state)
    if kind == "index":
        index = sight.state.catalog.find_index(found.key[1])
        return _code(index.sql) if index is not None and index.sql else ""
    if kind == "trigger":
        trigger = sight.state.catalog.find_trigger(found.key[1])
        return _code(trigger.sql) if trigger is not None else ""
    if kind in ("function", "aggregate"):
        return _of_function(found.key[1], sight.state)
    if kind in ("common table", "alias"):
        return _of_alias(found, sight)
    if kind == "string":
        return "no column of that name: taken for a string"
    return kind


# columns ----------------------------------------------------------------------------------------------------


def _of_column(found: NameUse, sight: EditorSight) -> str:
    name = _noted(found, sight) or found.name
    if name is None:
        return ""
    parts = [
        f"affinity {name.affinity}" if name.affinity else "",
        f"collation {name.collation}" if name.collation else "",
    ]
    if name.nullable is not None:
        parts.append("may be NULL" if name.nullable else "never NULL")
    head = name.refers + (f" {name.declared_type}" if name.declared_type else "")
    computed = _computed_by(found, sight)
    lines = [_code(head + (f" = {computed}" if computed else ""))]
    told = ", ".join(part for part in parts if part)
    if told:
        lines.append(told)
    lines += _keys_of(name)
    return "\n\n".join(lines)


def _noted(found: NameUse, sight: EditorSight) -> Name | None:
    """What is noted of a name where its statement is right: whether it may be NULL is known then, too."""
    work = sight.compilation()
    if work is None or sight.piece is None:
        return None
    return _same_name(work, found, sight.piece.origin)


def _same_name(work: Compilation, found: NameUse, origin: int) -> Name | None:
    try:
        names = work.names().found
    except Error:
        return None
    defines = found.name is not None and found.name.kind == "result column"
    for name in names:
        if name.end - origin == found.end and name.start - origin <= found.start:
            if (name.kind == "result column") == defines or len(names) == 1:
                return name
    return None


def _computed_by(found: NameUse, sight: EditorSight) -> str:
    """The expression that a result is named after."""
    piece = sight.piece
    if piece is None or piece.statement is None or found.key[0] not in ("result", "expression"):
        return ""
    start = int(found.key[1]) + piece.origin
    for node in walk(piece.statement):
        if isinstance(node, ast.ResultExpression):
            place = node.start if node.alias is None else node.alias.start
            if place == start:
                return piece.sql[node.expression.start : node.expression.end]
    return ""


def _keys_of(name: Name) -> list[str]:
    """Which keys and indexes of its table a column is in."""
    table = None if name.source is None else name.source.table
    if table is None:
        return []
    column = table.rowid_alias if name.index == ROWID else name.index
    lines = []
    if column == table.rowid_alias or (name.index == ROWID and not table.without_rowid):
        lines.append("the rowid: every row is found by it")
    for index in table.indexes:
        place = next((i for i, each in enumerate(index.columns) if each.column == column), -1)
        if place >= 0:
            unique = "unique index" if index.unique else "index"
            lines.append(f"{unique} `{index.name}`, column {place + 1} of {len(index.columns)}")
    return lines


# tables and others ------------------------------------------------------------------------------------------


def _of_table(name: str, state: Rehearsal) -> str:
    found = state.catalog.find_relation(name)
    if found is None:
        module = state.connection.engine.functions.modules.table(name)
        return "" if module is None else f"table-valued function `{module.name}`"
    if not isinstance(found, Table):
        return _code(found.sql)
    lines = [_code(found.sql or found.name)]
    if state.model is not None:
        lines.append(f"about {state.catalog.row_count(found):,.0f} rows")
    lines += [_code(index.sql) for index in found.indexes if index.sql]
    return "\n\n".join(lines)


def _of_function(name: str, state: Rehearsal) -> str:
    functions = [each for each in state.connection.engine.functions.all() if each.name.lower() == name]
    return "\n\n".join(
        f"`{each.name}({arguments_text(each.min_args, each.max_args)})` {each.doc}" for each in functions
    )


def arguments_text(least: int, most: int) -> str:
    """How many arguments a function takes, in words."""
    if most < 0:
        return "…" if least == 0 else ", ".join([*(f"x{i + 1}" for i in range(least)), "…"])
    names = [f"x{i + 1}" for i in range(most)]
    return ", ".join(name if i < least else f"[{name}]" for i, name in enumerate(names))


def _of_alias(found: NameUse, sight: EditorSight) -> str:
    """What a common table or an alias stands for."""
    piece = sight.piece
    if piece is None or piece.statement is None:
        return ""
    for node in walk(piece.statement):
        if found.key[0] == "common table" and isinstance(node, ast.CommonTable):
            if node.name.text.lower() == found.key[1]:
                return _code(piece.sql[node.start : node.end])
        elif isinstance(node, (ast.TableSource, ast.SubquerySource, ast.FunctionSource)):
            if found.key[0] == "alias" and node.alias is not None and node.alias.text.lower() == found.key[1]:
                if isinstance(node, ast.TableSource):
                    return _of_table(node.name.name.text, sight.state) or node.name.name.text
                return _code(piece.sql[node.start : node.end])
    return ""
