"""What SQLite's shell has and this one has not: each is refused with a line that says what to use instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.tools.shell.dots.dot_command import Action, Usage, command

if TYPE_CHECKING:
    from foundrydb.tools.shell.shell import Shell

_INSTEAD: Final = {
    "archive": ("...", "archives of files", "tar and zip keep files"),
    "imposter": ("INDEX TABLE", "tables over an index's pages", ".btree INDEX shows an index's entries"),
    "load": (
        "FILE ?ENTRY?",
        "extensions, which are machine code for SQLite's own library",
        "Python's create_function, create_aggregate and create_collation add to a connection",
    ),
    "nonce": ("STRING", "one command more than the safe mode allows", "there is no safe mode"),
    "scanstats": (
        "on|off",
        "counts of SQLite's loops",
        ".analyze SQL shows the rows, pages and time of each loop",
    ),
    "session": ("CMD ...", "changes that are recorded", "fdb dump-log shows what each commit has changed"),
    "testctrl": (
        "CMD ...",
        "switches of SQLite's own tests",
        "fdb bisect-passes leaves passes of the optimizer out",
    ),
    "unmodule": ("NAME ...", "modules that are taken away", "fdb modules lists those that there are"),
}
"""By name: the arguments, what SQLite's shell does with it, and what there is instead."""


def _refusal(name: str, what: str, instead: str) -> Action:
    def refuse(shell: Shell, arguments: list[str]) -> None:
        raise Usage(f".{name} is not supported ({what}): {instead}")

    return refuse


for _name, (_arguments, _what, _there_is) in _INSTEAD.items():
    command(_name, _arguments, help=f"(refused: {_what})")(_refusal(_name, _what, _there_is))
