"""``fdb web``: a page on which a statement's stages and the file's pages are seen side by side."""

from __future__ import annotations

from importlib.util import find_spec

import click

from foundrydb.errors import error
from foundrydb.tools import late

_NEEDED = ("starlette", "uvicorn")


@click.command()
@click.argument("file", required=False, default="")
@click.option(
    "--write", is_flag=True, help="Let statements change FILE, which is open for reading only without it."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Listen on this port; any free one without it."
)
@click.option("--no-browser", is_flag=True, help="Print the address only.")
def web(file: str, write: bool, port: int, no_browser: bool) -> None:
    """Open a page on FILE (the sample database without it), in which SQL is followed through every stage to the bytes.

    It is served to this machine alone, and to whoever has the address that is printed.
    """
    if any(find_spec(name) is None for name in _NEEDED):
        raise error("fdb web needs two libraries more: pip install 'foundrydb[web]'")
    late.serve.serve(file, write, port, not no_browser)
