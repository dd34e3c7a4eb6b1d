"""What there is at a moment of a run: registers, cursors, the row so far, pages; as objects and as JSON.

A state is taken while the machine stands still, and does not change when that goes on.  To take it changes nothing:
no page is asked for, no cursor moves.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from foundrydb.storage.format.values import Value
from foundrydb.toolkit.debugging.meanings import Meanings, Span
from foundrydb.vm.functions.accumulator import Accumulator
from foundrydb.vm.functions.text.quoting import quoted, unistr_quoted
from foundrydb.vm.machine import OWN
from foundrydb.vm.record import Record
from foundrydb.vm.slots import SlotView

if TYPE_CHECKING:
    from foundrydb.toolkit.debugging.replay import Replay
    from foundrydb.vm.stepper import Followed

HEAD: Final = 5
"""How many entries of a sorter, or of a table of the statement's own, a state holds."""

LONGEST: Final = 60
"""How many characters of a value its text has."""

Json = dict[str, Any]


class InstructionPlace:
    """An instruction of a program.

    Attributes:
        program: the number of a trigger, or ``OWN``; ``title`` is the trigger's.
        address, opcode, comment: which instruction, and what is remarked on it.
        spans, source: the pieces of the SQL that it is for.
    """

    def __init__(self, meanings: Meanings, program: int, address: int) -> None:
        self.program: Final = program
        self.title: Final = meanings.program(program).title
        self.address: Final = address
        self.opcode: Final = type(meanings.program(program).instructions[address]).__name__
        self.comment: Final = meanings.comment(program, address)
        self.spans: Final = meanings.spans(program, address)
        self.source: Final = meanings.source(program, address)

    def as_json(self) -> Json:
        """As JSON can hold it."""
        return {
            "program": None if self.program == OWN else self.program,
            "title": self.title,
            "address": self.address,
            "opcode": self.opcode,
            "comment": self.comment,
            "spans": self.spans,
            "source": self.source,
        }


class RegisterState:
    """A register that was written.

    Attributes:
        number: from 1.
        kind: ``value``, ``record``, ``accumulator``, or what else it holds.
        value: where it is a value or a record, the value or the record's fields.
        text: what it holds, for people.
        stands_for, spans: what that is in the SQL; see ``Meaning``.
        writer, step: the address of the instruction that wrote it, and which instruction of the run that was.
        fresh: the last instruction of all wrote it.
    """

    def __init__(
        self, number: int, held: object, meaning: tuple[str, list[Span]], writer: int, step: int
    ) -> None:
        self.number: Final = number
        self.kind, self.value, self.text = _told(held)
        self.stands_for, self.spans = meaning
        self.writer: Final = writer
        self.step: Final = step
        self.fresh = False

    def as_json(self) -> Json:
        """As JSON can hold it."""
        return {
            "register": self.number,
            "kind": self.kind,
            "value": json_value(self.value),
            "text": self.text,
            "stands_for": self.stands_for,
            "spans": self.spans,
            "written_by": self.writer,
            "written_at": self.step,
            "fresh": self.fresh,
        }


class CursorState:
    """A cursor that is open.

    Attributes:
        number: from 0.
        tree, root, database: of a cursor on a B-tree of a file, of what that is, its root page and the number of its
            database; else "", 0, -1.
        view: where it stands, and what it holds.
    """

    def __init__(self, number: int, view: SlotView, tree: str, root: int, database: int) -> None:
        self.number: Final = number
        self.view: Final = view
        self.tree: Final = tree
        self.root: Final = root
        self.database: Final = database

    def as_json(self) -> Json:
        """As JSON can hold it."""
        view = self.view
        return {
            "cursor": self.number,
            "kind": view.kind,
            "tree": self.tree,
            "root": self.root,
            "database": None if self.database < 0 else self.database,
            "place": view.place,
            "rowid": view.rowid,
            "row": json_value(view.row),
            "page": view.page,
            "cell": view.cell,
            "count": None if view.count < 0 else view.count,
            "head": [json_value(row) for row in view.head],
            "spilled": view.spilled,
        }


class State:
    """A moment of a run.

    Attributes:
        position: how many instructions were carried out.
        end: how many the whole run has, None while that is not known.
        next: the instruction that comes next, None at the end.
        last: the one that was carried out last, None at the start.
        depth: how many programs of triggers run within one another.
        registers: those of the program that runs that were written.
        cursors: its open ones.
        columns: the names of the result's columns.
        row: the row so far, by column: (known, value); empty where rows are not put together in registers.
        rows, last_row: how many rows were returned, and the last one.
        changes: how many rows were changed.
        asked, changed: the pages that the last instruction asked for and changed: numbers of database and page.
        changed_since_start: the pages changed so far.
        failure: what the run ended with, None where it did not fail.
    """

    def __init__(self, replay: Replay, meanings: Meanings) -> None:
        machine = replay.machine
        program = machine.program_number()
        ended = replay.ended
        self.position: Final = replay.steps
        self.end = replay.end
        self.ended: Final = ended
        self.next: Final = None if ended else InstructionPlace(meanings, program, int(machine.address))
        stepper = replay.stepper
        self.last: Final = (
            InstructionPlace(meanings, stepper.program, int(stepper.address)) if self.position else None
        )
        self.depth: Final = len(machine.activations)
        self.asked, self.changed = ([], []) if ended else replay.pages()
        self.registers: Final[list[RegisterState]] = []
        self.cursors: Final[list[CursorState]] = []
        self.columns: Final = [column.name for column in machine.program.columns]
        self.row: Final[list[tuple[bool, Value]]] = []
        self.rows: Final = replay.rows
        self.last_row: Final = replay.last_row
        self.changes: Final = machine.changes
        self.changed_since_start: Final = replay.changed_pages()
        self.failure: Final = replay.failure if ended else None

    def as_json(self) -> Json:
        """As JSON can hold it: numbers, texts, lists; a blob as ``{"blob": hex}``."""
        return {
            "position": self.position,
            "end": self.end,
            "ended": self.ended,
            "failure": None if self.failure is None else self.failure.message,
            "next": None if self.next is None else self.next.as_json(),
            "last": None if self.last is None else self.last.as_json(),
            "depth": self.depth,
            "registers": [register.as_json() for register in self.registers],
            "cursors": [cursor.as_json() for cursor in self.cursors],
            "columns": self.columns,
            "row": [{"known": known, "value": json_value(value)} for known, value in self.row],
            "rows": self.rows,
            "last_row": json_value(self.last_row),
            "changes": self.changes,
            "pages": {
                "asked": self.asked,
                "changed": self.changed,
                "changed_since_start": self.changed_since_start,
            },
        }


def capture(replay: Replay, meanings: Meanings) -> State:
    """The state where a run stands."""
    state = State(replay, meanings)
    number = replay.machine.program_number()
    followed = replay.stepper.programs.get(number)
    if followed is not None:
        _registers(state, replay, meanings, number, followed)
        _cursors(state, replay, meanings, number, followed)
        if number == OWN and not state.ended:
            _row_so_far(state, replay, meanings, followed)
    return state


def _last_of(addresses: list[int], followed: Followed) -> int:
    """Of some addresses, that whose instruction was carried out last; -1 where none was."""
    found = max(addresses, key=lambda address: followed.last[address], default=-1)
    return found if found >= 0 and followed.last[found] > 0 else -1


def _registers(state: State, replay: Replay, meanings: Meanings, number: int, followed: Followed) -> None:
    registers = replay.machine.registers
    arguments = meanings.program(number).arguments
    for register, addresses in enumerate(meanings.of(number).writers):
        writer = _last_of(addresses, followed)
        if writer < 0 and not 0 < register <= arguments:
            continue
        if writer < 0:
            told = RegisterState(register, registers[register], ("the row that it is run for", []), -1, 0)
        else:
            maker = _last_of(meanings.of(number).makers[register], followed)
            meaning = meanings.register(number, register, writer if maker < 0 else maker)
            step = followed.last[writer]
            told = RegisterState(register, registers[register], (meaning.text, meaning.spans), writer, step)
            told.fresh = step == state.position
        state.registers.append(told)


def _cursors(state: State, replay: Replay, meanings: Meanings, number: int, followed: Followed) -> None:
    for cursor, slot in enumerate(replay.machine.cursors):
        view = slot.view(HEAD)
        opener = _last_of(meanings.of(number).openers[cursor], followed)
        if view.kind == "none":
            continue
        tree = None if opener < 0 else meanings.tree(number, opener)
        if tree is None or view.kind not in ("table", "index"):
            state.cursors.append(CursorState(cursor, view, "", 0, -1))
        else:
            state.cursors.append(CursorState(cursor, view, tree.name, int(tree.root), int(tree.db)))


def _row_so_far(state: State, replay: Replay, meanings: Meanings, followed: Followed) -> None:
    """The registers of the next row, as far as they were written since the last one."""
    handed = max((followed.last[address] for address in meanings.handing_out()), default=0)
    known = {told.number: told for told in state.registers}
    for register in meanings.row_registers():
        told = known.get(register)
        held = replay.machine.registers[register]
        is_known = told is not None and told.step > handed and not isinstance(held, Accumulator)
        state.row.append((is_known, held if is_known else None))


def _told(held: object) -> tuple[str, Any, str]:
    """What a register holds: its kind, the value, and a text."""
    if held is None or isinstance(held, (int, float, str, bytes)):
        return "value", held, value_text(held)
    if isinstance(held, Record):
        return "record", tuple(held.values), row_text(tuple(held.values))
    if isinstance(held, Accumulator):
        return "accumulator", None, type(held).__name__
    return type(held).__name__.lower(), None, type(held).__name__


def value_text(value: object) -> str:
    """A value as a SQL literal, cut where it is long; of what is no value, what it is."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        text = f"x'{value[:LONGEST].hex()}'"
    elif not isinstance(value, (int, float, str)):
        return type(value).__name__
    elif isinstance(value, str):
        text = unistr_quoted(value[:LONGEST].replace("\0", "␀"))
    else:
        text = quoted(value)
    long = isinstance(value, (bytes, str)) and len(value) > LONGEST
    return f"{text}… ({len(value):,})" if long and isinstance(value, (bytes, str)) else text


def row_text(row: tuple[Value, ...]) -> str:
    """A row, or a record, as text."""
    return "(" + ", ".join(value_text(value) for value in row) + ")"


def json_value(value: Any) -> Any:
    """A value, or a row of them, as JSON can hold it."""
    if isinstance(value, tuple):
        return [json_value(each) for each in value]
    if isinstance(value, bytes):
        return {"blob": value.hex()}
    if isinstance(value, float) and not isfinite(value):
        return {"real": "Inf" if value > 0 else "-Inf"}
    if value is None or isinstance(value, (int, float, str)):
        return value
    return {"state": type(value).__name__}  # of an aggregate, on its way in a row
