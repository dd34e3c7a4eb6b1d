"""The extension of IPython: ``%fdb`` and ``%%fdb``."""

from __future__ import annotations

from typing import Any

from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_cell_magic, magics_class

from foundrydb.errors import Error
from foundrydb.notebook.asking import usage
from foundrydb.notebook.session import NotebookSession, is_path
from foundrydb.tools.output.problems import describe

_HELP = f"""SQL in a notebook.

    %fdb FILE            open a database (an empty one in memory is open at first); %fdb alone tells which it is
    %fdb SQL             run SQL of one line, and give its rows
    %%fdb                run the statements of a cell, and show the rows of the last one

:name in SQL is the variable of that name. Options before the SQL:

{usage()}
"""


@magics_class
class FoundryMagics(Magics):
    """The magic commands, and the connection that they share."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self._variables: dict[str, Any] = shell.user_ns
        self.session = NotebookSession()

    @line_cell_magic
    def fdb(self, line: str, cell: str | None = None) -> Any:
        """SQL in a notebook."""
        line = line.strip()
        try:
            if cell is None and not line:
                return self.session.state()
            if is_path(line):
                opened = self.session.open(line)
                if cell is None:
                    return opened
                line = ""
            text = line if cell is None else f"{line}\n{cell}"
            return self.session.answer(text, self._variables)
        except Error as problem:
            raise UsageError(describe(problem, "")) from None
        except OSError as problem:
            raise UsageError(str(problem)) from None


FoundryMagics.fdb.__doc__ = _HELP


def load_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%load_ext foundrydb`` calls."""
    shell.register_magics(FoundryMagics(shell))


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """What ``%unload_ext foundrydb`` calls."""
    magics = shell.magics_manager.registry.pop("FoundryMagics", None)
    if isinstance(magics, FoundryMagics):
        magics.session.close()
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("fdb", None)
