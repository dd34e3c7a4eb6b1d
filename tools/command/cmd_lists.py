"""``fdb opcodes``, ``fdb functions``, ``fdb modules`` and ``fdb pragmas``: what is declared, listed."""

from __future__ import annotations

import click

from foundrydb.tools import late
from foundrydb.tools.command.cmd_syntax import emit
from foundrydb.tools.output.columnar import pad


def _listing(rows: list[tuple[str, str]], pattern: str | None) -> str:
    """Names and what they mean, in two columns; only those that contain ``pattern``."""
    if pattern is not None:
        rows = [row for row in rows if pattern.lower() in row[0].lower()]
    width = max([len(name) for name, _ in rows], default=0)
    return "".join(f"{pad(name, width)}  {text}".rstrip() + "\n" for name, text in rows)


@click.command()
@click.argument("pattern", required=False)
def opcodes(pattern: str | None) -> None:
    """List the virtual machine's opcodes: operands and meaning."""
    rows = []
    for name, opcode in sorted(late.opcodes.OPCODES.items()):
        operands = " ".join(operand.name for operand in opcode.OPERANDS)
        rows.append((f"{name} {operands}".rstrip(), opcode.DOC))
    emit(_listing(rows, pattern))


@click.command()
@click.argument("pattern", required=False)
def functions(pattern: str | None) -> None:
    """List the SQL functions: arguments and meaning."""
    rows = []
    for function in late.builtin.builtin_registry().all():
        if not function.flags & late.scalar.HIDDEN:
            count = _arguments(function.min_args, function.max_args)
            rows.append((f"{function.name}({count})", function.doc))
    emit(_listing(rows, pattern))


def _arguments(least: int, most: int) -> str:
    if most < 0:
        return f"{least}+" if least else "…"
    return str(least) if least == most else f"{least}-{most}"


@click.command()
@click.argument("pattern", required=False)
def modules(pattern: str | None) -> None:
    """List the modules of virtual tables: arguments and meaning."""
    registry = late.builtin.builtin_registry().modules
    registry.later(late.as_tables.pragma_modules)
    rows = []
    for module in registry.all():
        columns = module.connect([]).columns
        arguments = ", ".join([column.name for column in columns if column.hidden])
        rows.append((f"{module.name}({arguments})", module.doc))
    emit(_listing(rows, pattern))


@click.command()
@click.argument("pattern", required=False)
def pragmas(pattern: str | None) -> None:
    """List the PRAGMAs."""
    emit(_listing([(pragma.name, pragma.doc) for pragma in late.registry.all_pragmas()], pattern))
