"""The dot-command that says which index would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.tools import late
from foundrydb.tools.shell.dots.dot_command import Usage, command

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell


@command(
    "expert",
    "?SQL?",
    help="Suggest indexes for SQL, or for the next statement",
    raw=True,
    more="Nothing is changed.  Statistics come from a sample of the rows; the planner is asked with each index.",
)
def expert(shell: Shell, arguments: list[str]) -> None:
    """Print the indexes that make a statement cheaper, and its plan without and with them."""
    if not arguments:
        shell.expert = True
        return
    if arguments[0].startswith("-"):
        raise Usage(f"unknown option: {arguments[0].split()[0]}")
    shell.write(late.advice_text.advice_text(late.index_advice.advise(arguments[0], shell.connection)))
