"""The verifier: what must hold of a program before it runs.

1. Every register, cursor and address is within bounds, and no label is left.
2. Every register that an instruction reads has been written on every path that leads there, or is one of the row that
   a trigger's program is run for.
3. Every cursor that an instruction uses is open on every such path, as a kind that the instruction can use.
4. No path runs off the end.

It walks the program as a flow graph and keeps, for each address, the registers written on all paths to it, and what
each cursor may stand on.  Three places need more than plain edges:

* a Return goes to every Gosub with the same register; what is known behind the Gosub is what was known before it
  (a cursor that was open still is, whatever other callers had open), and what the subroutine adds;
* a Yield in a coroutine's body goes to the Yields outside, and those go to the body's begin and Yields;
* the jump of a Once or an OnceEach is taken only when its body has run before, so that the body says what is known
  behind it.
"""

from __future__ import annotations

from typing import Final, final

from foundrydb.errors import InternalError
from foundrydb.vm.formulas.machine_term import MachineTerm
from foundrydb.vm.instruction import INDEX, TABLE, Instruction
from foundrydb.vm.ops.control import Once, OnceEach
from foundrydb.vm.ops.cursors import Close, NullRow
from foundrydb.vm.ops.subroutines import EndCoroutine, Gosub, InitCoroutine, Return, Yield
from foundrydb.vm.program import Program
from foundrydb.vm.shape import ANY_KIND, KINDS, CursorOperand, Shape, shape_of

_CLOSED: Final = 64
_WIDTH: Final = 7
"""Bits for each cursor: what it may be."""
_WHOLE: Final = 127


def verify(program: Program) -> None:
    """Check a program, and those of its triggers.

    Raises:
        InternalError: it breaks a rule; the message says which instruction, and how.
    """
    found = problems(program)
    for trigger in program.triggers:
        found.extend([f"{trigger.title}: {problem}" for problem in problems(trigger)])
    if found:
        raise InternalError("bytecode: " + "; ".join(found), "SQLITE_INTERNAL")


def problems(program: Program) -> list[str]:
    """What is wrong with a program; an empty list for a good one."""
    found: list[str] = []
    effects = [Effect(program, address, found) for address in range(len(program.instructions))]
    if found:
        return found
    flow = Flow(program, effects)
    flow.run()
    return flow.problems()


def _named(program: Program, address: int) -> str:
    return f"{address} {type(program.instructions[address]).__name__}"


@final
class Effect:
    """What an instruction does to registers and cursors, and where it goes.

    Attributes:
        reads, writes: a bit for each register.
        fields: a bit for each cursor that its formulas read.
        opens: what it opens, the bits of a state's ``cursors``; ``opened`` has all bits of those cursors.
        jumps: where it may jump to.

    Args:
        found: takes what is out of bounds.
    """

    def __init__(self, program: Program, address: int, found: list[str]) -> None:
        instruction = program.instructions[address]
        shape = shape_of(instruction)
        self.shape: Final = shape
        self.reads = 0
        self.writes = 0
        self.opens = 0
        self.opened = 0
        self.fields = 0
        for each in shape.registers:
            first: int = getattr(instruction, each.name)
            size = each.size(instruction, first)
            if size > 0:
                if first < 1 or first + size - 1 > program.registers:
                    found.append(f"{_named(program, address)}: {each.name} {first} is out of bounds")
                    continue
                bits = ((1 << size) - 1) << first
                if each.reads:
                    self.reads |= bits
                if each.writes:
                    self.writes |= bits
        for cursor in shape.cursors:
            number: int = getattr(instruction, cursor.name)
            if not 0 <= number < program.cursors:
                found.append(f"{_named(program, address)}: {cursor.name} {number} is out of bounds")
            elif cursor.opens:
                self.opens |= _opened(instruction, cursor) << number * _WIDTH
                self.opened |= _WHOLE << number * _WIDTH
        for name in shape.tuples:
            for register in getattr(instruction, name):
                if not 0 <= register <= program.registers:
                    found.append(f"{_named(program, address)}: {name} {register} is out of bounds")
                elif register > 0:
                    self.reads |= 1 << register
        for name in shape.terms:
            term: MachineTerm = getattr(instruction, name)
            registers = term.registers()
            cursors = term.cursors()
            self.reads |= registers
            self.fields |= cursors
            if registers >> program.registers + 1 or cursors >> program.cursors:
                found.append(f"{_named(program, address)}: {name} {term} is out of bounds")
        self.jumps: Final[list[int]] = []
        for jump in shape.jumps:
            target: int = getattr(instruction, jump.name)
            if target != 0 or not jump.optional:
                self.jumps.append(target)
                if not 0 <= target < len(program.instructions):
                    found.append(f"{_named(program, address)}: {jump.name} {target} is out of bounds")


def _opened(instruction: Instruction, cursor: CursorOperand) -> int:
    """What an opening instruction opens: where that is either, with a key an index, without one a table."""
    if cursor.kinds & (cursor.kinds - 1) == 0:
        return cursor.kinds
    keys: object = getattr(instruction, "keys", cursor)
    if keys is cursor:
        return KINDS[TABLE] | KINDS[INDEX]
    return KINDS[TABLE] if keys is None else KINDS[INDEX]


@final
class Flow:
    """The walk over a program's flow graph.

    What is known at an address: whether any path leads there, a bit for each register written, and for each cursor
    ``_WIDTH`` bits that say what it may be.  All registers, and all cursors, are one number each, however many there
    are, so that a large program takes no time for each pair of an instruction and a cursor.
    """

    def __init__(self, program: Program, effects: list[Effect]) -> None:
        self.program: Final = program
        self.code: Final = program.instructions
        self.effects: Final = effects
        self._known: Final = [False] * len(self.code)
        self._written: Final = [0] * len(self.code)
        self._cursors: Final = [0] * len(self.code)
        self._queued: Final = [False] * len(self.code)
        self._work: Final[list[int]] = []
        self._gosubs: Final[dict[int, list[int]]] = {}
        self._returns: Final[dict[int, list[int]]] = {}
        self._bodies: Final[dict[int, tuple[int, int]]] = {}
        self._yields: Final[dict[int, list[int]]] = {}
        self._overrun = False
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
            self._reach(0, (1 << self.program.arguments) - 1 << 1, self._all_closed)
        work = self._work
        while work:
            address = work.pop()
            self._queued[address] = False
            self._step(address)

    def _reach(self, address: int, written: int, cursors: int) -> None:
        """Come to an address: what holds there is what is known on all paths."""
        if address >= len(self.code):
            self._overrun = True
            return
        if self._known[address]:
            before = self._written[address]
            may_be = self._cursors[address]
            written &= before
            cursors |= may_be
            if written == before and cursors == may_be:
                return
        self._known[address] = True
        self._written[address] = written
        self._cursors[address] = cursors
        self._push(address)

    def _push(self, address: int) -> None:
        if not self._queued[address]:
            self._queued[address] = True
            self._work.append(address)

    def _step(self, address: int) -> None:
        instruction = self.code[address]
        written = self._written_behind(address)
        cursors = self._cursors_behind(address)
        if isinstance(instruction, Return):
            self._return(address, instruction, written, cursors)
        elif isinstance(instruction, Yield):
            self._yield(address, instruction, written, cursors)
        elif isinstance(instruction, EndCoroutine):
            for caller in self._callers(int(instruction.state)):
                self._resume(caller, written, cursors, True)
        elif isinstance(instruction, Gosub):
            self._reach(int(instruction.target), written, cursors)
            self._resume_behind(address, int(instruction.back))
        elif isinstance(instruction, InitCoroutine):
            target = int(instruction.target)
            self._reach(target if target > 0 else address + 1, written, cursors)
        else:
            self._plain_edges(address, instruction, written, cursors)

    def _plain_edges(self, address: int, instruction: Instruction, written: int, cursors: int) -> None:
        effect = self.effects[address]
        shape = effect.shape
        if shape.falls_through:
            if shape.writes_falling:
                self._reach(address + 1, written, cursors)
            else:
                self._reach(address + 1, self._written[address], self._cursors[address])
        if not effect.jumps or isinstance(instruction, (Once, OnceEach)):
            return
        if not shape.writes_jumping:
            written = self._written[address]
            cursors = self._cursors[address]
        for target in effect.jumps:
            self._reach(target, written, cursors)

    def _written_behind(self, address: int) -> int:
        return self._written[address] | self.effects[address].writes

    def _cursors_behind(self, address: int) -> int:
        cursors = self._cursors[address]
        instruction = self.code[address]
        if isinstance(instruction, NullRow):
            # A cursor that is not open then is nothing but a null row, which any instruction can read.
            return cursors & ~(_CLOSED << int(instruction.cursor) * _WIDTH)
        effect = self.effects[address]
        return cursors & ~effect.opened | effect.opens if effect.opened else cursors

    # subroutines and coroutines -----------------------------------------------------------------------------

    def _resume_behind(self, caller: int, back: int) -> None:
        """A Gosub knows something new: so does the place behind it.  (Other callers learn nothing from that.)"""
        for address in self._returns.get(back, []):
            if self._known[address]:
                self._resume(caller, self._written_behind(address), self._cursors_behind(address), False)

    def _return(self, address: int, instruction: Return, written: int, cursors: int) -> None:
        for caller in self._gosubs.get(int(instruction.back), []):
            self._resume(caller, written, cursors, False)
        if instruction.fallthrough:
            self._reach(address + 1, written, cursors)

    def _resume(self, caller: int, written: int, cursors: int, ended: bool) -> None:
        """Go on behind ``caller`` (or where it goes when the coroutine has ended), knowing what both know."""
        if not self._known[caller]:
            return
        # Those that may be closed inside, and are open outside, are what they may be outside or inside.
        outside = self._cursors[caller]
        open_outside = cursors & ~outside & self._all_closed
        whole = (open_outside << 1) - (open_outside >> _WIDTH - 1)
        cursors = (cursors | outside & whole) & ~open_outside
        written |= self._written[caller]
        instruction = self.code[caller]
        if ended and isinstance(instruction, Yield):
            if instruction.target > 0:
                self._reach(int(instruction.target), written, cursors)
        else:
            self._reach(caller + 1, written, cursors)

    def _callers(self, state: int) -> list[int]:
        begin, end = self._bodies.get(state, (0, 0))
        return [address for address in self._yields.get(state, []) if not begin <= address < end]

    def _yield(self, address: int, instruction: Yield, written: int, cursors: int) -> None:
        state = int(instruction.state)
        begin, end = self._bodies.get(state, (0, 0))
        if begin <= address < end:
            for caller in self._callers(state):
                self._resume(caller, written, cursors, False)
            return
        if end:
            self._reach(begin, written, cursors)
        for other in self._yields[state]:
            if begin <= other < end:
                self._resume(other, written, cursors, False)
                if self._known[other]:
                    self._push(other)
        if end and end < len(self.code) and self._known[end]:
            self._push(end)

    # findings -----------------------------------------------------------------------------------------------

    def problems(self) -> list[str]:
        """What is wrong, once ``run`` has ended."""
        found: list[str] = []
        for address in range(len(self.code)):
            if self._known[address]:
                effect = self.effects[address]
                unwritten = effect.reads & ~self._written[address]
                if unwritten:
                    self._unwritten(address, unwritten, found)
                if effect.shape.cursors:
                    self._misused(address, effect.shape, found)
                if effect.fields:
                    self._unopened(address, effect.fields, found)
        if self._overrun:
            found.append("the program runs off its end")
        return found

    def _unwritten(self, address: int, unwritten: int, found: list[str]) -> None:
        """Tell which operands read registers that may not have been written."""
        instruction = self.code[address]
        for each in self.effects[address].shape.registers:
            if each.reads:
                first: int = getattr(instruction, each.name)
                for register in range(first, first + each.size(instruction, first)):
                    if unwritten >> register & 1:
                        self._tell_unwritten(address, each.name, register, found)
        for name in self.effects[address].shape.terms:
            term: MachineTerm = getattr(instruction, name)
            missing = unwritten & term.registers()
            if missing:
                self._tell_unwritten(address, name, missing.bit_length() - 1, found)

    def _tell_unwritten(self, address: int, operand: str, register: int, found: list[str]) -> None:
        found.append(
            f"{_named(self.program, address)}: {operand} reads r[{register}], which may not have been written"
        )

    def _unopened(self, address: int, fields: int, found: list[str]) -> None:
        """Tell which cursors may be closed whose fields formulas read."""
        for number in range(self.program.cursors):
            if fields >> number & 1 and self._cursors[address] >> number * _WIDTH & _CLOSED:
                found.append(f"{_named(self.program, address)}: cursor {number} may not be open")

    def _misused(self, address: int, shape: Shape, found: list[str]) -> None:
        """Tell which cursors may be closed, or of a kind that the instruction cannot use."""
        instruction = self.code[address]
        for cursor in shape.cursors:
            if not cursor.opens:
                number: int = getattr(instruction, cursor.name)
                may_be = self._cursors[address] >> number * _WIDTH & _WHOLE
                if may_be & _CLOSED and not isinstance(instruction, (Close, NullRow)):
                    found.append(f"{_named(self.program, address)}: cursor {number} may not be open")
                elif may_be & ANY_KIND & ~cursor.kinds:
                    found.append(f"{_named(self.program, address)}: cursor {number} is of the wrong kind")
