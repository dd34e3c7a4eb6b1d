"""``fdb verify``: whether a database is what it should be."""

from __future__ import annotations

import click

from foundrydb.tools import late
from foundrydb.tools.command.cmd_explain import connection_for
from foundrydb.tools.command.cmd_syntax import emit


@click.command()
@click.argument("file")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--limit", type=click.IntRange(1), default=100, show_default=True, help="How many faults to tell at most."
)
def verify(file: str, form: str, limit: int) -> int:
    """Check FILE: its log, trees, freelist, pointer map, rows and indexes; tell each fault and what shows it.

    Nothing is repaired, and a hot journal is not undone.  The exit status is 1 where something is wrong.
    """
    verification = late.verification
    result = verification.verify(file, lambda: connection_for(file), limit)
    emit(verification.verification_json(result) if form == "json" else verification.verification_text(result))
    return 1 if result.faults else 0
