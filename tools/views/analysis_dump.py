"""A statement's run as two tables, by plan node and by instruction, and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from foundrydb.compiler.plan.describe import number_text
from foundrydb.compiler.plan.dump import json_text, outline, plan_object
from foundrydb.errors import ProgrammingError
from foundrydb.tools.output.columnar import display_width, pad
from foundrydb.tools.output.listings import indents
from foundrydb.tools.output.quoting_forms import plain
from foundrydb.tools.views.drawings.plan_drawing import analysis_diagram
from foundrydb.vm.instruction import cursor_numbers
from foundrydb.vm.listing import COLUMNS, program_rows
from foundrydb.vm.profile import Profile

if TYPE_CHECKING:
    from foundrydb.compiler.plan.nodes import Node
    from foundrydb.toolkit.analysis import Analysis, NodeRun
    from foundrydb.tools.views.drawings.diagram import Diagram
    from foundrydb.vm.profile import PageUse
    from foundrydb.vm.program import Program

_COSTS: Final = ("pages", "read", "ms", "share")
_NODE_COLUMNS: Final = ("runs", "rows in", "rows out", "per run", "expected", "off by", *_COSTS)
_PAGES_OF_INSTRUCTIONS: Final = ("addr", "opcode", "cursor", "pages by number")
_PAGES_OF_CURSORS: Final = ("cursor", "tree", "root", "database", "pages by number")
_ADDRESS_COLUMNS: Final = ("addr", "node", "times", *_COSTS)


def analysis_text(analysis: Analysis) -> str:
    """Both tables, and a line that sums up."""
    parts = [_summary(analysis)]
    plan = analysis.compilation.plan
    if plan is not None:
        parts.append("\n".join(_node_lines(analysis, plan)))
    program = analysis.compilation.program
    profile = analysis.profile
    spent = sum([sum(one.nanoseconds) for one in (profile, *profile.triggers.values())])
    parts.append("\n".join(_instruction_lines(program, profile, analysis.owners, spent)))
    for trigger, own in _triggers(analysis):
        lines = _instruction_lines(trigger, own, [], spent)
        parts.append("\n".join([_trigger_summary(trigger, own, spent), *lines]))
    if analysis.profile.uses:
        parts.append("\n".join(_page_lines(analysis)))
        parts.append("\n".join(_cursor_lines(analysis)))
    return "\n\n".join(parts) + "\n"


def _triggers(analysis: Analysis) -> list[tuple[Program, Profile]]:
    """The programs of triggers, each with what it did."""
    found = analysis.profile.triggers
    return [
        (program, found.get(number) or Profile(len(program.instructions)))
        for number, program in enumerate(analysis.compilation.program.triggers)
    ]


def _runs(profile: Profile) -> int:
    """How often a trigger's program ran: its first instruction is only there to begin with what each run needs once."""
    return profile.counts[1]


def _trigger_summary(program: Program, profile: Profile, spent: int) -> str:
    costs = _costs(sum(profile.pages), sum(profile.reads), sum(profile.nanoseconds), spent)
    return (
        f"{program.title}: {_count(_runs(profile), 'run')}, {_count(sum(profile.counts), 'instruction')}, "
        f"{_count(sum(profile.pages), 'page')} ({costs[1]} from the file), {costs[2]} ms, {costs[3]}"
    )


def _summary(analysis: Analysis) -> str:
    program = analysis.compilation.program
    done = _count(analysis.rows, "row")
    if program.counts_changes:
        done = f"{_count(analysis.changes, 'row')} changed and rolled back"
    elif not program.read_only:
        done = "carried out and rolled back"
    return (
        f"{done}, {_count(analysis.instructions, 'instruction')}, {_count(sum(analysis.profile.pages), 'page')} "
        f"({sum(analysis.profile.reads):,} from the file), {analysis.nanoseconds / 1e6:.3f} ms while watched"
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


# -- the nodes


def _node_lines(analysis: Analysis, plan: Node) -> list[str]:
    """The plan's text, and the figures of each node beside it."""
    runs = {run.node: run for run in analysis.nodes}
    spent = sum(analysis.profile.nanoseconds)
    numbers = ["#"]
    trees = ["plan"]
    figures: list[list[str]] = [list(_NODE_COLUMNS)]
    for line in outline(plan):
        run = None if line.node is None else runs[line.node]
        numbers.append("" if run is None else str(run.number))
        trees.append(line.text)
        figures.append([""] * len(_NODE_COLUMNS) if run is None else _node_cells(run, spent))
    numbers.append("")
    trees.append("(setup)")
    figures.append(_setup_cells(analysis, spent))
    return _beside([_right(numbers), _left(trees)], figures)


def _node_cells(run: NodeRun, spent: int) -> list[str]:
    """The figures of a node."""
    rows_in = f"{run.rows_in:,}" if run.node.children() else ""
    per_run = number_text(run.rows_per_run) if run.runs else ""
    expected = "" if run.node.rows < 0 else number_text(run.node.rows)
    rows = [f"{run.runs:,}", rows_in, f"{run.rows:,}", per_run, expected, _off(run)]
    return rows + _costs(run.pages, run.reads, run.nanoseconds, spent)


def _setup_cells(analysis: Analysis, spent: int) -> list[str]:
    """The costs of the instructions that are for no node."""
    profile = analysis.profile
    rest = [at for at, owner in enumerate(analysis.owners) if owner == 0]
    pages, reads, nanoseconds = (
        sum(figures[at] for at in rest) for figures in (profile.pages, profile.reads, profile.nanoseconds)
    )
    blank = [""] * (len(_NODE_COLUMNS) - len(_COSTS))
    return blank + _costs(pages, reads, nanoseconds, spent)


def _off(run: NodeRun) -> str:
    """By which factor a run yielded more rows than expected (``× 3``), or fewer (``÷ 3``)."""
    if run.runs == 0 or run.node.rows < 0:
        return ""
    # Less than a row is not expected to be told apart from one.
    factor = max(run.rows_per_run, 1.0) / max(run.node.rows, 1.0)
    if 0.5 < factor < 2.0:
        return ""
    return f"× {number_text(factor)}" if factor > 1 else f"÷ {number_text(1 / factor)}"


# -- the instructions


def _instruction_lines(whole: Program, profile: Profile, owners: list[int], spent: int) -> list[str]:
    """EXPLAIN's listing of a program with the figures of each instruction before it.

    owners: the plan nodes that they are for, none for a trigger's.  spent: the time that shares are of.
    """
    program = program_rows(whole)
    figures: list[list[str]] = [list(_ADDRESS_COLUMNS)]
    shown = [list(COLUMNS[1:])]
    for at, margin in enumerate(indents(program)):
        cells = [str(at), str(owners[at] or "") if owners else ""]
        if profile.counts[at]:
            cells.append(f"{profile.counts[at]:,}")
            cells += _costs(profile.pages[at], profile.reads[at], profile.nanoseconds[at], spent)
        figures.append(cells + [""] * (len(_ADDRESS_COLUMNS) - len(cells)))
        opcode, *operands = (plain(cell) or "" for cell in program[at][1:])
        shown.append([" " * margin + opcode, *operands])
    listed = [_left([row[i] for row in shown]) for i in range(len(shown[0]))]
    return _beside([_right([row[i] for row in figures]) for i in range(len(_ADDRESS_COLUMNS))] + listed, [])


# -- the pages


def _page_lines(analysis: Analysis) -> list[str]:
    """The instructions that asked for pages, and for which."""
    rows = [list(_PAGES_OF_INSTRUCTIONS)]
    program = analysis.compilation.program
    for at, uses in enumerate(analysis.profile.uses):
        pages = uses.in_order()
        if pages:
            instruction = program.instructions[at]
            named = cursor_numbers(instruction)
            cursor = str(named[0]) if named else ""
            rows.append([str(at), type(instruction).__name__, cursor, page_ranges(pages)])
    return _table(rows, right=(0, 2))


def _cursor_lines(analysis: Analysis) -> list[str]:
    """The cursors on B-trees, and the pages that were read through each."""
    rows = [list(_PAGES_OF_CURSORS)]
    for run in analysis.cursors:
        cells = [str(run.number), run.tree, str(run.root), str(run.database)]
        rows.append([*cells, page_ranges(run.pages.in_order())])
    return _table(rows, right=(0, 2, 3))


def page_ranges(pages: list[PageUse]) -> str:
    """Pages by number, those side by side that were asked for equally often as one: ``3 × 60, 7-12``."""
    parts: list[str] = []
    first = 0
    for i, page in enumerate(pages):
        following = pages[i + 1] if i + 1 < len(pages) else None
        if following is not None and (following.database, following.number, following.times) == (
            page.database,
            page.number + 1,
            page.times,
        ):
            continue
        start = pages[first].number
        number = str(start) if start == page.number else f"{start}-{page.number}"
        where = f" of database {page.database}" if page.database else ""
        times = f" × {page.times:,}" if page.times > 1 else ""
        parts.append(number + where + times)
        first = i + 1
    return ", ".join(parts)


# -- laying out


def _table(rows: list[list[str]], right: tuple[int, ...]) -> list[str]:
    """Rows of cells, the first the heading; ``right``: the columns whose cells end at the same place."""
    columns = [[row[i] for row in rows] for i in range(len(rows[0]))]
    return _beside([_right(column) if i in right else _left(column) for i, column in enumerate(columns)], [])


def _costs(pages: int, reads: int, nanoseconds: int, spent: int) -> list[str]:
    share = 100 * nanoseconds / spent if spent else 0.0
    return [f"{pages:,}", f"{reads:,}", f"{nanoseconds / 1e6:.3f}", f"{share:.0f} %"]


def _left(cells: list[str]) -> list[str]:
    """A column whose cells begin at the same place."""
    width = max(map(display_width, cells))
    return [pad(cell, width) for cell in cells]


def _right(cells: list[str]) -> list[str]:
    """A column whose cells end at the same place."""
    width = max(map(display_width, cells))
    return [" " * (width - display_width(cell)) + cell for cell in cells]


def _beside(columns: list[list[str]], figures: list[list[str]]) -> list[str]:
    """Columns, and then rows of figures, side by side; the first of each is the heading."""
    if figures:
        columns = columns + [_right([row[i] for row in figures]) for i in range(len(figures[0]))]
    rows = [list(row) for row in zip(*columns)]
    rows.insert(1, ["-" * display_width(cell) for cell in rows[0]])
    return ["  ".join(row).rstrip() for row in rows]


# -- JSON


def analysis_json(analysis: Analysis) -> str:
    """Everything as one object: totals, the plan with its figures, the instructions with theirs."""
    profile = analysis.profile
    whole: dict[str, object] = {
        "rows": analysis.rows,
        "changes": analysis.changes,
        "nanoseconds": analysis.nanoseconds,
        "plan": analyzed_plan(analysis),
        "instructions": _instruction_objects(analysis.compilation.program, profile, analysis.owners),
    }
    triggers = [
        {"title": one.title, "runs": _runs(own), "instructions": _instruction_objects(one, own, [])}
        for one, own in _triggers(analysis)
    ]
    if triggers:
        whole["triggers"] = triggers
    if profile.uses:
        whole["cursors"] = [
            {
                "cursor": run.number,
                "tree": run.tree,
                "root": run.root,
                "database": run.database,
                "pages_by_number": page_objects(run.pages.in_order()),
            }
            for run in analysis.cursors
        ]
    return json_text(whole, indent=1) + "\n"


def analyzed_plan(analysis: Analysis) -> dict[str, object] | None:
    """The plan with the figures of each node; None where the statement has none."""
    plan = analysis.compilation.plan
    facts = {id(run.node): _facts(run) for run in analysis.nodes}
    return None if plan is None else plan_object(plan, facts)


def analysis_picture(analysis: Analysis) -> Diagram:
    """The plan as a picture, with the figures of each node.

    Raises:
        ProgrammingError: the statement has none.
    """
    plan = analyzed_plan(analysis)
    if plan is None:
        raise ProgrammingError("the statement has no plan: it works on no rows")
    return analysis_diagram(analysis, plan)


def _instruction_objects(program: Program, profile: Profile, owners: list[int]) -> list[dict[str, object]]:
    """The instructions of a program as JSON can hold them, each with what it did."""
    return [
        {
            **dict(zip(COLUMNS, row)),
            "node": (owners[at] or None) if owners else None,
            "times": profile.counts[at],
            "pages": profile.pages[at],
            "reads": profile.reads[at],
            "nanoseconds": profile.nanoseconds[at],
            **({"pages_by_number": page_objects(profile.uses[at].in_order())} if profile.uses else {}),
        }
        for at, row in enumerate(program_rows(program))
    ]


def _facts(run: NodeRun) -> dict[str, object]:
    return {
        "number": run.number,
        "runs": run.runs,
        "rows_in": run.rows_in,
        "rows_out": run.rows,
        "pages": run.pages,
        "reads": run.reads,
        "nanoseconds": run.nanoseconds,
    }


def page_objects(pages: list[PageUse]) -> list[dict[str, int]]:
    """Pages as JSON has them."""
    return [
        {"database": page.database, "page": page.number, "times": page.times, "reads": page.reads}
        for page in pages
    ]


FORMATS: Final[dict[str, Callable[[Analysis], str]]] = {"table": analysis_text, "json": analysis_json}
