"""``fdb dump-log``: the rollback journal or the write-ahead log beside a database."""

from __future__ import annotations

import os

import click

from foundrydb.tools import late
from foundrydb.tools.command.cmd_syntax import PICTURES, emit, emit_picture
from foundrydb.tools.output.progress import counting


@click.command("dump-log")
@click.argument("file")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", *PICTURES]), default="text", show_default=True,
    help="Lines, JSON, or a picture (log, read marks, checkpoint).",
)  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(2), default=40, show_default=True,
    help="How many frames, records and transactions to show, from the beginning and the end.",
)  # fmt: skip
def dump_log(file: str, form: str, limit: int) -> None:
    """Show the rollback journal or the write-ahead log of FILE, which may be the database or its -journal or -wal file.

    The files are read as they lie on the disk: nothing is recovered, written, deleted or locked.
    """
    size = os.path.getsize(file) if os.path.isfile(file) else None
    with counting(f"read the log of {file}", "bytes", size if file.endswith("-wal") else None) as advance:
        survey = late.log_survey.survey_log(file, limit, advance)
    if form == "json":
        emit(late.log_json.survey_json(survey))
    elif form in PICTURES:
        emit_picture(late.log_drawing.survey_picture(survey), form)
    else:
        emit(late.log_text.survey_text(survey))
