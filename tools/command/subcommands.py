"""Which subcommands there are, and which file each is in."""

from __future__ import annotations

import os
from typing import Final

from foundrydb import __version__
from foundrydb.tools import late
from foundrydb.tools.output.problems import nearest

SUBCOMMANDS: Final[dict[str, tuple[str, str]]] = {
    "run": ("cmd_run", "run"),
    "sample": ("cmd_sample", "sample"),
    "web": ("cmd_web", "web"),
    "lsp": ("cmd_lsp", "lsp"),
    "explain": ("cmd_explain", "explain"),
    "debug": ("cmd_debug", "debug"),
    "dump-tokens": ("cmd_syntax", "dump_tokens"),
    "dump-ast": ("cmd_syntax", "dump_ast"),
    "dump-bind": ("cmd_explain", "dump_bind"),
    "dump-plan": ("cmd_explain", "dump_plan"),
    "dump-chain": ("cmd_chain", "dump_chain"),
    "bisect-passes": ("cmd_bisect", "bisect_passes"),
    "dump-tree": ("cmd_pages", "dump_tree"),
    "dump-page": ("cmd_pages", "dump_page"),
    "find-row": ("cmd_pages", "find_row"),
    "verify": ("cmd_recover", "verify"),
    "recover": ("cmd_recover", "recover"),
    "dump-log": ("cmd_logs", "dump_log"),
    "check": ("texts.cmd_check", "check"),
    "lineage": ("texts.cmd_lineage", "lineage"),
    "types": ("texts.cmd_types", "types"),
    "diff-plan": ("texts.cmd_diff_plan", "diff_plan"),
    "fmt": ("texts.cmd_format", "fmt"),
    "opcodes": ("cmd_lists", "opcodes"),
    "functions": ("cmd_lists", "functions"),
    "modules": ("cmd_lists", "modules"),
    "pragmas": ("cmd_lists", "pragmas"),
}
"""Each subcommand: its module in this package, and its name there."""


class NoSuchCommand(Exception):
    """The first argument is no file, and too near to a subcommand's name to make one of it."""


def refuse_misspelling(word: str) -> None:
    """Make sure that what stands where a subcommand may stand is meant as the name of a database.

    A new file with a suffix or in a named folder is made without a question, as the sqlite3 shell does.

    Raises:
        NoSuchCommand: it looks like a subcommand.
    """
    if not word.replace("-", "").isalpha() or os.path.exists(word):
        return
    near = nearest(word.lower(), SUBCOMMANDS, 0.7)
    if near is not None:
        raise NoSuchCommand(
            f'no command and no file is named "{word}": did you mean "{near}"? (./{word} makes a database of that name)'
        )


def version_text() -> str:
    """The version, how it was installed, and which SQLite it follows."""
    edition = late.edition
    return f"foundrydb {__version__} ({edition.mode()}), tracks SQLite {edition.sqlite_version}"
