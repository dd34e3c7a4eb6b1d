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
    effects = Effects(program)
    if effects.found:
        return effects.found
    flow = Flow(program, effects)
    flow.run()
    return flow.problems()


def _named(program: Program, address: int) -> str:
    return f"{address} {type(program.instructions[address]).__name__}"


_NOWHERE: Final[list[int]] = []


@final
class Effects:
    """What the instructions of a program do to registers and cursors, and where they go.

    A list for each kind of effect, not an object for each instruction: programs are many and short.

    Attributes:
        shapes: of the opcodes.
        reads, writes: a bit for each register.
        fields: a bit for each cursor that formulas read.
        opens: what is opened, the bits of a state's ``cursors``; ``opened`` has all bits of those cursors.
        jumps: where an instruction may jump to.
        found: what is out of bounds.
    """

    def __init__(self, program: Program) -> None:
        count = len(program.instructions)
        self.program: Final = program
        self.shapes: Final = [shape_of(instruction) for instruction in program.instructions]
        self.reads: Final = [0] * count
        self.writes: Final = [0] * count
        self.fields: Final = [0] * count
        self.opens: Final = [0] * count
        self.opened: Final = [0] * count
        self.jumps: Final = [_NOWHERE] * count
        self.found: Final[list[str]] = []
        for address in range(count):
            self._add(address, program.instructions[address], self.shapes[address])

    def _add(self, address: int, instruction: Instruction, shape: Shape) -> None:
        if shape.registers:
            self._add_registers(address, instruction, shape)
        for cursor in shape.cursors:
            number: int = getattr(instruction, cursor.name)
            if not 0 <= number < self.program.cursors:
                self._tell(address, f"{cursor.name} {number}")
            elif cursor.opens:
                self.opens[address] |= _opened(instruction, cursor) << number * _WIDTH
                self.opened[address] |= _WHOLE << number * _WIDTH
        if shape.tuples or shape.terms:
            self._add_several(address, instruction, shape)
        if shape.jumps:
            self._add_jumps(address, instruction, shape)

    def _tell(self, address: int, operand: str) -> None:
        self.found.append(f"{_named(self.program, address)}: {operand} is out of bounds")

    def _add_registers(self, address: int, instruction: Instruction, shape: Shape) -> None:
        """The operands that are a register, or some in a row."""
        for each in shape.registers:
            first: int = getattr(instruction, each.name)
            size = each.size(instruction, first)
            if size > 0:
                if first < 1 or first + size - 1 > self.program.registers:
                    self._tell(address, f"{each.name} {first}")
                    continue
                bits = ((1 << size) - 1) << first
                if each.reads:
                    self.reads[address] |= bits
                if each.writes:
                    self.writes[address] |= bits

    def _add_several(self, address: int, instruction: Instruction, shape: Shape) -> None:
        """The operands that are tuples of registers, or formulas."""
        for name in shape.tuples:
            for register in getattr(instruction, name):
                if not 0 <= register <= self.program.registers:
                    self._tell(address, f"{name} {register}")
                elif register > 0:
                    self.reads[address] |= 1 << register
        for name in shape.terms:
            term: MachineTerm = getattr(instruction, name)
            registers = term.registers()
            cursors = term.cursors()
            self.reads[address] |= registers
            self.fields[address] |= cursors
            if registers >> self.program.registers + 1 or cursors >> self.program.cursors:
                self._tell(address, f"{name} {term}")

    def _add_jumps(self, address: int, instruction: Instruction, shape: Shape) -> None:
        targets: list[int] = []
        for jump in shape.jumps:
            target: int = getattr(instruction, jump.name)
            if target != 0 or not jump.optional:
                targets.append(target)
                if not 0 <= target < len(self.program.instructions):
                    self._tell(address, f"{jump.name} {target}")
        self.jumps[address] = targets


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

    def __init__(self, program: Program, effects: Effects) -> None:
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
        shape = self.effects.shapes[address]
        if shape.falls_through:
            if shape.writes_falling:
                self._reach(address + 1, written, cursors)
            else:
                self._reach(address + 1, self._written[address], self._cursors[address])
        jumps = self.effects.jumps[address]
        if not jumps or isinstance(instruction, (Once, OnceEach)):
            return
        if not shape.writes_jumping:
            written = self._written[address]
            cursors = self._cursors[address]
        for target in jumps:
            self._reach(target, written, cursors)

    def _written_behind(self, address: int) -> int:
        return self._written[address] | self.effects.writes[address]

    def _cursors_behind(self, address: int) -> int:
        cursors = self._cursors[address]
        instruction = self.code[address]
        if isinstance(instruction, NullRow):
            # A cursor that is not open then is nothing but a null row, which any instruction can read.
            return cursors & ~(_CLOSED << int(instruction.cursor) * _WIDTH)
        opened = self.effects.opened[address]
        return cursors & ~opened | self.effects.opens[address] if opened else cursors

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
        effects = self.effects
        for address in range(len(self.code)):
            if self._known[address]:
                unwritten = effects.reads[address] & ~self._written[address]
                if unwritten:
                    self._unwritten(address, unwritten, found)
                if effects.shapes[address].cursors:
                    self._misused(address, effects.shapes[address], found)
                if effects.fields[address]:
                    self._unopened(address, effects.fields[address], found)
        if self._overrun:
            found.append("the program runs off its end")
        return found

    def _unwritten(self, address: int, unwritten: int, found: list[str]) -> None:
        """Tell which operands read registers that may not have been written."""
        instruction = self.code[address]
        for each in self.effects.shapes[address].registers:
            if each.reads:
                first: int = getattr(instruction, each.name)
                for register in range(first, first + each.size(instruction, first)):
                    if unwritten >> register & 1:
                        self._tell_unwritten(address, each.name, register, found)
        for name in self.effects.shapes[address].terms:
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
