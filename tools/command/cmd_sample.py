"""``fdb sample FILE``: a small database to play with."""

from __future__ import annotations

import os

import click

from foundrydb.errors import error
from foundrydb.tools import late


@click.command()
@click.argument("file")
@click.option("--force", is_flag=True, help="Replace FILE where it exists.")
def sample(file: str, force: bool) -> None:
    """Create FILE, the database of a bell foundry: orders, castings, alloys, and what was measured."""
    if os.path.exists(file):
        if not force:
            raise error(f'"{file}" exists (use --force to replace it)')
        os.remove(file)
    counts = late.sample.create_sample(file)
    click.echo(f"{file}: " + ", ".join(f"{name} {count}" for name, count in counts))
