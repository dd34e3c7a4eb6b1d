"""What can be typed at a place, as the shell completes it, and the arguments of the function that is being typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.compiler.schema.names import quoted_name
from foundrydb.compiler.syntax.scanner import Token, pieces
from foundrydb.tools.lsp.hovers import arguments_text
from foundrydb.tools.shell.completion import Candidate, complete_sql

if TYPE_CHECKING:
    from foundrydb.tools.lsp.sights import EditorSight

_QUOTES: Final = ('"', "`", "[")
_OF_CATALOG: Final = frozenset(["table", "column", "alias", "index", "database"])


def completions(sight: EditorSight) -> list[Candidate]:
    """What can stand at a place, and begins as what has been typed."""
    text = sight.course.document.text
    place = sight.start + sight.offset
    end = sight.start + len(sight.piece.text) if sight.piece is not None else 0
    before, after = text[sight.start : place], text[place:end]
    connection = sight.state.connection
    quoted = _open_name(before)
    if quoted is None:
        return complete_sql(before, after, connection, beginnings=True)
    wanted = before[quoted + 1 :].lower()
    size = len(before) - quoted
    behind = 1 if after.startswith(_closing(before[quoted])) else 0
    found = []
    for each in complete_sql(before[:quoted], after[behind:], connection):
        name = _bare(each.text)
        if each.kind in _OF_CATALOG and name.lower().startswith(wanted):
            found.append(Candidate(quoted_name(name), size, each.kind, behind))
    return found


def _closing(quote: str) -> str:
    return "]" if quote == "[" else quote


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _open_name(before: str) -> int | None:
    """Where a quoted name begins that the text ends in; None where it ends in none."""
    tokens = pieces(before)
    last = tokens[-1] if tokens else None
    if last is None or last.kind != "illegal" or last.end != len(before) or last.text[0] not in _QUOTES:
        return None
    return last.start


class Signature:
    """A function whose arguments are being typed: a line, its parts, and which of them is at the place."""

    def __init__(self, label: str, parameters: list[str], active: int, doc: str) -> None:
        self.label: Final = label
        self.parameters: Final = parameters
        self.active: Final = active
        self.doc: Final = doc


def signatures(sight: EditorSight) -> list[Signature]:
    """The functions in whose parentheses a place is, the inmost; one for each number of arguments."""
    if sight.piece is None:
        return []
    tokens = [t for t in pieces(sight.piece.text) if t.end <= sight.offset and t.kind != "comment"]
    opened = _open_call(tokens)
    if opened is None:
        return []
    at, commas = opened
    name = tokens[at].text.lower()
    found = []
    for function in sight.state.connection.engine.functions.all():
        if function.name.lower() == name and (function.max_args < 0 or commas < max(function.max_args, 1)):
            text = arguments_text(function.min_args, function.max_args)
            parts = text.split(", ") if text else []
            found.append(
                Signature(
                    f"{function.name}({text})", parts, min(commas, max(len(parts) - 1, 0)), function.doc
                )
            )
    return found


def _open_call(tokens: list[Token]) -> tuple[int, int] | None:
    """The number of the name before the inmost open parenthesis, and how many commas are behind that."""
    depth = commas = 0
    for i in range(len(tokens) - 1, 0, -1):
        text = tokens[i].text
        if text == ")":
            depth += 1
        elif text == "(" and depth > 0:
            depth -= 1
        elif text == "(":
            return (i - 1, commas) if tokens[i - 1].kind == "a name" or tokens[i - 1].text.isalpha() else None
        elif text == "," and depth == 0:
            commas += 1
        elif text == ";":
            return None
    return None
