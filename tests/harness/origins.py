"""Whether everything that a statement was compiled to knows what it comes from, as ``stages()`` tells it."""

from __future__ import annotations

from typing import Any, Final

from foundrydb.compiler.pipeline import Compilation

STATEMENTS_OWN: Final = {"Init", "Goto", "Halt", "Transaction"}
"""What belongs to a planned statement as a whole: how it begins and ends."""


def without_origin(compilation: Compilation) -> list[str]:
    """What has no origin, by name: plan nodes, bound expressions, instructions."""
    document: dict[str, Any] = compilation.stages()
    ids = {item["id"]: item for part in ("ast", "expressions", "nodes") for item in document[part]}
    found = []
    met: set[str] = set()
    for plan in document["plans"]:
        for node in (ids[name] for name in plan["nodes"] if name not in met):
            if node["ast"] is None or (met and node["from"] is None):
                found.append(f"{node['node']} {node['detail']!r}, which {plan['after']} made")
        met.update(plan["nodes"])
    for expression in document["expressions"]:
        if not _leads_to_syntax(ids, expression):
            found.append(f"{expression['node']} {expression['text']!r}")
    for instruction in document["instructions"]:
        whole = instruction["for"] == "statement" and document["plans"]
        if whole and instruction["opcode"] not in STATEMENTS_OWN:
            found.append(f"instruction {instruction['addr']} {instruction['opcode']}")
    return found


def _leads_to_syntax(ids: dict[str, Any], item: Any) -> bool:
    """Whether what something was made from, or for, leads back to a piece of the SQL."""
    seen = set()
    while "tokens" not in item:
        name = item["ast"] or item["from"] or item.get("within")
        if name is None or name in seen:
            return False
        seen.add(name)
        item = ids[name]
    return True
