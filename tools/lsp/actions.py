"""What the editor offers to do at a place: mend a name, write ``*`` out, add an index that would help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import walk
from foundrydb.errors import Error
from foundrydb.toolkit.index_advice import advise_rehearsed
from foundrydb.tools import late
from foundrydb.tools.lsp.diagnostics import findings_at
from foundrydb.tools.lsp.occurrences import names_of
from foundrydb.tools.lsp.sights import EditorSight, compiled
from foundrydb.tools.output.quoting_forms import identifier

if TYPE_CHECKING:
    from foundrydb.compiler.bind.scope import Scope
    from foundrydb.toolkit.problems import Problem
    from foundrydb.tools.lsp.documents import StatementPiece

_MEANT: Final = re.compile(r'did you mean "?([^"?]+)"?\?')


class Action:
    """Something that can be done: a title, the changes (each a place in the piece and its new text), its kind.

    Attributes:
        problem: what is mended by it, None for nothing.
    """

    def __init__(
        self, title: str, changes: list[tuple[int, int, str]], kind: str, problem: Problem | None = None
    ) -> None:
        self.title: Final = title
        self.changes: Final = changes
        self.kind: Final = kind
        self.problem: Final = problem


def actions(sight: EditorSight, start: int, end: int) -> list[Action]:
    """What is offered for a selection, by its place in the piece."""
    piece = sight.piece
    if piece is None:
        return []
    found: list[Action] = []
    for problem in piece.problems + piece.late_problems:
        begin = problem.offset - piece.origin
        if begin <= end and start <= begin + problem.length:
            found += _mends(problem, piece)
    found += _ignorings(sight, start, end)
    found += _expansions(sight, start, end)
    found += _indexes(sight)
    return found


def _mends(problem: Problem, piece: StatementPiece) -> Iterator[Action]:
    """Other words for what is wrong."""
    start, text, statement = problem.offset - piece.origin, piece.text, piece.statement
    end = start + problem.length
    written = text[start:end]
    meant = _MEANT.search(problem.hint or "")
    if meant is not None and written:
        word = meant.group(1)
        name = identifier(word)
        if word.isupper() and problem.message.startswith("near "):
            name = word.lower() if written.islower() else word
        head, dot, last = written.rpartition(".")
        yield Action(
            f"Write {name}", [(start, end, head + dot + name if last else name)], "quickfix", problem
        )
    if problem.message.startswith("no such column: ") and written[:1] == '"':
        inner = written[1:-1].replace('""', '"').replace("'", "''")
        yield Action(f"Write the string '{inner}'", [(start, end, f"'{inner}'")], "quickfix", problem)
    elif (
        problem.message.startswith("no such column: ")
        and re.fullmatch(r"\w+", written)
        and _is_expression(statement, problem)
    ):
        yield Action(f"Write the string '{written}'", [(start, end, f"'{written}'")], "quickfix", problem)
    if problem.message.startswith('near "') and written.isalpha() and late.keywords.is_keyword(written):
        yield Action(f'Quote the name "{written}"', [(start, end, f'"{written}"')], "quickfix", problem)


def _is_expression(statement: ast.Statement | None, problem: Problem) -> bool:
    """Whether what is wrong is an expression, for which a string can stand."""
    nodes = [] if statement is None else walk(statement)
    return any(isinstance(node, ast.Column) and node.start == problem.offset for node in nodes)


def _ignorings(sight: EditorSight, start: int, end: int) -> Iterator[Action]:
    """Comments that say that what a rule finds in the selection is meant."""
    piece = sight.piece
    if piece is None:
        return
    shown = dict.fromkeys(
        finding.rule.name
        for finding in findings_at(sight.course, sight.number)
        if finding.offset - piece.origin <= end and start <= finding.offset - piece.origin + finding.length
    )
    line = piece.text[: piece.start].rpartition("\n")
    own_line = not line[2].strip() and (bool(line[1]) or sight.number == 0)
    line_end = _line_end(sight)
    for name in shown:
        comment = f"{'' if own_line else line_end}-- fdb: ignore {name}{line_end}"
        yield Action(f"Ignore {name} in this statement", [(piece.start, piece.start, comment)], "quickfix")


def _line_end(sight: EditorSight) -> str:
    """How lines end in the document."""
    return "\r\n" if "\r\n" in sight.course.document.text else "\n"


# stars ------------------------------------------------------------------------------------------------------


def _expansions(sight: EditorSight, start: int, end: int) -> Iterator[Action]:
    """The columns that a star in the selection stands for."""
    piece = sight.piece
    if piece is None or piece.statement is None or "*" not in piece.text:
        return
    names = names_of(piece, sight.state)
    scopes = [] if names is None else names.scopes
    for core in walk(piece.statement):
        if not isinstance(core, ast.SelectCore):
            continue
        for star in core.columns:
            begin, past = star.start - piece.origin, star.end - piece.origin
            if isinstance(star, ast.ResultExpression) or begin > end or past < start:
                continue
            around = [each.scope for each in scopes if each.start == core.start]
            columns = _columns(star, core, around[0]) if around else []
            if columns:
                yield Action(
                    "Write the columns of * out", [(begin, past, ", ".join(columns))], "refactor.rewrite"
                )


def _columns(star: ast.ResultColumn, core: ast.SelectCore, scope: Scope) -> list[str]:
    """The columns of a star, qualified where there are several tables; none where that would say something else."""
    if any(isinstance(node, ast.Join) and (node.using or node.natural) for node in walk(core)):
        return []
    sources = scope.sources()
    wanted = star.table.text.lower() if isinstance(star, ast.ResultTableStar) else None
    found = []
    for source in sources:
        if wanted is not None and source.name.lower() != wanted:
            continue
        if not source.name and len(sources) > 1:
            return []
        prefix = f"{identifier(source.name)}." if len(sources) > 1 or wanted is not None else ""
        found += [prefix + identifier(column.name) for column in source.columns if not column.hidden]
    return found


# indexes ----------------------------------------------------------------------------------------------------


def _indexes(sight: EditorSight) -> Iterator[Action]:
    """Indexes that would make the statement cheaper, to be made before it."""
    piece = sight.piece
    if piece is None or compiled(piece, sight.state) is None or piece.statement is None:
        return
    if not isinstance(piece.statement, (ast.Select, ast.Insert, ast.Update, ast.Delete)):
        return
    try:
        advice = advise_rehearsed(piece.statement, piece.sql, sight.state)
    except Error:
        return
    if advice.statements:
        title = (
            f"Add {'; '.join(advice.statements)}  (cost {advice.before.cost:,.0f} → {advice.after.cost:,.0f})"
        )
        text = "".join(f"{sql};{_line_end(sight)}" for sql in advice.statements)
        yield Action(title, [(piece.start, piece.start, text)], "refactor")
