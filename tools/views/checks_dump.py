"""What rules find, as text, as JSON, and as SARIF (OASIS Static Analysis Results Interchange Format 2.1.0).

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from foundrydb import __version__
from foundrydb.compiler.syntax.diagnostics import line_and_column
from foundrydb.toolkit.checks.rules import Finding, Rule


class FoundIn(NamedTuple):
    """A finding and the name of the file that it is in."""

    path: str
    finding: Finding


def findings_text(found: Sequence[FoundIn]) -> str:
    """Each finding with its file before it; then how many there are."""
    lines = [f"{path}: {finding}\n" for path, finding in found]
    count = len(found)
    lines.append(f"{count} {'finding' if count == 1 else 'findings'}\n" if count else "nothing found\n")
    return "\n".join(lines)


def findings_json(found: Sequence[FoundIn]) -> str:
    """An array with an object for each finding."""
    objects = []
    for path, finding in found:
        line, column = line_and_column(finding.sql, finding.offset)
        objects.append(
            {
                "file": path,
                "rule": finding.rule.name,
                "code": finding.rule.code,
                "severity": finding.rule.severity,
                "message": finding.message,
                "hint": finding.hint,
                "line": line,
                "column": column,
                "offset": finding.offset,
                "length": finding.length,
                "text": finding.sql[finding.offset : finding.offset + finding.length],
            }
        )
    return json.dumps(objects, indent=2, ensure_ascii=False)


_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def findings_sarif(found: Sequence[FoundIn], rules: Sequence[Rule]) -> str:
    """A SARIF log of one run.

    Args:
        rules: those that were gone by, all of which it describes.
    """
    places = {rule.name: i for i, rule in enumerate(rules)}
    driver = {"name": "fdb check", "version": __version__, "rules": [_descriptor(rule) for rule in rules]}
    results = [_result(path, finding, places[finding.rule.name]) for path, finding in found]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _descriptor(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.what},
        "fullDescription": {"text": f"{rule.what} {rule.why}"},
        "help": {"text": f"Found in: {rule.bad}\nNot in: {rule.good}"},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(path: str, finding: Finding, place: int) -> dict[str, object]:
    line, column = line_and_column(finding.sql, finding.offset)
    end_line, end_column = line_and_column(finding.sql, finding.offset + finding.length)
    region = {
        "startLine": line,
        "startColumn": column,
        "endLine": end_line,
        "endColumn": end_column,
        "charOffset": finding.offset,
        "charLength": finding.length,
    }
    location = {"artifactLocation": {"uri": quote(path)}, "region": region}
    hint = f" ({finding.hint})" if finding.hint else ""
    return {
        "ruleId": finding.rule.code,
        "ruleIndex": place,
        "level": finding.rule.severity,
        "message": {"text": finding.message + hint},
        "locations": [{"physicalLocation": location}],
    }


def rules_text(rules: Sequence[Rule]) -> str:
    """Every rule: its code, name and severity; what it finds, and why; an example of either kind."""
    parts = []
    for rule in rules:
        parts.append(
            f"{rule.code} {rule.name} ({rule.severity})\n"
            f"  {rule.what}\n  {rule.why}\n"
            f"  found in:  {rule.bad}\n"
            f"  not in:    {rule.good}\n"
        )
    return "\n".join(parts)


def rules_json(rules: Sequence[Rule]) -> str:
    """An array with an object for each rule."""
    return json.dumps([vars(rule) for rule in rules], indent=2, ensure_ascii=False)
