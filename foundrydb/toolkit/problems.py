"""All that is wrong with a text of SQL, not the first mistake alone.

The parser reads on after a mistake of syntax (``compiler.syntax.resumption``).  A statement that can be parsed is
compiled for the schema as the statements before it leave it (``rehearsal``); where it is wrong, what is wrong is taken
out of its tree, and it is compiled again, until nothing more is found.

A mistake is told once, and not what follows from it: nothing is said of columns of a table that is not there, nor of a
table whose CREATE is wrong itself.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from foundrydb.api.connection import Connection
from foundrydb.api.values.literals import text_literal
from foundrydb.compiler.bind.binder import bind_names, trigger_names
from foundrydb.compiler.schema.names import fold
from foundrydb.compiler.schema.objects import Trigger
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.diagnostics import render
from foundrydb.compiler.syntax.node import rewrite, walk
from foundrydb.compiler.syntax.printing.printer import to_sql
from foundrydb.compiler.syntax.resumption import MISTAKES, Reading, read
from foundrydb.compiler.syntax.scanner import pieces
from foundrydb.compiler.syntax.source import dequoted
from foundrydb.errors import Error, NotSupportedError
from foundrydb.toolkit.rehearsal import OF_SCHEMA, Rehearsal, made_name

ERROR: Final = "error"
WARNING: Final = "warning"
INFORMATION: Final = "information"

_SINGLE: Final = (
    "no such column: ", "no such table: ", "no such function: ", "no such collation sequence: ",
    "ambiguous column name: ", "wrong number of arguments to function ", "misuse of ",
)  # fmt: skip
"""How errors begin that say something even of a statement in which something else is wrong."""

_HEAD: Final = 500
"""In how many characters of a statement that cannot be parsed the name of what it makes is sought."""


class Problem:
    """Something wrong with a text.

    Attributes:
        message: what, as SQLite words it.
        severity: ``error``; ``warning`` for what SQLite takes without a word, though it is likely meant otherwise;
            ``information`` for what cannot be told.
        offset, length: where in the text it is, in characters.
        hint: what may have been meant; None where nothing is known.
        sql: the text.
        code: the name of SQLite's result code, "" for none.
    """

    def __init__(
        self,
        message: str,
        severity: str,
        offset: int,
        length: int,
        sql: str,
        hint: str | None = None,
        code: str = "",
    ) -> None:
        self.message: Final = message
        self.severity: Final = severity
        self.offset: Final = offset
        self.length: Final = length
        self.sql: Final = sql
        self.hint: Final = hint
        self.code: Final = code

    def __repr__(self) -> str:
        return f"<Problem {self.severity} at {self.offset}: {self.message}>"

    def __str__(self) -> str:
        """As a person reads it: the message, the line with a caret, the hint."""
        failure = Error(self.message).at(self.offset, self.length, self.sql)
        failure.hint = self.hint
        return render(failure)


def problems(sql: str, connection: Connection | None = None) -> list[Problem]:
    """All that is wrong with a text, in its order.

    Args:
        sql: any number of statements.  Nothing of it is run; each is compiled for the schema as those before it would
            leave it.
        connection: whose schema and functions count; without one, the text begins with an empty database.
    """
    rehearsal = Rehearsal(connection)
    try:
        found: list[Problem] = []
        readings = read(sql)
        for reading in readings:
            found += problems_of(reading, sql, rehearsal)
        for reading in readings:
            found += late_problems(reading, sql, rehearsal)
        return sorted(found, key=_place)
    finally:
        rehearsal.close()


def problems_of(reading: Reading, sql: str, rehearsal: Rehearsal) -> list[Problem]:
    """What is wrong with a statement, which is then carried out in the rehearsal.

    Args:
        sql: the text that it was read from.
    """
    statement = reading.statement
    found = [_problem(mistake, sql, statement) for mistake in reading.mistakes]
    if statement is None:
        rehearsal.doubt_text(first_words(reading, sql))
        return found
    if reading.repaired:
        if isinstance(statement, OF_SCHEMA):
            rehearsal.doubt(statement)
            with suppress(Error):
                rehearsal.run(to_sql(statement))
        return found
    if rehearsal.given:
        if _is_made_already(statement, rehearsal):
            return found
        rehearsal.make_room(statement)
    mistakes = _mistakes(statement, sql, rehearsal)
    if mistakes:
        rehearsal.doubt(statement)
        return found + [_problem(mistake, sql, statement) for mistake in mistakes]
    try:
        rehearsal.follow(statement, sql)
    except Error as failure:
        rehearsal.doubt(statement)
        return [*found, _problem(failure, sql, statement)]
    if '"' in sql[statement.start : statement.end]:
        found += _strings(statement, sql, rehearsal)
    return found


def first_words(reading: Reading, sql: str) -> list[str]:
    """The tokens that a statement begins with."""
    head = sql[reading.start : min(reading.end, reading.start + _HEAD)]
    return [piece.text for piece in pieces(head) if piece.kind != "comment"]


def carry_out(reading: Reading, sql: str, rehearsal: Rehearsal) -> None:
    """Have a statement done in a rehearsal, as ``problems_of`` does, without looking for all that is wrong with it."""
    statement = reading.statement
    if statement is None or reading.repaired:
        problems_of(reading, sql, rehearsal)
        return
    if rehearsal.given:
        if _is_made_already(statement, rehearsal):
            return
        rehearsal.make_room(statement)
    try:
        rehearsal.follow(statement, sql)
    except Error:
        rehearsal.doubt(statement)


def late_problems(reading: Reading, sql: str, rehearsal: Rehearsal) -> list[Problem]:
    """What a view or trigger speaks of that is not there once all statements are carried out.

    SQLite notices only when it is used, so that these are warnings.
    """
    statement = reading.statement
    if reading.mistakes or not isinstance(statement, (ast.CreateView, ast.CreateTrigger)):
        return []
    name = statement.name.name.text
    schema = None if statement.name.schema is None else statement.name.schema.text
    if isinstance(statement, ast.CreateView):
        view = rehearsal.catalog.find_view(name, schema)
        if view is None:
            return []
        mistakes = _mistakes(statement.select, sql, rehearsal)
    else:
        trigger = rehearsal.catalog.find_trigger(name, schema)
        if trigger is None:
            return []
        mistakes = _mistakes_of_trigger(trigger, statement, sql, rehearsal)
    return [_problem(mistake, sql, statement, WARNING) for mistake in mistakes]


def _is_made_already(statement: ast.Statement, rehearsal: Rehearsal) -> bool:
    """Whether a column is to be added that a given table has: the database is newer than the text."""
    if (
        not isinstance(statement, ast.AlterAddColumn)
        or fold(statement.table.name.text) not in rehearsal.given
    ):
        return False
    schema = statement.table.schema
    table = rehearsal.catalog.find_table(statement.table.name.text, None if schema is None else schema.text)
    name = fold(statement.column.name.text)
    return table is not None and any(fold(column.name) == name for column in table.columns)


def _place(problem: Problem) -> tuple[int, int]:
    return problem.offset, problem.length


# mistakes of meaning ----------------------------------------------------------------------------------------


def _mistakes(statement: ast.Statement, sql: str, rehearsal: Rehearsal) -> list[Error]:
    """What is wrong with the meaning of a statement that can be parsed."""
    found: list[Error] = []
    missing: set[str] = set()
    if rehearsal.unsure:
        names = {fold(node.text) for node in walk(statement) if isinstance(node, ast.Name)}
        missing.update([""] if names & rehearsal.unsure else [])
    for _ in range(MISTAKES):
        mistake = _mistake(statement, sql, rehearsal)
        if mistake is None:
            break
        if _tells(mistake, statement, found, missing, rehearsal):
            found.append(mistake)
        rest = _without(statement, mistake, missing)
        if rest is None:
            break
        statement = rest
    return found


def _mistake(statement: ast.Statement, sql: str, rehearsal: Rehearsal) -> Error | None:
    try:
        rehearsal.compiled(statement, sql)
    except Error as mistake:
        return mistake
    return None


def _tells(
    mistake: Error, statement: ast.Statement, found: list[Error], missing: set[str], rehearsal: Rehearsal
) -> bool:
    """Whether a mistake is one of its own, and no consequence of another.

    missing: the folded names of tables that are not there; "" for one without which columns may be anybody's.
    """
    message = mistake.message
    if isinstance(mistake, NotSupportedError):
        return not found
    if any(mistake.offset == other.offset and mistake.offset >= 0 for other in found):
        return False
    kind, _, name = message.partition(": ")
    if kind == "no such table" and (rehearsal.open or _table_at(mistake, statement) in rehearsal.unsure):
        return False
    if (found or missing) and not message.startswith(_SINGLE):
        return False
    if kind in ("no such column", "ambiguous column name") or " has no column named " in message:
        table = fold(name.split(".")[-2]) if "." in name else ""
        return table not in missing
    return True


def _table_at(mistake: Error, statement: ast.Statement) -> str:
    """The folded name of the table that a mistake speaks of; a name may have dots in it."""
    for node in walk(statement):
        if isinstance(node, ast.QualifiedName) and node.start == mistake.offset:
            return fold(node.name.text)
    return fold(mistake.message.rpartition(".")[2].removeprefix("no such table: "))


def _without(statement: ast.Statement, mistake: Error, missing: set[str]) -> ast.Statement | None:
    """The statement without what is wrong in it; None where that cannot be taken out."""
    start, end = mistake.offset, mistake.offset + mistake.length
    target = statement.table if isinstance(statement, (ast.Update, ast.Delete)) else None
    around = [
        node
        for node in walk(statement)
        if isinstance(node, (ast.Expression, ast.TableSource, ast.ResultTableStar))
        and node.start <= start
        and end <= node.end
        and node is not target
    ]
    if start < 0 or not around:
        return None
    wrong = min(reversed(around), key=_length)
    if isinstance(wrong, ast.Null):
        return None
    rest = rewrite(statement, lambda node: _emptied(node, missing) if _is_at(node, wrong) else node)
    return rest if isinstance(rest, ast.Statement) and rest != statement else None


def _length(node: ast.Node) -> int:
    return node.end - node.start


def _is_at(node: ast.Node, wrong: ast.Node) -> bool:
    return type(node) is type(wrong) and node.start == wrong.start and node.end == wrong.end


def _emptied(node: ast.Node, missing: set[str]) -> ast.Node:
    """What stands for something that is wrong: NULL; for a table, a query of which no column is known."""
    null = ast.Null(node.start, node.end)
    if isinstance(node, ast.ResultTableStar):
        return ast.ResultExpression(node.start, node.end, null, None)
    if not isinstance(node, ast.TableSource):
        return null
    alias = node.alias or node.name.name
    missing.update(("", fold(alias.text)))
    column = ast.ResultExpression(node.start, node.end, null, None)
    core = ast.SelectCore(node.start, node.end, False, (column,), None, None, (), None, ())
    select = ast.Select(node.start, node.end, None, core, (), None, None)
    return ast.SubquerySource(node.start, node.end, select, alias)


def _mistakes_of_trigger(
    trigger: Trigger, statement: ast.CreateTrigger, sql: str, rehearsal: Rehearsal
) -> list[Error]:
    """The first mistake of a trigger's program."""
    engine = rehearsal.connection.engine
    looked = Trigger(trigger.name, trigger.schema, trigger.table, trigger.table_schema, sql, statement)
    try:
        trigger_names(looked, rehearsal.catalog, engine.functions)
    except Error as mistake:
        return [mistake] if _tells(mistake, statement, [], set(), rehearsal) else []
    return []


def _strings(statement: ast.Statement, sql: str, rehearsal: Rehearsal) -> list[Problem]:
    """A warning for each name in double quotes that is no column, and so a string."""
    engine = rehearsal.connection.engine
    planned = statement.statement if isinstance(statement, ast.Explain) else statement
    try:
        names, _ = bind_names(planned, sql, rehearsal.catalog, engine.functions)
    except Error:
        return []
    found: list[Problem] = []
    for name in names.in_order():
        if name.kind == "string":
            text = sql[name.start : name.end]
            hint = f"write {text_literal(dequoted(text))} where a string is meant"
            message = f"no such column: {text}: it is taken for a string"
            found.append(Problem(message, WARNING, name.start, name.end - name.start, sql, hint))
    return found


# places -----------------------------------------------------------------------------------------------------


def _problem(mistake: Error, sql: str, statement: ast.Statement | None, severity: str = ERROR) -> Problem:
    """An error as a problem; one without a place stands at the name that it speaks of."""
    if isinstance(mistake, NotSupportedError) or isinstance(statement, ast.CreateVirtualTable):
        severity = INFORMATION  # what this engine lacks, another may have
    start, end = mistake.offset, mistake.offset + mistake.length
    if not 0 <= start <= end <= len(sql):
        start, end = _named_place(mistake.message, statement)
    return Problem(mistake.message, severity, start, end - start, sql, mistake.hint, mistake.code)


def _named_place(message: str, statement: ast.Statement | None) -> tuple[int, int]:
    if statement is None:
        return 0, 0
    names = [node for node in walk(statement) if isinstance(node, ast.Name) and node.text]
    for name in names:
        if name.text in message:
            return name.start, name.end
    made = made_name(statement)
    return (made.start, made.end) if made is not None else (statement.start, statement.end)
