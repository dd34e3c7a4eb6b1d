"""A program, or the query plan that it tells, as text, JSON and a picture."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from foundrydb.storage.format.values import Value
from foundrydb.tools.output.listings import aligned_lines, query_plan_lines
from foundrydb.tools.views.drawings.diagram import PALE, Diagram
from foundrydb.vm.instruction import JUMP
from foundrydb.vm.listing import COLUMNS, program_rows
from foundrydb.vm.listing import explain as listing
from foundrydb.vm.program import Program

if TYPE_CHECKING:
    from foundrydb.api.connection import Connection
    from foundrydb.toolkit.stages import Compilation

_PLAN_COLUMNS: Final = ("id", "parent", "notused", "detail")


def bytecode_table(program: Program) -> str:
    """The listing, columns aligned, loops indented."""
    return "\n".join(aligned_lines(COLUMNS, listing(program))) + "\n"


def bytecode_json(program: Program) -> str:
    """A JSON array of instructions."""
    rows = [dict(zip(COLUMNS, row)) for row in listing(program)]
    return "[" + ",\n ".join(json.dumps(row, ensure_ascii=False) for row in rows) + "]\n"


def source_table(compilation: Compilation) -> str:
    """The listing with the piece of SQL that each instruction came from."""
    rows = [(*row, text) for row, text in zip(listing(compilation.program), _sources(compilation))]
    return "\n".join(aligned_lines((*COLUMNS, "source"), rows)) + "\n"


def source_json(compilation: Compilation) -> str:
    """A JSON array of instructions, each with its ``source``."""
    rows = [
        {**dict(zip(COLUMNS, row)), "source": text}
        for row, text in zip(listing(compilation.program), _sources(compilation))
    ]
    return "[" + ",\n ".join(json.dumps(row, ensure_ascii=False) for row in rows) + "]\n"


def _sources(compilation: Compilation) -> list[str]:
    """For each instruction the SQL that it is for; those of triggers are for none of the statement's."""
    chain = compilation.provenance()
    program = compilation.program
    own = [chain.pieces_at(at).text(compilation.sql) for at in range(len(program.instructions))]
    return own + [
        one.title if at == 0 else "" for one in program.triggers for at in range(len(one.instructions))
    ]


def bytecode_picture(program: Program) -> Diagram:
    """The flow of control: blocks of instructions, with an edge for each way from one to another."""
    diagram = Diagram("program")
    _blocks(diagram, program, "b")
    for number, trigger in enumerate(program.triggers):
        _blocks(diagram, trigger, f"t{number}b")
    return diagram


def _blocks(diagram: Diagram, program: Program, prefix: str) -> None:
    """Draw one program.  prefix: what the names of its blocks begin with."""
    starts = _block_starts(program)
    rows = program_rows(program)
    ends = [*starts[1:], len(rows)]
    for start, end in zip(starts, ends):
        lines = [f"{row[0]:>3}  {row[1]} {_shown(row)}".rstrip() for row in rows[start:end]]
        diagram.box(f"{prefix}{start}", "", lines, code=True)
    for start, end in zip(starts, ends):
        _edges(diagram, program, prefix, start, end)


def _shown(row: Sequence[object]) -> str:
    """An instruction's operands, and its comment."""
    numbers = " ".join(str(value) for value in (row[2], row[3], row[4]))
    p4 = f" {row[5]}" if row[5] is not None else ""
    comment = f"   ; {row[7]}" if row[7] else ""
    return (numbers + p4)[:60] + comment[:60]


def _jumps(program: Program, address: int) -> list[int]:
    """Where an instruction may jump to."""
    instruction = program.instructions[address]
    targets = [getattr(instruction, operand.name) for operand in instruction.OPERANDS if operand.kind == JUMP]
    return [target for target in targets if 0 <= target < len(program.instructions)]


def _block_starts(program: Program) -> list[int]:
    """The addresses at which blocks begin."""
    starts = {0}
    for address in range(len(program.instructions)):
        targets = _jumps(program, address)
        starts.update(targets)
        if targets or not program.instructions[address].FALLS_THROUGH:
            starts.add(address + 1)
    return sorted(start for start in starts if start < len(program.instructions))


def _edges(diagram: Diagram, program: Program, prefix: str, start: int, end: int) -> None:
    """The ways out of a block: jumps drawn solid, carrying on drawn bold."""
    for target in dict.fromkeys(_jumps(program, end - 1)):
        diagram.edge(f"{prefix}{start}", f"{prefix}{target}", back=target <= start)
    if program.instructions[end - 1].FALLS_THROUGH and end < len(program.instructions):
        diagram.edge(f"{prefix}{start}", f"{prefix}{end}", style="bold")


def query_plan(connection: Connection, compilation: Compilation) -> list[tuple[Value, ...]]:
    """The rows of EXPLAIN QUERY PLAN for a compiled statement."""
    statement = compilation.planned
    sql = compilation.sql[statement.start : statement.end]
    return connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()


def query_plan_text(steps: list[tuple[Value, ...]]) -> str:
    """The plan as a tree of lines."""
    return "".join(line + "\n" for line in query_plan_lines(steps))


def query_plan_json(steps: list[tuple[Value, ...]]) -> str:
    """A JSON array of steps."""
    rows = [dict(zip(_PLAN_COLUMNS, step)) for step in steps]
    return "[" + ",\n ".join(json.dumps(row, ensure_ascii=False) for row in rows) + "]\n"


def query_plan_picture(steps: list[tuple[Value, ...]]) -> Diagram:
    """The plan as a picture."""
    diagram = Diagram("query_plan")
    diagram.box("s0", "QUERY PLAN", color=PALE)
    for number, parent, _, detail in steps:
        diagram.box(f"s{number!s}", "", [str(detail)], PALE)
        diagram.edge(f"s{parent!s}", f"s{number!s}")
    return diagram


BYTECODE_FORMATS: Final[dict[str, Callable[[Program], str]]] = {
    "table": bytecode_table,
    "json": bytecode_json,
}
SOURCE_FORMATS: Final[dict[str, Callable[[Compilation], str]]] = {"table": source_table, "json": source_json}
QUERY_PLAN_FORMATS: Final[dict[str, Callable[[list[tuple[Value, ...]]], str]]] = {
    "table": query_plan_text,
    "json": query_plan_json,
}
