"""``fdb opcodes``, ``fdb functions``, ``fdb modules`` and ``fdb pragmas``: what is declared, listed as text or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from foundrydb.tools import late
from foundrydb.tools.command.cmd_syntax import emit
from foundrydb.tools.output.columnar import pad

if TYPE_CHECKING:
    from foundrydb.vm.functions.scalar import Function


_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)


class ListedItem:
    """One thing that is declared.

    Attributes:
        name: what it is called.
        title: that with its operands or arguments, as the text has it.
        doc: what it is, on one line.
        facts: what else is known of it, for programs.
    """

    def __init__(self, name: str, title: str, doc: str, **facts: object) -> None:
        self.name: Final = name
        self.title: Final = title
        self.doc: Final = doc
        self.facts: Final = facts


def _show(entries: list[ListedItem], pattern: str | None, form: str) -> None:
    """Print entries, in two columns or as a JSON array; only those whose titles contain ``pattern``."""
    if pattern is not None:
        entries = [entry for entry in entries if pattern.lower() in entry.title.lower()]
    if form == "json":
        objects = [{"name": entry.name, **entry.facts, "doc": entry.doc} for entry in entries]
        emit(json.dumps(objects, indent=2, ensure_ascii=False) + "\n")
        return
    width = max([len(entry.title) for entry in entries], default=0)
    emit("".join(f"{pad(entry.title, width)}  {entry.doc}".rstrip() + "\n" for entry in entries))


@click.command()
@click.argument("pattern", required=False)
@_format
def opcodes(pattern: str | None, form: str) -> None:
    """List the virtual machine's opcodes: operands and meaning."""
    entries = []
    for name, opcode in sorted(late.opcodes.OPCODES.items()):
        operands = [{"name": operand.name, "kind": operand.kind} for operand in opcode.OPERANDS]
        title = " ".join([name, *[operand.name for operand in opcode.OPERANDS]])
        entries.append(ListedItem(name, title, opcode.DOC, operands=operands))
    _show(entries, pattern, form)


@click.command()
@click.argument("pattern", required=False)
@_format
def functions(pattern: str | None, form: str) -> None:
    """List the SQL functions: arguments and meaning."""
    entries = []
    for function in late.builtin.builtin_registry().all():
        if function.flags & late.scalar.HIDDEN:
            continue
        least, most = function.min_args, function.max_args
        title = f"{function.name}({_arguments(least, most)})"
        limits = {"least": least, "most": None if most < 0 else most}
        entries.append(
            ListedItem(
                function.name,
                title,
                function.doc,
                arguments=limits,
                kind=_kind(function),
                deterministic=function.deterministic,
            )
        )
    _show(entries, pattern, form)


def _kind(function: Function) -> str:
    """Which kind of function it is."""
    if function.aggregate:
        return "aggregate"
    return "window" if function.flags & late.scalar.WINDOW else "scalar"


def _arguments(least: int, most: int) -> str:
    if most < 0:
        return f"{least}+" if least else "…"
    return str(least) if least == most else f"{least}-{most}"


@click.command()
@click.argument("pattern", required=False)
@_format
def modules(pattern: str | None, form: str) -> None:
    """List the modules of virtual tables: arguments and meaning."""
    registry = late.builtin.builtin_registry().modules
    registry.later(late.as_tables.pragma_modules)
    entries = []
    for module in registry.all():
        columns = module.connect([]).columns
        arguments = [column.name for column in columns if column.hidden]
        entries.append(
            ListedItem(
                module.name,
                f"{module.name}({', '.join(arguments)})",
                module.doc,
                columns=[column.name for column in columns if not column.hidden],
                arguments=arguments,
            )
        )
    _show(entries, pattern, form)


@click.command()
@click.argument("pattern", required=False)
@_format
def pragmas(pattern: str | None, form: str) -> None:
    """List the PRAGMAs."""
    entries = [ListedItem(pragma.name, pragma.name, pragma.doc) for pragma in late.registry.all_pragmas()]
    _show(entries, pattern, form)
