"""The styles: how the clauses of statements, and the few expressions with a form of their own, are set.

A statement that fits on one line and was written on one stays there.  Where it does not, or its author began a clause
on a new line, each clause begins a line.  A clause's list that does not fit on the rest of the line has a line for each
item; a condition has one for each AND.
"""

from __future__ import annotations

from typing import Final

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.node import Node
from foundrydb.compiler.syntax.printing.lines import BROKEN, CLOSE, FLUSH, LINE, LINE_BACK, OPEN
from foundrydb.compiler.syntax.printing.print_expression import BINARY_LEVELS, COMPARISON, EQUALITY
from foundrydb.toolkit.formatting.pieces import (
    Bare,
    Part,
    Pieces,
    Style,
    Text,
    arranged,
    closing,
    in_parentheses,
    is_word,
    split,
)
from foundrydb.toolkit.formatting.words import PlacedWord

STYLES: Final[dict[type[Node], Style]] = {}
"""The style of a node, by its class; ``arranged`` for those without one."""

BARE_STYLES: Final[dict[type[Node], Style]] = {}
"""The same for a node whose lines break with the group around it."""

_CLAUSES: Final = ("FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "ORDER", "LIMIT", "SET", "RETURNING")
_LISTS: Final = ("SELECT", "GROUP", "ORDER", "SET", "RETURNING", "WINDOW", "PARTITION", "VALUES", "DO")
_CONDITIONS: Final = ("WHERE", "HAVING", "WHEN", "ON")


def clause(text: Text, parts: list[Part]) -> Pieces:
    """A clause: its keywords, then a list or a condition that is indented where it does not fit."""
    at = 0
    while at < len(parts) and _is_keyword(parts[at]):
        at += 1
    head, content = parts[:at], parts[at:]
    if not head or not content:
        return arranged(text, parts)
    word = head[0]
    if is_word(word, *_CONDITIONS) and len(content) == 1 and _is_condition(content[0]):
        condition = content[0]
        assert isinstance(condition, Node)
        return [*head, OPEN, LINE, Bare(condition), CLOSE]
    if is_word(word, *_LISTS) and any(is_word(part, ",") for part in content):
        return [*head, OPEN, LINE, *arranged(text, content), CLOSE]
    return arranged(text, parts)


def _is_keyword(part: Part) -> bool:
    return isinstance(part, PlacedWord) and part.keyword


def _is_condition(part: Part) -> bool:
    """Whether it consists of conditions that have a line each."""
    return isinstance(part, ast.Binary) and part.operator in ("AND", "OR")


def clauses(text: Text, parts: list[Part], starts: tuple[str, ...] = _CLAUSES) -> Pieces:
    """Clauses on a line each, where the group is broken; it is where one began a line in the text."""
    cut = split(parts, starts)
    pieces: Pieces = clause(text, cut[0])
    for each in cut[1:]:
        if text.begins_line(each[0]):
            pieces.insert(0, BROKEN)
        pieces += [LINE, *clause(text, each)]
    return pieces


def grouped(style: Style) -> Style:
    """A style within a group of its own."""
    return lambda text, parts: [FLUSH, *style(text, parts), CLOSE]


def _separate(
    text: Text, parts: list[Part], classes: tuple[type[Node], ...], starts: tuple[str, ...] = _CLAUSES
) -> Pieces:
    """Clauses, with each node of some classes on a line of its own."""
    pieces: Pieces = []
    for run in _runs(parts, classes):
        if pieces:
            pieces.append(LINE)
            if text.begins_line(run[0]):
                pieces.insert(0, BROKEN)
        first = run[0]
        if isinstance(first, ast.SelectCore | ast.Compound):
            pieces.append(Bare(first))
        elif isinstance(first, classes):
            pieces.append(first)
        else:
            pieces += clauses(text, run, starts)
    return pieces


def _runs(parts: list[Part], classes: tuple[type[Node], ...]) -> list[list[Part]]:
    """Each node of some classes by itself, and what stands between them."""
    runs: list[list[Part]] = []
    alone = True
    for part in parts:
        if isinstance(part, classes) or alone:
            runs.append([])
        runs[-1].append(part)
        alone = isinstance(part, classes)
    return runs


def _select(text: Text, parts: list[Part]) -> Pieces:
    return _separate(text, parts, (ast.With, ast.SelectCore, ast.Values, ast.Compound))


def _compound(text: Text, parts: list[Part]) -> Pieces:
    """Terms on a line each; in a whole query those of one clause have a group, so that short ones stay whole."""
    pieces: Pieces = []
    for i, part in enumerate(parts):
        if i and isinstance(part, Node):
            pieces.append(LINE)
            if text.begins_line(part):
                pieces.insert(0, BROKEN)
        pieces.append(part)
    return pieces


def _change(text: Text, parts: list[Part]) -> Pieces:
    return _separate(text, parts, (ast.With, ast.Select, ast.Upsert))


def _delete(text: Text, parts: list[Part]) -> Pieces:
    return _separate(text, parts, (ast.With,), ("WHERE", "RETURNING"))


def _insert(text: Text, parts: list[Part]) -> Pieces:
    """As any change; DEFAULT VALUES stands where a query could."""
    pieces = _change(text, parts)
    for i, piece in enumerate(pieces):
        if isinstance(piece, PlacedWord) and piece.text == "DEFAULT" and piece.keyword:
            return [*([BROKEN] if piece.new_line else []), *pieces[:i], LINE, *pieces[i:]]
    return pieces


def _as_query(text: Text, parts: list[Part]) -> Pieces:
    """CREATE VIEW, CREATE TABLE AS: the query begins a line."""
    return _separate(text, parts, (ast.Select,))


def _with(text: Text, parts: list[Part]) -> Pieces:
    at = 2 if is_word(parts[1], "RECURSIVE") else 1
    return [*parts[:at], FLUSH, *arranged(text, parts[at:]), CLOSE]


def _upsert(text: Text, parts: list[Part]) -> Pieces:
    return [OPEN, *clauses(text, parts, ("DO", "WHERE")), CLOSE]


def _index(text: Text, parts: list[Part]) -> Pieces:
    return [OPEN, *clauses(text, parts, ("ON", "WHERE")), CLOSE]


def _window(text: Text, parts: list[Part]) -> Pieces:
    """A window's clauses, with or without its parentheses."""
    if is_word(parts[0], "("):
        inner = parts[1:-1]
        grouped_ = in_parentheses(text, parts)
        if not inner:
            return grouped_
        return [*grouped_[:3], *_window(text, inner), *grouped_[-3:]]
    pieces: Pieces = []
    for each in split(parts, ("PARTITION", "ORDER")):
        frame = [part for part in each if isinstance(part, ast.Frame)]
        rest = [part for part in each if not isinstance(part, ast.Frame)]
        if rest:
            pieces += [*([LINE] if pieces else []), *clause(text, rest)]
        if frame:
            pieces += [*([LINE] if pieces else []), *frame]
    return pieces


def _join(text: Text, parts: list[Part]) -> Pieces:
    """A chain of joins, each on a line; a list with commas alone is set as a list."""
    chain = [parts]
    while isinstance(chain[-1][0], ast.Join):
        chain.append(text.parts_of(chain[-1][0]))
    chain.reverse()
    pieces: Pieces = []
    for each in chain:
        rest = each[1:]
        if text.begins_line(rest[0]) or (is_word(rest[0], ",") and text.begins_line(rest[1])):
            pieces.append(BROKEN)
        if is_word(rest[0], ","):
            pieces += [rest[0], LINE]
            rest = rest[1:]
        else:
            pieces.append(LINE)
        for part in split(rest, ("ON",)):
            pieces += clause(text, part)
    return [chain[0][0], OPEN, *pieces, CLOSE]


def _case(text: Text, parts: list[Part]) -> Pieces:
    pieces: Pieces = [parts[0], OPEN]
    for part in parts[1:-1]:
        if isinstance(part, ast.When) or is_word(part, "ELSE"):
            if text.begins_line(part):
                pieces.insert(2, BROKEN)
            pieces.append(LINE)
        pieces.append(part)
    return [*pieces[:2], *arranged_between(text, pieces[2:]), LINE_BACK, CLOSE, parts[-1]]


def arranged_between(text: Text, pieces: Pieces) -> Pieces:
    """Pieces with groups for their parentheses."""
    result: Pieces = []
    run: list[Part] = []
    for piece in pieces:
        if isinstance(piece, PlacedWord | Node):
            run.append(piece)
            continue
        result += arranged(text, run)
        run = []
        result.append(piece)
    return result + arranged(text, run)


def _when(text: Text, parts: list[Part]) -> Pieces:
    first, *rest = split(parts, ("THEN",))
    pieces = arranged(text, first)
    for each in rest:
        pieces += [LINE, *arranged(text, each)]
    return [OPEN, *pieces, CLOSE]


def _chain(text: Text, parts: list[Part]) -> Pieces:
    """Operators of one level, leaning left: a line may begin with each of them."""
    first, rest = _operations(text, parts)
    return first + rest


def _indented_chain(text: Text, parts: list[Part]) -> Pieces:
    first, rest = _operations(text, parts)
    return [*first, OPEN, *rest, CLOSE]


def _operations(text: Text, parts: list[Part]) -> tuple[Pieces, Pieces]:
    """The leftmost operand of a chain, and the operators with those to their right."""
    first = parts
    later: list[list[Part]] = []
    level = _level(first)
    while isinstance(first[0], ast.Binary) and BINARY_LEVELS[first[0].operator] == level:
        inner = text.parts_of(first[0])
        later.append(first[1:])
        first = inner
    end = closing(first, 0) + 1 if is_word(first[0], "(") else 1
    pieces: Pieces = []
    for operation in [first[end:], *reversed(later)]:
        if level not in (EQUALITY, COMPARISON):
            pieces.append(LINE)
        pieces += arranged(text, operation)
    return arranged(text, first[:end]), pieces


def _level(parts: list[Part]) -> int:
    """The level of a binary operator's parts."""
    at = closing(parts, 0) + 1 if is_word(parts[0], "(") else 1
    operator = parts[at]
    assert isinstance(operator, PlacedWord)
    return BINARY_LEVELS[{"==": "=", "<>": "!="}.get(operator.text, operator.text)]


def _unary(text: Text, parts: list[Part]) -> Pieces:
    """A sign clings to its operand, unless that begins with a sign."""
    sign = parts[0]
    assert isinstance(sign, PlacedWord)
    if not sign.keyword:
        sign.hugging = text.words[sign.index + 1].text[0] not in "+-"
    return arranged(text, parts)


def _called(text: Text, parts: list[Part]) -> Pieces:
    """A call: its parenthesis follows the name at once."""
    for part in parts:
        if is_word(part, "("):
            assert isinstance(part, PlacedWord)
            part.tight = True
            break
    return arranged(text, parts)


def _common_table(text: Text, parts: list[Part]) -> Pieces:
    return _called(text, parts) if is_word(parts[1], "(") else arranged(text, parts)


def _table(text: Text, parts: list[Part]) -> Pieces:
    """CREATE TABLE: its columns stay on lines of their own where they were."""
    at = next(i for i, part in enumerate(parts) if is_word(part, "("))
    end = closing(parts, at)
    return [
        *parts[:at],
        *in_parentheses(text, parts[at : end + 1], keep=True),
        *arranged(text, parts[end + 1 :]),
    ]


def _column_definition(text: Text, parts: list[Part]) -> Pieces:
    pieces: Pieces = [OPEN]
    for part in parts:
        if isinstance(part, ast.ColumnConstraint):
            pieces.append(LINE)
        pieces.append(part)
    return [*pieces, CLOSE]


def _trigger(text: Text, parts: list[Part]) -> Pieces:
    """A trigger has a line for its event, its condition and each step."""
    begin = next(i for i, part in enumerate(parts) if is_word(part, "BEGIN"))
    pieces: Pieces = [FLUSH, BROKEN]
    starts = ("BEFORE", "AFTER", "INSTEAD", "INSERT", "UPDATE", "DELETE", "FOR", "WHEN")
    heads = split(parts[:begin], starts)
    for i, each in enumerate(heads):
        event = i > 0 and is_word(each[0], "INSERT", "UPDATE", "DELETE") and len(heads[i - 1]) <= 2
        pieces += [*([LINE] if i > 0 and not event else []), OPEN, *clause(text, each), CLOSE]
    pieces += [LINE, parts[begin], OPEN, BROKEN]
    for part in parts[begin + 1 : -1]:
        pieces += [part] if is_word(part, ";") else [LINE, part]
    return [*pieces, CLOSE, LINE, parts[-1], CLOSE]


STYLES.update(
    {
        ast.Select: grouped(_select),
        ast.SelectCore: grouped(clauses),
        ast.Compound: grouped(_compound),
        ast.CompoundPart: _compound,
        ast.Values: clause,
        ast.Update: grouped(_change),
        ast.Delete: grouped(_delete),
        ast.Insert: grouped(_insert),
        ast.Upsert: _upsert,
        ast.With: _with,
        ast.CommonTable: _common_table,
        ast.CreateView: grouped(_as_query),
        ast.CreateTableAs: grouped(_as_query),
        ast.CreateTable: _table,
        ast.CreateIndex: _index,
        ast.CreateTrigger: _trigger,
        ast.ColumnDefinition: _column_definition,
        ast.WindowSpec: _window,
        ast.Join: _join,
        ast.Case: _case,
        ast.When: _when,
        ast.Binary: _indented_chain,
        ast.Unary: _unary,
    }
)
for _class in (ast.Call, ast.Cast, ast.Raise, ast.FunctionSource, ast.Pragma, ast.CreateVirtualTable):
    STYLES[_class] = _called
BARE_STYLES.update({ast.SelectCore: clauses, ast.Compound: _compound, ast.Binary: _chain})
