"""One look at the editor's text: its tokens, the statement at the cursor, and that statement's whole chain.

The text may be broken in any way; what is wrong comes as a problem with its place, never as a failure.  The statement
is compiled at its own place, the text before it blanked out, so that all places are those of the editor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from foundrydb.compiler.plan.dump import plan_object
from foundrydb.compiler.plan.nodes import Output
from foundrydb.compiler.plan.walk import all_nodes
from foundrydb.compiler.syntax.scanner import Token, pieces
from foundrydb.errors import Error
from foundrydb.toolkit.analysis import can_be_analyzed
from foundrydb.toolkit.completeness import Completeness
from foundrydb.toolkit.problems import ERROR, Problem, problems
from foundrydb.toolkit.stages import compile
from foundrydb.tools.output.keywords import token_class
from foundrydb.tools.output.listings import indents
from foundrydb.tools.views.choices_dump import choices_objects
from foundrydb.tools.web.cells import parameter_names
from foundrydb.tools.web.databases import Busy, PageDatabase
from foundrydb.tools.web.places import in_units
from foundrydb.vm.instruction import JUMP
from foundrydb.vm.listing import program_rows

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.compiler.pipeline import Compilation
    from foundrydb.compiler.provenance import Provenance

Document = dict[str, Any]

MOST_PROBLEMS: Final = 6
"""So many problems of a statement are told."""

MOST_CHECKED: Final = 20_000
"""A statement of more characters is looked through up to its first problem only."""


def look(database: PageDatabase, text: str, at: int) -> Document:
    """What the page shows of a text.

    Args:
        at: where the cursor stands.

    Returns:
        ``tokens``: place and colour of each; ``statement``: where the one at the cursor stands; ``chain`` and what
        goes with it, or ``problem``; ``busy`` where something else runs.
    """
    tokens = pieces(text)
    start, end = statement_at(text, tokens, at)
    found: Document = {
        "tokens": [[token.start, token.end, color(token)] for token in tokens],
        "statement": [start, end],
    }
    if start < end:
        try:
            with database.connection(patience=0.2) as connection:
                compilation = compiled(connection, text, start, end)
                found |= chain(compilation, compilation.provenance())
        except Busy:
            found["busy"] = True
        except Error as problem:
            found["problem"] = problem_object(problem)
    made: Document = in_units(text, found)
    return made


def all_problems(database: PageDatabase, text: str, at: int) -> Document:
    """All that is wrong with the statement at a place, where that is more than its first mistake.

    Raises:
        Busy: something else runs.
        Error: the file cannot be read.
    """
    start, end = statement_at(text, pieces(text), at)
    if end - start > MOST_CHECKED:
        return {"problems": []}
    with database.connection(patience=0.2) as connection:
        found = problems(blanked(text, start) + text[start:end], connection)
    wrong = [problem_object(each) for each in found if each.severity == ERROR]
    made: Document = in_units(text, {"problems": wrong[:MOST_PROBLEMS]})
    return made


def color(token: Token) -> str:
    """How a token is painted."""
    return token_class(token.kind, token.text) or ("name" if token.kind == "a name" else "sign")


def statement_at(text: str, tokens: list[Token], at: int) -> tuple[int, int]:
    """Where the statement at a place begins and ends, its semicolon left out; a gap belongs to the one before it."""
    found = (0, 0)
    first, last, fed = -1, 0, 0
    state = Completeness()
    for token in tokens:
        whole = state.feed(text[fed : token.end])
        fed = token.end
        if token.kind == "comment":
            continue
        if token.text != ";" or not whole:
            first, last = token.start if first < 0 else first, token.end
        elif first >= 0:
            found, first = (first, last), -1
            if at <= token.end:
                return found
    if first >= 0 and (at >= first or found == (0, 0)):
        return first, last
    return found


def compiled(connection: Connection, text: str, start: int, end: int) -> Compilation:
    """A piece of a text compiled at its place, with all notes.

    Raises:
        Error: it is wrong.
    """
    return compile(blanked(text, start) + text[start:end], connection, noting=True)


def blanked(text: str, end: int) -> str:
    """Blanks in the place of a text up to somewhere."""
    return "".join([each if each == "\n" else " " for each in text[:end]])


def chain(compilation: Compilation, provenance: Provenance) -> Document:
    """All stages of a statement, with what only the page needs beside them."""
    rows = [] if compilation.program.explain else program_rows(compilation.program)
    ids: dict[int, dict[str, object]] = {
        id(node): {"id": provenance.id_of(node)} for _, root in compilation.plans for node in all_nodes(root)
    }
    trees = [{"after": name, "tree": plan_object(root, ids)} for name, root in compilation.plans]
    return {
        "chain": provenance.document,
        "trees": trees,
        "choices": choices_objects(compilation) if compilation.options.choices is not None else [],
        "indents": indents(rows),
        "jumps": jumps(compilation) if rows else [],
        "results": [column.name for column in compilation.plan.columns]
        if isinstance(compilation.plan, Output)
        else [],
        "parameters": parameter_names(compilation),
        "writes": not compilation.program.read_only,
        "measured": can_be_analyzed(compilation),
    }


def jumps(compilation: Compilation) -> list[list[int]]:
    """For each instruction the addresses to which it may jump."""
    instructions = compilation.program.instructions
    return [
        [
            target
            for target in [getattr(one, operand.name) for operand in one.OPERANDS if operand.kind == JUMP]
            if 0 <= target < len(instructions)
        ]
        for one in instructions
    ]


def problem_object(problem: Error | Problem) -> Document:
    """An error as the page shows it."""
    return {
        "message": problem.message,
        "start": problem.offset,
        "end": problem.offset + problem.length if problem.offset >= 0 else -1,
        "hint": problem.hint or "",
        "code": problem.code,
    }
