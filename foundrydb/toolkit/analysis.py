"""A statement run to its end under observation: what each node of its plan, and each instruction, did and cost.

``analyze`` compiles the statement with notes of which node each instruction is for, runs it in the machine's measuring
loop, and adds the figures up by node.  What it changes is undone.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Final, final

from foundrydb.api.values.parameters import bind
from foundrydb.compiler.plan.dump import outline
from foundrydb.compiler.plan.nodes import Delete, Insert, Node, Output, Update
from foundrydb.compiler.syntax import ast
from foundrydb.engine.dry_run import DryRun
from foundrydb.errors import Error, ProgrammingError
from foundrydb.storage.format.values import Value
from foundrydb.toolkit.undoing import undo_savepoint
from foundrydb.vm.instruction import cursor_numbers
from foundrydb.vm.machine import Machine
from foundrydb.vm.ops.cursors import OpenRead, OpenWrite
from foundrydb.vm.profile import PageUses, Profile

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.compiler.codegen.attribution import Attribution, CodeRegion
    from foundrydb.compiler.pipeline import Compilation
    from foundrydb.vm.program import Program

_SAVEPOINT: Final = "foundrydb_analyze"
_CONTROL: Final = (
    ast.Explain,
    ast.Begin,
    ast.Commit,
    ast.Rollback,
    ast.Savepoint,
    ast.Release,
    ast.RollbackTo,
)


class NodeRun:
    """What a node of the plan did.

    Attributes:
        number: its place in the plan's text, from 1.
        node: the node; ``node.rows`` is what a run of it was expected to yield.
        runs: how often it was begun.
        rows_in: rows that its children yielded.
        rows: rows that it yielded, in all runs; for INSERT, UPDATE and DELETE those changed, where an index is built or
            sampled its entries.
        pages: pages that its own instructions asked for.
        reads: those that came from the file.
        nanoseconds: time of its own instructions.
    """

    def __init__(self, number: int, node: Node) -> None:
        self.number: Final = number
        self.node: Final = node
        self.runs = 0
        self.rows_in = 0
        self.rows = 0
        self.pages = 0
        self.reads = 0
        self.nanoseconds = 0

    @property
    def rows_per_run(self) -> float:
        """Rows of one run, as the estimate counts them."""
        return self.rows / self.runs if self.runs else 0.0


class CursorRun:
    """The pages that were read through a cursor on a B-tree.

    Attributes:
        number: the cursor's.
        tree, root, database: which B-tree it was opened on: of what, the page of its root, the database's number.
        pages: what was asked for by instructions that name this cursor, before any other.
    """

    def __init__(self, opening: OpenRead | OpenWrite) -> None:
        self.number: Final = int(opening.cursor)
        self.tree: Final = opening.name
        self.root: Final = int(opening.root)
        self.database: Final = int(opening.db)
        self.pages: Final = PageUses()


class Analysis:
    """A statement's run.

    Attributes:
        compilation: how it was compiled.
        profile: the figures by address.
        rows: how many rows it returned.
        changes: how many rows it changed.
        nanoseconds: from its start to its end.
        stopped: it was interrupted, and the figures are those up to there.
        nodes: the figures by node, in the order of the plan's text; none for a statement without a plan.
        owners: by address, the number of the node that the instruction is for; 0 for none.
        cursors: the pages by cursor, where they were asked for by number; in the order of the cursors' numbers.
    """

    def __init__(
        self,
        compilation: Compilation,
        profile: Profile,
        rows: int,
        changes: int,
        nanoseconds: int,
        stopped: bool = False,
    ) -> None:
        self.compilation: Final = compilation
        self.profile: Final = profile
        self.rows: Final = rows
        self.changes: Final = changes
        self.nanoseconds: Final = nanoseconds
        self.stopped: Final = stopped
        self.nodes: Final[list[NodeRun]] = []
        self.owners: Final = [0] * len(profile.counts)
        attribution = compilation.options.attribution
        if compilation.plan is not None and attribution is not None:
            self._attribute(compilation.plan, attribution)
        self.cursors: Final = _cursors(compilation.program, profile) if profile.uses else []

    def _attribute(self, plan: Node, attribution: Attribution) -> None:
        found = {id(node): NodeRun(i, node) for i, node in enumerate(_nodes(plan), 1)}
        self.nodes.extend(found.values())
        for region in attribution.runs:
            if id(region.node) in found:
                found[id(region.node)].runs += self._entries(region)
        for region in attribution.yields:
            if id(region.node) in found:
                found[id(region.node)].rows += self._entries(region)
        for address, node in enumerate(attribution.owners):
            if node is None:
                continue
            run = found.get(
                id(node), found[id(plan)]
            )  # what the plan's text leaves out is the statement's own
            self.owners[address] = run.number
            run.pages += self.profile.pages[address]
            run.reads += self.profile.reads[address]
            run.nanoseconds += self.profile.nanoseconds[address]
        for run in self.nodes:
            run.rows_in = sum(found[id(child)].rows for child in run.node.children())
        root = found[id(plan)]
        if isinstance(plan, Output):
            root.rows = self.rows
        elif isinstance(plan, (Insert, Update, Delete)):
            root.rows = self.changes

    def _entries(self, region: CodeRegion) -> int:
        return self.profile.entries(region.start, region.end) if region.start < region.end else 0

    def __repr__(self) -> str:
        pages = sum(self.profile.pages)
        return f"<Analysis: {self.rows} rows, {self.changes} changes, {self.instructions} instructions, {pages} pages>"

    @property
    def instructions(self) -> int:
        """How many instructions were carried out."""
        return sum(self.profile.counts)


def _nodes(plan: Node) -> list[Node]:
    """The nodes of a plan and of its subqueries, each once, in the order of its text."""
    found = {id(line.node): line.node for line in outline(plan) if line.node is not None}
    return list(found.values())


def _cursors(program: Program, profile: Profile) -> list[CursorRun]:
    """The cursors on B-trees, with the pages that the instructions of each asked for."""
    found: dict[int, CursorRun] = {}
    for instruction in program.instructions:
        if isinstance(instruction, (OpenRead, OpenWrite)):
            found.setdefault(int(instruction.cursor), CursorRun(instruction))
    for address, instruction in enumerate(program.instructions):
        named = cursor_numbers(instruction)
        if named and named[0] in found:
            found[named[0]].pages.add(profile.uses[address])
    return [found[number] for number in sorted(found)]


@final
class Audience:
    """Who watches a run for more than its figures: its rows are handed on as they come, and it may be stopped.

    Attributes:
        take: is given the rows, some at a time.
        keep: what the statement changes stays.
    """

    def __init__(self, take: Callable[[list[tuple[Value, ...]]], None], keep: bool = False) -> None:
        self.take: Final = take
        self.keep: Final = keep


def analyze(
    connection: Connection,
    compilation: Compilation,
    parameters: Any = None,
    pages: bool = False,
    audience: Audience | None = None,
) -> Analysis:
    """Run a compiled statement to its end, and say what it did; what it changes is undone, files that it makes too.

    Args:
        compilation: made with notes of attribution.
        parameters: as for ``execute``; all NULL where there are none.
        pages: note which pages were asked for, too.
        audience: is shown the rows, and may want the changes kept.  An interrupt then is no error: the figures are
            those up to there.

    Raises:
        Error: the statement failed.
        ProgrammingError: it is one that begins or ends a transaction, or an EXPLAIN.
    """
    if not can_be_analyzed(compilation):
        raise ProgrammingError(
            "this statement cannot be analyzed: it begins or ends a transaction, or is an EXPLAIN"
        )
    if reads_only(compilation) or (audience is not None and audience.keep):
        return _run(connection, compilation, parameters, pages, audience)
    dry_run = DryRun(connection.engine)
    try:
        connection.execute(f"SAVEPOINT {_SAVEPOINT}")
        try:
            return _run(connection, compilation, parameters, pages, audience)
        finally:
            _undo(connection, dry_run)
    finally:
        dry_run.end(False)


def reads_only(compilation: Compilation) -> bool:
    """Whether it is a query: ATTACH and VACUUM INTO change no database that there is, and yet make files."""
    return bool(compilation.program.read_only) and isinstance(compilation.planned, ast.Select)


def _undo(connection: Connection, dry_run: DryRun) -> None:
    """Undo what the statement has changed, where it has not done so itself (OR ROLLBACK)."""
    if not connection.in_transaction:
        return
    if dry_run.beyond_savepoints:
        connection.execute("ROLLBACK")
    else:
        undo_savepoint(connection, _SAVEPOINT)


def can_be_analyzed(compilation: Compilation) -> bool:
    """Whether it is a statement that does its work itself: not one that begins or ends a transaction, no EXPLAIN."""
    return not isinstance(compilation.statement, _CONTROL)


def _run(
    connection: Connection,
    compilation: Compilation,
    parameters: Any,
    pages: bool,
    audience: Audience | None,
) -> Analysis:
    engine = connection.engine
    program = compilation.program
    names = program.parameters
    values: list[Value] = [None] * len(names) if parameters is None else bind(names, parameters, [])
    machine = Machine(program, engine, values)
    machine.watch(engine.watch)
    profile = Profile(len(program.instructions), pages)
    machine.observer = profile
    rows = 0
    stopped = False
    started = perf_counter_ns()
    try:
        while batch := machine.run():
            rows += len(batch)
            if audience is not None:
                audience.take(batch)
    except Error as problem:
        if audience is None or problem.code != "SQLITE_INTERRUPT":
            raise
        stopped = True
    return Analysis(compilation, profile, rows, machine.changes, perf_counter_ns() - started, stopped)
