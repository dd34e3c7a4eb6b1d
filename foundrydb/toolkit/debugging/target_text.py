"""Targets as people write them.

========================== ==========================================================================
text                       where to stop
========================== ==========================================================================
``12``                     before the instruction at address 12
``Column``                 before an instruction of that opcode
``sql weight > 300``       before an instruction that this piece of the SQL is evaluated by
``sql 10..20``             likewise, the piece from offset 10 to before 20
``page 12``                after an instruction that asked for page 12, or changed it
``page 12 read``           after one that asked for it; ``page 12 changed``: that changed it
``page temp.3``            likewise of another database
``row 5``                  after the fifth row
``r3 changes``             after an instruction that gave register 3 another value
``when r3 > 5 and r4 = 1`` after one that made a condition on registers, in SQL, true
========================== ==========================================================================
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.syntax.resumption import read_expression
from foundrydb.errors import Error
from foundrydb.toolkit.debugging.target import (
    CHANGED,
    READ,
    AtAddress,
    AtOpcode,
    AtPiece,
    AtRow,
    OnChange,
    OnPage,
    RegisterCondition,
    StopTarget,
)

if TYPE_CHECKING:
    from foundrydb.toolkit.debugging.recorded_run import RecordedRun

_REGISTER: Final = re.compile(r"\br\[?(\d+)\]?(?!\w)", re.IGNORECASE)
_STRINGS: Final = re.compile(r"('(?:[^']|'')*')")
_LARGEST: Final = 9

_WITH_MORE: Final = {
    "sql": "sql TEXT: a piece of the statement",
    "page": "page N: the number of a page",
    "row": "row N: the number of a row",
    "when": "when CONDITION: one on registers, such as r3 > 5",
}
"""Words that say nothing alone."""


class TargetError(Exception):
    """A text that says no target; the message is one line for a person."""


def near(word: str, known: Iterable[str]) -> str:
    """The end of a message about a misspelt word: ``; did you mean "…"?``, or nothing."""
    by_letters = {each.lower(): each for each in known}
    found = difflib.get_close_matches(word.lower(), by_letters, n=1, cutoff=0.6)
    return f'; did you mean "{by_letters[found[0]]}"?' if found else ""


def read_target(text: str, run: RecordedRun) -> StopTarget:
    """The target that a text says; see the table above.

    Raises:
        TargetError: it says none.
    """
    word, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    kind = word.lower()
    if kind == "sql" and rest:
        return _piece(text.strip(), rest, run)
    if kind == "page" and rest:
        return _page(rest, run)
    if kind == "row" and rest:
        return AtRow(_number(rest, "row", 1))
    if kind == "when" and rest:
        return _when(text.strip(), rest, run)
    if rest.lower() == "changes" and _REGISTER.fullmatch(word):
        return OnChange(_register(_REGISTER.sub(r"\1", word), run))
    if not rest and word.lstrip("@").isdigit():
        return _address(word.lstrip("@"), run)
    if not rest and kind in _WITH_MORE:
        raise TargetError(f"{kind} which? {_WITH_MORE[kind]}")
    if not rest and word:
        return _opcode(word, run)
    raise TargetError(
        f'"{text.strip()}" says no place: an address, an opcode, sql TEXT, page N, row N, rN changes, when CONDITION'
    )


def _number(text: str, what: str, least: int) -> int:
    if not text.isdigit() or len(text) > _LARGEST or int(text) < least:
        raise TargetError(f'"{text}" is no number of a {what}')
    return int(text)


def _address(text: str, run: RecordedRun) -> StopTarget:
    size = len(run.replay.compilation.program.instructions)
    address = _number(text, "instruction", 0)
    if address >= size:
        raise TargetError(f"there is no address {address}: the program ends at {size - 1}")
    return AtAddress(address)


def _opcode(word: str, run: RecordedRun) -> StopTarget:
    own = run.replay.compilation.program
    used = {type(each).__name__ for program in [own, *own.triggers] for each in program.instructions}
    for name in used:
        if name.lower() == word.lower():
            return AtOpcode(name)
    words = [*used, "sql", "page", "row", "when"]
    raise TargetError(f'the program has no opcode "{word}"{near(word, words)}')


def _piece(text: str, rest: str, run: RecordedRun) -> StopTarget:
    compilation = run.replay.compilation
    statement = compilation.planned
    offsets = re.fullmatch(r"(\d+)\s*\.\.\s*(\d+)", rest)
    if offsets:
        start, end = int(offsets[1]), int(offsets[2])
    else:
        wanted = rest[1:-1] if len(rest) > 1 and rest[0] == rest[-1] == '"' else rest
        start = compilation.sql.lower().find(wanted.lower(), statement.start)
        end = start + len(wanted)
        if start < 0:
            raise TargetError(f'the statement has no "{wanted}"')
    target = AtPiece(text, start, end)
    if not any(target.addresses(run.meanings).values()):
        raise TargetError(f"no instruction is for that piece alone ({start}..{end})")
    return target


def _page(rest: str, run: RecordedRun) -> StopTarget:
    place, _, how = rest.partition(" ")
    how = how.strip().lower()
    if how not in ("", READ, CHANGED):
        raise TargetError(f'a page is "read" or "changed", not "{how}"')
    schema, dot, number = place.rpartition(".")
    attached = run.replay.connection.engine.attached.all
    names = [each.name.lower() for each in attached]
    if dot and schema.lower() not in names:
        raise TargetError(f'there is no database "{schema}"{near(schema, names)}')
    database = names.index(schema.lower()) if dot else 0
    return OnPage(_number(number, "page", 1), database, how)


def _register(text: str, run: RecordedRun) -> int:
    count = run.replay.compilation.program.registers
    number = _number(text, "register", 1)
    if number > count:
        raise TargetError(f"there is no register {number}: the program has {count}")
    return number


def _when(text: str, condition: str, run: RecordedRun) -> StopTarget:
    parts = _STRINGS.split(condition)
    registers = sorted({int(found) for part in parts[::2] for found in _REGISTER.findall(part)})
    if not registers:
        raise TargetError("the condition names no register, such as r3")
    for register in registers:
        _register(str(register), run)
    parts[::2] = [_REGISTER.sub(r"?\1", part) for part in parts[::2]]
    _, wrong = read_expression(condition := "".join(parts))
    try:
        if wrong:
            raise wrong[0]
        return RegisterCondition(text, condition, registers)
    except Error as problem:
        raise TargetError(f"the condition is wrong: {problem.message}") from problem
