"""Results that open in another program: ``.once -e`` in a text editor, ``.once -x`` and ``.excel`` in a spreadsheet.

They go to a temporary file, which stays: the other program may read it long after the shell is gone.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Final

import click

from foundrydb.tools.output.problems import report
from foundrydb.tools.output.stream import OutputStream


class OpenedOutput(OutputStream):
    """A temporary file that is opened for the user when it is whole.

    Args:
        suffix: of its name: desktops choose the program by it.
        show: opens the file of a path; False where nothing could.
        ended: called before, when all is written.
        head, end: what stands around that.
    """

    def __init__(
        self,
        suffix: str,
        show: Callable[[str], bool],
        ended: Callable[[], None],
        head: str = "",
        end: str = "",
    ) -> None:
        handle, path = tempfile.mkstemp(prefix="fdb-", suffix=suffix)
        super().__init__(os.fdopen(handle, "wb"), path, owned=True)
        self._show: Final = show
        self._ended: Final = ended
        self._end: Final = end
        self.write(head)

    def close(self) -> None:
        """Finish the file and open it."""
        self.write(self._end)
        super().close()
        self._ended()
        if not self._show(self.name):
            report(f"Error: no program could open {self.name}, where the result is")


def in_editor(path: str) -> bool:
    """Open a file in the editor that $VISUAL or $EDITOR names, and wait for its end."""
    try:
        click.edit(filename=path)
    except click.ClickException:
        return False
    return True


def on_desktop(path: str) -> bool:
    """Open a file with the program that the desktop has for its kind."""
    return click.launch(path) == 0
