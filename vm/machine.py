"""The machine: it runs a program over registers and cursors, and hands out rows.

The loop is ``pc = code[pc].execute(self, pc)``: an instruction does its work and says which one is next.  A negative
address ends the loop:

=========== ===================================================================================
answer      meaning
=========== ===================================================================================
-1          the program has ended
-2 - pc     there are as many rows as were asked for; ``pc`` is where to go on when more are
SWITCHED    another program goes on: that of a trigger, or the one that it was run by
=========== ===================================================================================

A trigger's program runs on the machine's own stack: ``enter`` puts what runs into an ``Activation`` of the program
(``activation``), which has registers and cursors of its own, ``leave`` takes it back.  However deep triggers set off
one another, the interpreter's stack stays as it is.

No row is computed before it is asked for, as other statements may change what it will be; who wants many asks for
many at once, which is faster.  An error that is met after some of those rows is kept until the caller has had them.

A machine is interrupted where a loop goes back: the instructions that jump backwards count ``ticks`` down, and call
``attend`` when none are left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, final

from librt.vecs import vec
from mypy_extensions import i64

from foundrydb.errors import Error, InternalError, error, not_loaded
from foundrydb.storage.format.values import KeyInfo, Value
from foundrydb.storage.tree.database import Database
from foundrydb.vm.activation import BEHIND_INIT, Activation
from foundrydb.vm.context import Context
from foundrydb.vm.host import Host
from foundrydb.vm.program import Program
from foundrydb.vm.slots import CLOSED, Slot
from foundrydb.vm.tables.stored import StoredIndex, StoredTable
from foundrydb.vm.transactions.statements import ABORT
from foundrydb.vm.transactions.transaction import broken_foreign_key

if TYPE_CHECKING:
    from foundrydb.vm.ops import subroutines

BATCH: Final = 256
"""How many rows are worth asking for at once where all are wanted."""

_FOREVER: Final = 1 << 60

_MOST_SPARE: Final = 4
"""How many activations of one trigger's program wait for its next runs; each holds its cursors open."""

SWITCHED: Final = -(1 << 62)
"""What an instruction answers that has exchanged the program."""

_NO_ROWS: Final[list[Row]] = []

Row = tuple[Value, ...]


class Observer:
    """Carries out a machine's instructions in the place of its own loop, and looks on; see ``Machine.observer``."""

    def run(self, machine: Machine, pc: i64) -> i64:
        """Carry out instructions from ``pc`` on; the answer is that of the machine's own loop."""
        raise NotImplementedError


OWN: Final = -1
"""Stands for the statement's own program where those of triggers have their numbers."""


@final
class Machine:
    """One run of a program.

    Attributes:
        program: what is run.
        code: the instructions that run: its own, or those of a trigger's program.
        activations: the programs of triggers that run, each within the one before it.
        host: the connection.
        databases: its databases, in the order that the program numbers them by.
        parameters: the bound values by number; index 0 is not used.
        registers: values, records, accumulators, return addresses; index 0 is not used.
        cursors: by number.
        rows: those that are handed out next.
        room: how many more of them are wanted.
        order: the outcome of the last Compare.
        once: whether the instruction Once at that address was met; ``met`` says whether any was.
        changes: rows changed so far.
        violations: of foreign keys that have to hold when the statement ends: how many rows refer to nothing.
        deferred_before, postponed_before: those that its transaction had counted when it began to write.
        ticks: how many backward jumps may follow before something wants attention: an interrupt, or a progress
            handler.
        memory_budget: bytes that a sorter or an ephemeral table may take before it spills.
        encoding: of the main database's text.
        statement_savepoints: pairs of database and storage savepoint, for undoing this statement alone.
        failed_action: what the failed constraint asked for; see ``transactions.statements``.
        reads: the statement has begun to read a database, or to write it.
        writes: it has begun to write.
        inside: it is at work: whatever else runs now was called by it.
        observer: carries the instructions out in the place of the machine's own loop, where there is one.
        entry: where the program begins, or goes on, that an instruction has exchanged for another.
    """

    def __init__(self, program: Program, host: Host, parameters: list[Value] | None = None) -> None:
        self.program: Final = program
        self.code = program.code
        self.activations: Final[list[Activation]] = []
        self._spare: list[list[Activation]] = []
        self.host: Final = host
        self.databases = host.attached.all
        self.parameters: list[Value] = parameters if parameters is not None else [None]
        self.registers: list[Any] = [None] * (program.registers + 1)
        self.cursors = vec[Slot]([CLOSED] * program.cursors)
        self.rows: list[Row] = []
        self.room: i64 = 0
        self.order = 0
        self.once: list[bool] = [False] * len(program.instructions)
        self.met = False
        self.changes = 0
        self.violations = 0
        self.deferred_before = 0
        self.postponed_before = 0
        self.ticks: i64 = _FOREVER
        self.memory_budget = host.memory_budget
        self.encoding = host.attached.encoding
        self.context = Context(host)
        self._statements: Final = host.statements
        self.statement_savepoints: list[tuple[Database, int]] = []
        self.failed_action = ABORT
        self.writes = False
        self.reads = False
        self.inside = False
        self.observer: Observer | None = None
        self._pc: i64 = 0
        self.entry: i64 = 0
        self._started = False
        self._interrupted = False
        self._watch_every = 0
        self._error: BaseException | None = None
        self._tripped: Error | None = None

    # running ------------------------------------------------------------------------------------------------

    def run(self, most: i64 = BATCH) -> list[Row]:
        """The next rows, so many at most; an empty list when the program has ended.

        Raises:
            Error: whatever ended the program; its changes have been dealt with as its action says.
        """
        if self._error is not None:
            failure = self._error
            self._error = None
            raise failure
        if self._pc < 0:
            return []
        if not self._started:
            self._start()
        elif self._tripped is not None:
            self._end_failed(self._tripped)
            raise self._tripped
        if self._interrupted:
            interrupted = error("interrupted", "SQLITE_INTERRUPT")
            self._end_failed(interrupted)
            raise interrupted
        self.rows = []
        self.room = most
        self.inside = True
        try:
            self._pc = self._loop() if self.observer is None else self.observer.run(self, self._pc)
        except BaseException as failure:
            self.inside = False
            if self._tripped is not None and isinstance(failure, InternalError):  # a write where all is gone
                failure = self._tripped
            told = self._end_failed(failure)
            if told is None and isinstance(failure, (OSError, ImportError)):
                told = not_loaded(failure)
            if self.rows:
                self._error = failure if told is None else told
                return self.rows
            if told is None:
                raise failure
            raise told from failure
        self.inside = False
        if self._pc == -1:
            self._end()
        else:
            self._pc = -2 - self._pc
        return self.rows

    def _loop(self) -> i64:
        pc = self._pc
        while True:
            code = self.code
            while pc >= 0:
                pc = code[pc].execute(self, pc)
            if pc != SWITCHED:
                return pc
            pc = self.entry

    @property
    def address(self) -> i64:
        """The address at which it goes on, in the program that runs; negative when that has ended."""
        return self._pc

    @property
    def done(self) -> bool:
        """Whether the program has ended, well or not."""
        return self._pc < 0 and self._error is None

    def reset(self) -> None:
        """End the run, wherever it is, and make ready for another one.

        A statement that is stopped half way keeps what it has changed, as in SQLite.
        """
        try:
            if self._started and self._pc >= 0:
                self._end()
        finally:
            self._make_ready()

    def abandon(self) -> None:
        """Let there be no run, without an end: it goes on elsewhere."""
        self._pc = -1
        self._started = False

    def _make_ready(self) -> None:
        self._error = None
        self._tripped = None
        self.inside = False
        self._pc = 0
        self._started = False
        self._interrupted = False
        self.watch(self._watch_every)
        registers = self.registers
        for i in range(i64(len(registers))):
            registers[i] = None
        if self.met:
            self.met = False
            self.once = [False] * len(self.code)
        self.rows = _NO_ROWS
        self.context.documents = None
        self.changes = 0
        self.violations = 0
        self.context.now = -1
        self.context.place = ""

    def _start(self) -> None:
        self._started = True
        self.failed_action = ABORT
        self.databases = self.host.attached.all
        self.memory_budget = self.host.memory_budget
        self.host.running.enter(self)

    def _end(self) -> None:
        self._pc = -1
        self._started = False
        try:
            self._close_cursors()
            self.host.statements.end(self)
        except BaseException as failure:
            told = self.host.statements.end_failed(self, failure, ABORT)
            if told is None:
                raise
            raise told from failure

    def _end_failed(self, failure: BaseException) -> BaseException | None:
        """End the run after a failure; see ``Statements.end_failed``."""
        self._pc = -1
        self._started = False
        try:
            self._close_cursors()
        except Error:
            failure.add_note("a cursor could not be closed")
        return self.host.statements.end_failed(self, failure, self.failed_action)

    def _close_cursors(self) -> None:
        """Close all cursors, those of waiting programs and of ended ones too, whatever one of them meets."""
        problem = self._close_own_cursors()
        while self.activations:
            self._take_back(self.activations.pop())
            problem = self._close_own_cursors() or problem
        for spare in self._spare:
            for activation in spare:
                own, self.cursors = self.cursors, activation.cursors
                problem = self._close_own_cursors() or problem
                self.cursors = own
                activation.forget()
        if problem is not None:
            raise problem

    def _close_own_cursors(self) -> BaseException | None:
        """Close the cursors of the program that runs; the last problem that was met."""
        problem: BaseException | None = None
        for i in range(len(self.cursors)):
            try:
                self.close_cursor(i)
            except BaseException as failure:
                problem = failure
        return problem

    # triggers -----------------------------------------------------------------------------------------------

    def enter(self, fire: subroutines.Program, at: i64) -> i64:
        """Run the program of a trigger; ``fire`` is the instruction that asks for it, at ``at``.

        Raises:
            Error: ``triggers nested too deep``.
        """
        activations = self.activations
        if len(activations) >= self.host.trigger_depth:
            raise error("triggers nested too deep", "SQLITE_ERROR")
        if len(self._spare) == 0:
            self._spare = [[] for _ in self.program.triggers]
        spare = self._spare[fire.program]
        entered = spare.pop() if spare else Activation(self.program.triggers[fire.program])
        statements = self._statements
        entered.take_row(fire, self.registers)
        entered.fire = fire
        entered.at = at
        entered.its_code = self.code
        entered.its_registers = self.registers
        entered.its_cursors = self.cursors
        entered.its_once = self.once
        entered.its_met = self.met
        entered.changes = self.changes
        entered.last_changes = statements.changes
        entered.last_rowid = statements.last_insert_rowid
        activations.append(entered)
        self.code = entered.code
        self.registers = entered.registers
        self.cursors = entered.cursors
        self.once = entered.once
        self.met = False
        self.changes = 0
        self.entry = entered.begin
        return SWITCHED

    def leave(self, ignores: bool) -> i64:
        """End the program of a trigger; ``ignores``: RAISE(IGNORE) has given up the row that it was run for."""
        left = self.activations.pop()
        for cursor in left.passing:
            self.close_cursor(cursor)
        fire = left.fire
        assert fire is not None
        spare = self._spare[fire.program]
        if len(spare) < _MOST_SPARE:
            left.begin = BEHIND_INIT
            if self.met:
                left.forget_met()
            spare.append(left)
        else:
            self._close_own_cursors()
        self._take_back(left)
        self.entry = fire.ignored if ignores else left.at + 1
        return SWITCHED

    def _take_back(self, left: Activation) -> None:
        """Go on with the program that waits."""
        self.code = left.its_code
        self.registers = left.its_registers
        self.cursors = left.its_cursors
        self.once = left.its_once
        self.met = left.its_met
        self.changes = left.changes
        statements = self._statements
        statements.changes = left.last_changes
        statements.last_insert_rowid = left.last_rowid

    def program_number(self) -> int:
        """Which program runs: the number of a trigger's, ``OWN`` for the statement's."""
        if not self.activations:
            return OWN
        fire = self.activations[-1].fire
        assert fire is not None
        return int(fire.program)

    def is_firing(self, trigger: i64) -> bool:
        """Whether a program of the trigger of that number runs already, or waits for another one."""
        for activation in self.activations:
            fire = activation.fire
            if fire is not None and fire.trigger == trigger:
                return True
        return False

    # runs without instructions --------------------------------------------------------------------------------

    def start(self) -> None:
        """Count as running, without carrying out any instruction; ``reset`` or ``give_up`` end that."""
        self._start()
        self.inside = True

    def give_up(self, failure: BaseException) -> None:
        """End such a run after a failure."""
        self.inside = False
        self._end_failed(failure)

    @property
    def tripped(self) -> Error | None:
        """Why the run cannot go on, where what it stands on is gone."""
        return self._tripped

    # interruption -------------------------------------------------------------------------------------------

    def interrupt(self) -> None:
        """Make the run fail with ``SQLITE_INTERRUPT`` soon.  May be called from another thread."""
        self._interrupted = True
        self.ticks = 0

    def trip(self, failure: Error) -> None:
        """Make the run fail when it goes on, because what it stands on is gone."""
        self._tripped = failure
        self.ticks = 0

    def watch(self, every: int) -> None:
        """Call ``Host.progress`` at about every ``every``-th loop; 0 for never."""
        self._watch_every = every
        if self._interrupted:
            self.ticks = 0
        else:
            self.ticks = every - 1 if every > 0 else _FOREVER

    def is_watched(self) -> bool:
        """Whether somebody looks at each instruction, or wants to be called after so many loops."""
        return self.observer is not None or self._watch_every > 0

    def attend(self) -> None:
        """Attend to what is due when no ``ticks`` are left.

        Raises:
            Error: ``SQLITE_INTERRUPT``.
        """
        if self._tripped is not None:
            raise self._tripped
        if self._interrupted or (self._watch_every > 0 and self.host.progress()):
            raise error("interrupted", "SQLITE_INTERRUPT")
        self.watch(self._watch_every)

    # what instructions ask for ------------------------------------------------------------------------------

    def begin(self, db: int, write: int, cookie: int) -> None:
        """Begin to read or write a database; see the instruction Transaction."""
        self.host.statements.begin(self, self.databases[db], write, cookie)

    def database(self, db: i64) -> Database:
        """The database of that number."""
        return self.host.attached.opened(self.databases[db])

    def open_tree(self, cursor: i64, db: int, root: int, keys: KeyInfo | None, writable: bool) -> None:
        """Open a cursor on a B-tree of a database."""
        self.close_cursor(cursor)
        database = self.database(db)
        if keys is None:
            self.cursors[cursor] = StoredTable(database, database.table_cursor(root, writable))
        else:
            self.cursors[cursor] = StoredIndex(database, database.index_cursor(root, keys, writable))

    def close_cursor(self, cursor: i64) -> None:
        """Close a cursor, if it is open."""
        slot = self.cursors[cursor]
        if slot is not CLOSED:
            self.cursors[cursor] = CLOSED
            slot.close()

    def check_keys(self) -> None:
        """Raise the error of rows that refer to nothing, if there are any that may not."""
        if self.violations > 0:
            self.failed_action = ABORT
            raise broken_foreign_key()

    def error(self, message: str, code: str) -> Error:
        """An error that undoes the statement."""
        return error(message, code)

    def fail(self, message: str, code: str, action: str) -> Error:
        """The error of a constraint; ``action`` says what becomes of the changes."""
        self.failed_action = action
        return error(message, code)
