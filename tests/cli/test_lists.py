"""``fdb opcodes``, ``fdb functions``, ``fdb modules``, ``fdb pragmas`` as JSON: what the text has, and more."""

from __future__ import annotations

import json
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

Run = Callable[..., "CompletedProcess[str]"]


@pytest.mark.parametrize("command", ["opcodes", "functions", "modules", "pragmas"])
def test_json_has_what_the_text_has(command: str, fdb: Run) -> None:
    entries = json.loads(fdb(command, "--format", "json").stdout)
    lines = fdb(command).stdout.splitlines()
    assert len(entries) == len(lines) > 3
    for entry, line in zip(entries, lines):
        assert line.startswith(entry["name"]) and line.endswith(entry["doc"])


def test_what_is_known_of_a_function(fdb: Run) -> None:
    def found(name: str) -> object:
        return next(
            item
            for item in json.loads(fdb("functions", "--format", "json", name).stdout)
            if item["name"] == name
        )

    assert found("substr") == {
        "name": "substr",
        "arguments": {"least": 2, "most": 3},
        "kind": "scalar",
        "deterministic": True,
        "doc": found("substr")["doc"],  # type: ignore[index]
    }
    assert found("char")["arguments"] == {"least": 0, "most": None}  # type: ignore[index]
    assert found("random")["deterministic"] is False  # type: ignore[index]
    assert [found(name)["kind"] for name in ("sum", "row_number")] == ["aggregate", "window"]  # type: ignore[index]


def test_what_is_known_of_a_module(fdb: Run) -> None:
    (series,) = json.loads(fdb("modules", "--format", "json", "generate_series").stdout)
    assert series["columns"] == ["value"]
    assert series["arguments"] == ["start", "stop", "step"]


def test_nothing_is_an_empty_list(fdb: Run) -> None:
    assert fdb("pragmas", "--format", "json", "no such").stdout == "[]\n"
