"""Dot-commands that show a statement's stages and the file's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from foundrydb.tools import late
from foundrydb.tools.shell.dots.dot_command import Usage, command, switch

if TYPE_CHECKING:
    from foundrydb.toolkit.stages import Compilation
    from foundrydb.tools.shell.shell import Shell
    from foundrydb.tools.views.pages.survey import Picture


def _compiled(shell: Shell, arguments: list[str], noting: bool = False) -> Compilation:
    if not arguments:
        raise Usage
    return late.stages.compile(arguments[0], shell.connection, noting=noting)


@command("explain", "?on|off|auto?", help="Change the EXPLAIN formatting mode.  Default: auto")
def explain(shell: Shell, arguments: list[str]) -> None:
    """Choose how the rows of EXPLAIN are laid out."""
    word = arguments[0].lower() if arguments else "on"
    shell.explain = "auto" if word == "auto" else "on" if switch([word]) else "off"


@command("eqp", "on|off|full", help="Enable or disable automatic EXPLAIN QUERY PLAN")
def eqp(shell: Shell, arguments: list[str]) -> None:
    """Print plans before statements run."""
    full = arguments == ["full"]
    shell.eqp = full or switch(arguments)
    shell.eqp_bytecode = full


@command("tokens", "SQL", help="Show the tokens of SQL", raw=True)
def tokens(shell: Shell, arguments: list[str]) -> None:
    """Print tokens."""
    if not arguments:
        raise Usage
    shell.write(late.syntax_dump.tokens_text(arguments[0]))


@command("ast", "SQL", help="Show the syntax tree of SQL", raw=True)
def ast(shell: Shell, arguments: list[str]) -> None:
    """Print syntax trees."""
    if not arguments:
        raise Usage
    for statement in late.stages.parse(arguments[0]):
        shell.write(late.syntax_dump.ast_text(statement))


@command(
    "plan",
    "?--passes? ?--why? SQL",
    help="Show the plan of SQL",
    raw=True,
    more="--passes        Show the plan as it was built, and what each optimizer pass changed in it\n"
    "--why           Show the alternatives that were weighed, and what they cost",
)
def plan(shell: Shell, arguments: list[str]) -> None:
    """Print plans."""
    asked, rest = _switches(arguments, {"passes", "why"})
    why = "why" in asked
    shell.write(late.plan_dump.plan_text(_compiled(shell, [rest], why), "passes" in asked, why))


@command("bytecode", "SQL", help="Show the program that SQL is compiled to", raw=True)
def bytecode(shell: Shell, arguments: list[str]) -> None:
    """Print bytecode."""
    shell.write(late.bytecode_dump.bytecode_table(_compiled(shell, arguments).program))


def _switches(arguments: list[str], known: set[str]) -> tuple[set[str], str]:
    """The switches before SQL, and the SQL."""
    rest = arguments[0] if arguments else ""
    asked: set[str] = set()
    while rest.startswith("-") and not rest.startswith("-- "):
        word, _, rest = rest.partition(" ")
        asked.add(word.lstrip("-"))
        rest = rest.lstrip()
    if not rest or not asked <= known:
        raise Usage
    return asked, rest


@command(
    "analyze",
    "?--pages? SQL",
    help="Run SQL, and show what each plan node and instruction did and cost",
    raw=True,
    more="--pages         Show which pages were asked for, by number",
)
def analyze(shell: Shell, arguments: list[str]) -> None:
    """Print a run's figures."""
    asked, sql = _switches(arguments, {"pages"})
    analysis = late.stages.analyze(sql, shell.connection, pages="pages" in asked)
    shell.write(late.analysis_dump.analysis_text(analysis))


@command("tree", "?TABLE?", help="Show the B-trees of the database page by page")
def tree(shell: Shell, arguments: list[str]) -> None:
    """Print the pages of trees."""
    if len(arguments) > 1:
        raise Usage
    shell.write(late.tree_dump.picture_text(_picture(shell, arguments[0] if arguments else None)))


def _picture(shell: Shell, table: str | None) -> Picture:
    survey = late.survey.Survey(shell.connection.engine.attached.database(0), shell.path)
    try:
        return survey.picture(table)
    finally:
        survey.close()


@command("btree", "?TABLE?", help="Show the keys of a table's B-tree, one a line")
def btree(shell: Shell, arguments: list[str]) -> None:
    """Print the keys of one tree: the table's, or the first table's."""
    if len(arguments) > 1:
        raise Usage
    survey = late.survey.Survey(shell.connection.engine.attached.database(0), shell.path)
    try:
        lines = late.key_tree.key_tree_lines(survey, arguments[0] if arguments else None)
    finally:
        survey.close()
    shell.write("".join(line + "\n" for line in lines))


@command("constants", help="Show the sizes that the layout of pages follows from")
def constants(shell: Shell, arguments: list[str]) -> None:
    """Print the constants of pages and cells."""
    pager = shell.connection.engine.attached.database(0).pager
    pager.begin_read()
    try:
        rows = late.key_tree.page_constants(int(pager.page_size), int(pager.usable_size))
    finally:
        if not shell.connection.in_transaction:
            pager.end_read()
    shell.write("Constants:\n" + "".join(f"{name}: {value}\n" for name, value in rows))
