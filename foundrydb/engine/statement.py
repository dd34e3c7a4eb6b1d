"""Compiled statements as a connection keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, final

from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.errors import ProgrammingError
from foundrydb.storage.format.values import Value
from foundrydb.vm.machine import Machine
from foundrydb.vm.program import Program

if TYPE_CHECKING:
    from foundrydb.compiler.plan.nodes import Node
    from foundrydb.compiler.syntax.ast import Statement

Description: TypeAlias = "tuple[tuple[str, None, None, None, None, None, None], ...]"

_DML: Final = ("insert", "update", "delete", "replace")


@final
class Compiled:
    """What texts that differ in nothing but literals have in common.

    Attributes:
        program: what runs.
        plan: what the program was made from, None for a statement that has no plan; EXPLAIN tells it.
        generation: the schema's generation that it was compiled for; another one makes it stale.
        is_dml: it begins with INSERT, UPDATE, DELETE or REPLACE, before which a transaction may be opened.
        description: for ``Cursor.description``; None when it returns no rows.
        idle: a machine for the program that does nothing now.
    """

    def __init__(self, program: Program, plan: Node | None, generation: int, is_dml: bool) -> None:
        self.program: Final = program
        self.plan: Final = plan
        self.generation: Final = generation
        self.is_dml: Final = is_dml
        self.description: Final = _describe(program)
        self.idle: Machine | None = None

    def give_back(self, machine: Machine) -> None:
        """End a machine's run of the program, and keep it for the next one."""
        machine.reset()
        if self.idle is None and machine.program is self.program:
            self.idle = machine


@final
class Prepared:
    """One statement, compiled.

    Attributes:
        sql: the text that it is part of.
        start: where in the text it begins.
        compiled: its program, and what goes with it.
        literals: what the program takes for parameters after those that the text has.
    """

    def __init__(self, sql: str, start: int, compiled: Compiled, literals: list[Value]) -> None:
        self.sql: Final = sql
        self.start: Final = start
        self.compiled: Final = compiled
        self.literals: Final = literals

    @property
    def program(self) -> Program:
        """What runs."""
        return self.compiled.program

    def unbound(self) -> list[Value]:
        """The values of the parameters, by number, where nothing was bound: NULLs, and the literals."""
        return [None] * len(self.compiled.program.parameters) + self.literals

    def parsed(self) -> tuple[Statement, int]:
        """Its syntax tree, whose spans are offsets in ``sql``, and the offset past it and its semicolon."""
        statement, end = parse_one(self.sql, self.start)
        assert statement is not None
        return statement, end


def is_dml(sql: str, start: int) -> bool:
    """Whether the statement that begins at ``start`` is one before which a transaction may be opened."""
    return sql[start : start + 7].lower().startswith(_DML)


def _describe(program: Program) -> Description | None:
    if not program.columns:
        return None
    return tuple([(column.name, None, None, None, None, None, None) for column in program.columns])


def skip_blank(sql: str, at: int = 0) -> int:
    """The offset of the first character from ``at`` on that is neither space nor comment."""
    size = len(sql)
    while at < size:
        if sql[at] in " \t\n\r\f":
            at += 1
        elif sql.startswith("--", at):
            end = sql.find("\n", at)
            at = size if end < 0 else end + 1
        elif sql.startswith("/*", at):
            end = sql.find("*/", at + 2)
            at = size if end < 0 else end + 2
        else:
            break
    return at


def check_single(sql: str, end: int) -> None:
    """See that nothing but space and comments follows a statement.

    Raises:
        ProgrammingError: something does.
    """
    if end < len(sql) and skip_blank(sql, end) < len(sql):
        raise ProgrammingError("You can only execute one statement at a time.")
