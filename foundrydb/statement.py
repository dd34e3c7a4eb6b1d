"""Compiled statements as a connection keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from foundrydb.dbapi import to_sql_value
from foundrydb.errors import ProgrammingError

if TYPE_CHECKING:
    from foundrydb.compiler.syntax.ast import Statement
    from foundrydb.vm.program import Program

Description: TypeAlias = "tuple[tuple[str, None, None, None, None, None, None], ...]"

_LEAST: Final = -(1 << 63)
_LARGEST: Final = (1 << 63) - 1
_DML: Final = ("insert", "update", "delete", "replace")


class Prepared:
    """One statement, compiled.

    Attributes:
        sql: the text that it is part of.
        statement: its syntax tree; spans are offsets in ``sql``.
        program: what runs.
        generation: the schema's generation that it was compiled for; another one makes it stale.
        is_dml: it begins with INSERT, UPDATE, DELETE or REPLACE, before which a transaction may be opened.
        parameters: names of the parameters by number from 1, as in ``Program``.
        description: for ``Cursor.description``; None when it returns no rows.
    """

    def __init__(self, sql: str, statement: Statement, program: Program, generation: int) -> None:
        self.sql: Final = sql
        self.statement: Final = statement
        self.program: Final = program
        self.generation: Final = generation
        self.is_dml: Final = sql[statement.start : statement.start + 7].lower().startswith(_DML)
        self.parameters: Final = program.parameters
        self.description: Final = _describe(program)


def _describe(program: Program) -> Description | None:
    if not program.columns:
        return None
    return tuple((column.name, None, None, None, None, None, None) for column in program.columns)


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


def bind(prepared: Prepared, parameters: Any) -> list[Any]:
    """The values of a statement's parameters, by number (index 0 is not used).

    Args:
        parameters: a sequence, or a mapping from names.

    Raises:
        ProgrammingError: too few or too many, or a name is missing.
    """
    names = prepared.parameters
    needed = len(names) - 1
    if isinstance(parameters, dict) or (
        not isinstance(parameters, (tuple, list)) and not _is_sequence(parameters)
    ):
        if not hasattr(parameters, "__getitem__") or not hasattr(parameters, "keys"):
            raise ProgrammingError("parameters are of unsupported type", "SQLITE_MISUSE")
        return _bind_names(names, parameters)
    given = len(parameters)
    if given != needed:
        raise ProgrammingError(
            f"Incorrect number of bindings supplied. The current statement uses {needed}, and there are "
            f"{given} supplied.",
            "SQLITE_MISUSE",
        )
    sequence = parameters if isinstance(parameters, (tuple, list)) else [parameters[i] for i in range(needed)]
    values: list[Any] = [None]
    append = values.append
    for value in sequence:
        kind = type(value)
        small = kind is int and _LEAST <= value <= _LARGEST
        if small or value is None or kind is bytes or (kind is str and value.isascii()):
            append(value)
        else:
            append(to_sql_value(value, str(len(values))))
    return values


def _is_sequence(value: Any) -> bool:
    return hasattr(value, "__len__") and hasattr(value, "__getitem__") and not hasattr(value, "keys")


def _bind_names(names: list[str | None], parameters: Any) -> list[Any]:
    values: list[Any] = [None]
    for number, name in enumerate(names[1:], 1):
        if name is None:
            raise ProgrammingError(
                f"Binding {number} has no name, but you supplied a dictionary (which has only names).",
                "SQLITE_MISUSE",
            )
        try:
            value = parameters[name[1:]]
        except LookupError:
            message = f"You did not supply a value for binding parameter :{name[1:]}."
            raise ProgrammingError(message, "SQLITE_MISUSE") from None
        values.append(to_sql_value(value, f"':{name[1:]}'"))
    return values
