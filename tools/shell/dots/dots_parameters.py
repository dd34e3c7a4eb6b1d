"""The dot-command about the values of parameters: those that a temporary table has for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from foundrydb.errors import Error
from foundrydb.tools.output.quoting_forms import literal
from foundrydb.tools.shell.dots.dot_command import Usage, command

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

_HELP: Final = """
clear                Erase all bindings
init                 Initialize the TEMP table that holds bindings
list                 List the current parameter bindings
set PARAMETER VALUE  Give SQL parameter PARAMETER a value of VALUE
                     PARAMETER should start with one of: $ : @ ?
unset PARAMETER      Remove PARAMETER from the binding table
"""


@command("parameter", "CMD ...", help="Manage SQL parameter bindings", more=_HELP)
def parameter(shell: Shell, arguments: list[str]) -> None:
    """Set and show what statements find in the place of their parameters."""
    action = _ACTIONS.get((arguments[0], len(arguments) - 1)) if arguments else None
    if action is None:
        raise Usage("clear, init, list, set PARAMETER VALUE or unset PARAMETER: see .help parameter")
    action(shell, *arguments[1:])


def _clear(shell: Shell) -> None:
    shell.query("DROP TABLE IF EXISTS temp.sqlite_parameters")


def _init(shell: Shell) -> None:
    """Make the table; its name is one that only who may write the schema can use."""
    engine = shell.connection.engine
    before = engine.read_setting(0, "writable_schema")
    engine.write_setting(0, "writable_schema", 1)
    try:
        shell.query(
            "CREATE TABLE IF NOT EXISTS temp.sqlite_parameters(\n"
            "  key TEXT PRIMARY KEY,\n  value\n) WITHOUT ROWID"
        )
    finally:
        engine.write_setting(0, "writable_schema", before)


def _list(shell: Shell) -> None:
    if shell.has_parameters():
        rows = shell.query("SELECT key, value FROM temp.sqlite_parameters ORDER BY key")
        width = max((len(str(key)) for key, _ in rows), default=0)
        shell.write("".join(f"{key:<{width}} {literal(value)}\n" for key, value in rows))


def _set(shell: Shell, name: str, value: str) -> None:
    """The value is a SQL expression, or else the text as it is."""
    _init(shell)
    store = f"REPLACE INTO temp.sqlite_parameters(key, value) VALUES ({literal(name)}, "
    try:
        shell.query(f"{store}{value})")
    except Error:
        shell.query(f"{store}{literal(value)})")


def _unset(shell: Shell, name: str) -> None:
    if shell.has_parameters():
        shell.query("DELETE FROM temp.sqlite_parameters WHERE key = ?", (name,))


_ACTIONS: Final[dict[tuple[str, int], Callable[..., None]]] = {
    ("clear", 0): _clear,
    ("init", 0): _init,
    ("list", 0): _list,
    ("set", 2): _set,
    ("unset", 1): _unset,
}
