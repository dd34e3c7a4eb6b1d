"""The verifier: what must hold of a program before it runs.

1. Every register, cursor and address is within bounds, and no label is left.
2. Every register that an instruction reads has been written on every path that leads there.
3. Every cursor that an instruction uses is open on every such path, as a kind that the instruction can use.
4. No path runs off the end.

It walks the program as a flow graph and keeps, for each address, the registers written on all paths to it, and what
each cursor may stand on.  Three places need more than plain edges:

* a Return goes to every Gosub with the same register; what is known behind the Gosub is what was known before it
  (a cursor that was open still is, whatever other callers had open), and what the subroutine adds;
* a Yield in a coroutine's body goes to the Yields outside, and those go to the body's begin and Yields;
* the jump of a Once is taken only when its body has run before, so that the body says what is known behind it.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.errors import InternalError
from foundrydb.vm.instruction import (
    CURSOR,
    INDEX,
    JUMP,
    PSEUDO,
    RANGE,
    READ,
    REGISTER,
    SORTER,
    TABLE,
    UPDATE,
    VIRTUAL,
    WRITE,
    Instruction,
    Operand,
)
from foundrydb.vm.ops.control import Once
from foundrydb.vm.ops.cursors import NullRow
from foundrydb.vm.ops.subroutines import EndCoroutine, Gosub, InitCoroutine, Return, Yield
from foundrydb.vm.program import Program

_KINDS: Final = {TABLE: 1, INDEX: 2, SORTER: 4, PSEUDO: 8, VIRTUAL: 16}
_CLOSED: Final = 32
_ANY: Final = 31
_WIDTH: Final = 6
"""Bits for each cursor: what it may be."""
_WHOLE: Final = 63


def verify(program: Program) -> None:
    """Check a program.

    Raises:
        InternalError: it breaks a rule; the message says which instruction, and how.
    """
    found = problems(program)
    if found:
        raise InternalError("bytecode: " + "; ".join(found), "SQLITE_INTERNAL")


def problems(program: Program) -> list[str]:
    """What is wrong with a program; an empty list for a good one."""
    found: list[str] = []
    for address in range(len(program.instructions)):
        found.extend(_bounds(program, address))
    if found:
        return found
    flow = Flow(program)
    flow.run()
    return flow.problems()


def touched(instruction: Instruction, operand: Operand) -> range:
    """The registers that an operand names; none for an optional one that is 0."""
    first: int = getattr(instruction, operand.name)
    if operand.kind == REGISTER:
        return range(0) if operand.optional and first <= 0 else range(first, first + 1)
    size: object = getattr(instruction, operand.count)
    if isinstance(size, tuple):
        return range(first, first + len(size))
    assert isinstance(size, int)
    # A count of 0 stands for one register that holds a record.
    return range(first, first + max(size, 1)) if operand.role == READ else range(first, first + size)


def _named(program: Program, address: int) -> str:
    return f"{address} {type(program.instructions[address]).__name__}"


def _bounds(program: Program, address: int) -> list[str]:
    instruction = program.instructions[address]
    found = []
    for operand in instruction.OPERANDS:
        value: object = getattr(instruction, operand.name)
        wrong = False
        if operand.kind in (REGISTER, RANGE):
            held = touched(instruction, operand)
            if operand.kind == RANGE and not held:
                continue
            wrong = bool(held) and (held[0] < 1 or held[-1] > program.registers)
        elif operand.kind == CURSOR:
            assert isinstance(value, int)
            wrong = not 0 <= value < program.cursors
        elif operand.kind == JUMP:
            assert isinstance(value, int)
            wrong = not (operand.optional and value == 0) and not 0 <= value < len(program.instructions)
        if wrong:
            found.append(f"{_named(program, address)}: {operand.name} {value} is out of bounds")
    return found


@final
class State:
    """What is known at an address: a bit for each register written, and for each cursor what it may be.

    Both are one number each, however many there are, so that a large program takes no time for each pair of an
    instruction and a cursor.
    """

    def __init__(self, written: int, cursors: int) -> None:
        self.written = written
        self.cursors = cursors

    def meet(self, other: State) -> bool:
        """Keep what both know; whether that was less."""
        both = self.written & other.written
        either = self.cursors | other.cursors
        changed = both != self.written or either != self.cursors
        self.written = both
        self.cursors = either
        return changed

    def copy(self) -> State:
        """A state of its own."""
        return State(self.written, self.cursors)

    def cursor(self, number: int) -> int:
        """What a cursor may be."""
        return self.cursors >> number * _WIDTH & _WHOLE

    def set_cursor(self, number: int, kinds: int) -> None:
        """Know what a cursor may be."""
        place = number * _WIDTH
        self.cursors = self.cursors & ~(_WHOLE << place) | kinds << place


@final
class Flow:
    """The walk over a program's flow graph."""

    def __init__(self, program: Program) -> None:
        self.program: Final = program
        self.code: Final = program.instructions
        self.states: Final[list[State | None]] = [None] * len(self.code)
        self._work: Final[list[int]] = []
        self._queued: Final[set[int]] = set()
        self._gosubs: Final[dict[int, list[int]]] = {}
        self._returns: Final[dict[int, list[int]]] = {}
        self._bodies: Final[dict[int, tuple[int, int]]] = {}
        self._yields: Final[dict[int, list[int]]] = {}
        self._overrun: Final[set[int]] = set()
        # A bit for each cursor: that it may be closed.
        self._all_closed: Final = ((1 << program.cursors * _WIDTH) - 1) // _WHOLE * _CLOSED
        self._find_routines()

    def _find_routines(self) -> None:
        for address in range(len(self.code)):
            instruction = self.code[address]
            if isinstance(instruction, Gosub):
                self._gosubs.setdefault(int(instruction.back), []).append(address)
            elif isinstance(instruction, Return):
                self._returns.setdefault(int(instruction.back), []).append(address)
            elif isinstance(instruction, Yield):
                self._yields.setdefault(int(instruction.state), []).append(address)
            elif isinstance(instruction, InitCoroutine):
                end = int(instruction.start)
                while end < len(self.code) and not self._ends(end, int(instruction.state)):
                    end += 1
                self._bodies[int(instruction.state)] = (int(instruction.start), end)

    def _ends(self, address: int, state: int) -> bool:
        instruction = self.code[address]
        return isinstance(instruction, EndCoroutine) and instruction.state == state

    def run(self) -> None:
        """Walk until nothing changes."""
        if self.code:
            self._reach(0, State(0, self._all_closed))
        while self._work:
            address = self._work.pop()
            self._queued.discard(address)
            self._step(address)

    def _reach(self, address: int, state: State) -> None:
        if address >= len(self.code):
            self._overrun.add(address)
            return
        known = self.states[address]
        if known is None:
            self.states[address] = state.copy()
        elif not known.meet(state):
            return
        self._push(address)

    def _push(self, address: int) -> None:
        if address not in self._queued:
            self._queued.add(address)
            self._work.append(address)

    def _step(self, address: int) -> None:
        instruction = self.code[address]
        before = self.states[address]
        assert before is not None
        after = self._after(instruction, before)
        if isinstance(instruction, Return):
            self._return(address, instruction, after)
        elif isinstance(instruction, Yield):
            self._yield(address, instruction, after)
        elif isinstance(instruction, EndCoroutine):
            for caller in self._callers(int(instruction.state)):
                self._resume(caller, after, True)
        elif isinstance(instruction, Gosub):
            self._reach(int(instruction.target), after)
            self._resume_behind(address, int(instruction.back))
        elif isinstance(instruction, InitCoroutine):
            if instruction.target > 0:
                self._reach(int(instruction.target), after)
            else:
                self._reach(address + 1, after)
        else:
            self._plain_edges(address, instruction, before, after)

    def _plain_edges(self, address: int, instruction: Instruction, before: State, after: State) -> None:
        falls = before if instruction.WRITES_WHEN == "jump" else after
        jumps = before if instruction.WRITES_WHEN == "fall" else after
        if instruction.FALLS_THROUGH:
            self._reach(address + 1, falls)
        if isinstance(instruction, Once):
            return
        for operand in instruction.OPERANDS:
            if operand.kind == JUMP:
                target: int = getattr(instruction, operand.name)
                if target > 0 or not operand.optional:
                    self._reach(target, jumps)

    def _after(self, instruction: Instruction, before: State) -> State:
        after = before.copy()
        for operand in instruction.OPERANDS:
            if operand.kind in (REGISTER, RANGE):
                if operand.role in (WRITE, UPDATE):
                    for register in touched(instruction, operand):
                        after.written |= 1 << register
            elif operand.kind == CURSOR and isinstance(instruction, NullRow):
                # A cursor that is not open then is nothing but a null row, which any instruction can read.
                number = int(instruction.cursor)
                after.set_cursor(number, after.cursor(number) & _ANY)
            elif operand.kind == CURSOR and operand.opens:
                after.set_cursor(getattr(instruction, operand.name), self._opened(instruction, operand))
        return after

    def _opened(self, instruction: Instruction, operand: Operand) -> int:
        """What an opening instruction opens: with a key an index, without one a table."""
        if len(operand.cursors) == 1:
            return _KINDS[operand.cursors[0]]
        keys: object = getattr(instruction, "keys", operand)
        if keys is operand:
            return _KINDS[TABLE] | _KINDS[INDEX]
        return _KINDS[TABLE] if keys is None else _KINDS[INDEX]

    # subroutines and coroutines -----------------------------------------------------------------------------

    def _resume_behind(self, caller: int, back: int) -> None:
        """A Gosub knows something new: so does the place behind it.  (Other callers learn nothing from that.)"""
        for address in self._returns.get(back, []):
            before = self.states[address]
            if before is not None:
                self._resume(caller, self._after(self.code[address], before), False)

    def _return(self, address: int, instruction: Return, after: State) -> None:
        for caller in self._gosubs.get(int(instruction.back), []):
            self._resume(caller, after, False)
        if instruction.fallthrough:
            self._reach(address + 1, after)

    def _resume(self, caller: int, callee: State, ended: bool) -> None:
        """Go on behind ``caller`` (or where it goes when the coroutine has ended), knowing what both know."""
        known = self.states[caller]
        if known is None:
            return
        # Those that may be closed inside, and are open outside, are what they may be outside or inside.
        open_outside = callee.cursors & ~known.cursors & self._all_closed
        whole = (open_outside << 1) - (open_outside >> _WIDTH - 1)
        cursors = (callee.cursors | known.cursors & whole) & ~open_outside
        joined = State(known.written | callee.written, cursors)
        instruction = self.code[caller]
        if ended and isinstance(instruction, Yield):
            if instruction.target > 0:
                self._reach(int(instruction.target), joined)
        else:
            self._reach(caller + 1, joined)

    def _callers(self, state: int) -> list[int]:
        begin, end = self._bodies.get(state, (0, 0))
        return [address for address in self._yields.get(state, []) if not begin <= address < end]

    def _yield(self, address: int, instruction: Yield, after: State) -> None:
        state = int(instruction.state)
        begin, end = self._bodies.get(state, (0, 0))
        if begin <= address < end:
            for caller in self._callers(state):
                self._resume(caller, after, False)
            return
        if end:
            self._reach(begin, after)
        for other in self._yields[state]:
            if begin <= other < end:
                self._resume(other, after, False)
                if self.states[other] is not None:
                    self._push(other)
        if end and end < len(self.code) and self.states[end] is not None:
            self._push(end)

    # findings -----------------------------------------------------------------------------------------------

    def problems(self) -> list[str]:
        """What is wrong, once ``run`` has ended."""
        found = []
        for address in range(len(self.code)):
            state = self.states[address]
            if state is not None:
                found.extend(self._problems_at(address, state))
        if self._overrun:
            found.append("the program runs off its end")
        return found

    def _problems_at(self, address: int, state: State) -> list[str]:
        instruction = self.code[address]
        found = []
        for operand in instruction.OPERANDS:
            if operand.kind in (REGISTER, RANGE) and operand.role in (READ, UPDATE):
                for register in touched(instruction, operand):
                    if not state.written >> register & 1:
                        found.append(
                            f"{_named(self.program, address)}: {operand.name} reads r[{register}], "
                            "which may not have been written"
                        )
            elif operand.kind == CURSOR and not operand.opens:
                number: int = getattr(instruction, operand.name)
                may_be = state.cursor(number)
                allowed = _ANY
                if operand.cursors:
                    allowed = sum(_KINDS[kind] for kind in operand.cursors)
                if may_be & _CLOSED and not _may_be_closed(instruction):
                    found.append(f"{_named(self.program, address)}: cursor {number} may not be open")
                elif may_be & _ANY & ~allowed:
                    found.append(f"{_named(self.program, address)}: cursor {number} is of the wrong kind")
        return found


def _may_be_closed(instruction: Instruction) -> bool:
    return type(instruction).__name__ in ("Close", "NullRow")
