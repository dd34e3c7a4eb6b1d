"""``fdb lsp``: an editor's server."""

from __future__ import annotations

from importlib.util import find_spec

import click

from foundrydb.errors import error
from foundrydb.tools import late


@click.command()
@click.option("--db", "database", metavar="FILE", help="The database whose schema counts; it is only read.")
def lsp(database: str | None) -> None:
    """Answer an editor's requests (Language Server Protocol) on standard input and output.

    The schema is that of FILE and of the CREATE statements in the folder's .sql files.  docs/editor.md says how to set
    editors up.
    """
    if find_spec("pygls") is None:
        raise error("fdb lsp needs one library more: pip install 'foundrydb[lsp]'")
    late.requests.serve(database)
