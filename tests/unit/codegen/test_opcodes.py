"""Every opcode has somebody who emits it: one that nobody needs is not there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import foundrydb.compiler.codegen
from foundrydb.vm.opcodes import OPCODES

OPS = "foundrydb.vm.ops"


def emitted(source: str) -> set[str]:
    """The opcodes that a module takes from ``vm.ops`` and uses for more than asking for an instruction's class."""
    tree = ast.parse(source)
    modules: set[str] = set()
    classes: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == OPS:
            modules.update(item.asname or item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{OPS}."):
            classes.update((item.asname or item.name, item.name) for item in node.names)
    asked: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance":
            asked.update(ast.walk(node.args[1]))
    found = set()
    for node in ast.walk(tree):
        if node in asked:
            continue
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            found.add(node.attr)
        elif isinstance(node, ast.Name) and node.id in classes:
            found.add(classes[node.id])
    return found


@pytest.fixture(scope="module")
def emitted_by_codegen() -> set[str]:
    found: set[str] = set()
    for path in Path(foundrydb.compiler.codegen.__file__).parent.rglob("*.py"):
        found |= emitted(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("opcode", OPCODES)
def test_an_opcode_is_emitted_somewhere(opcode: str, emitted_by_codegen: set[str]) -> None:
    assert opcode in emitted_by_codegen, f"nothing in compiler/codegen emits {opcode}"


def test_imports_and_questions_emit_nothing() -> None:
    source = """
from foundrydb.compiler.plan.nodes import Delete
from foundrydb.vm.ops import control, rows as row_ops
from foundrydb.vm.ops.seek import Found, NotFound
def use(coder, node, last):
    if isinstance(node, Delete) or isinstance(last, (Found, control.Halt)):
        coder.emit(row_ops.Insert(1, 2, 3))
        coder.emit(NotFound(1, 2, 3, 4))
"""
    assert emitted(source) == {"Insert", "NotFound"}
