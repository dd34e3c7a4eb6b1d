"""Every golden file holds what comes out; ``pytest --update-goldens`` rewrites them, to be read as a diff."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.golden import AS_SQLITE, Golden

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.rglob("*.golden"))


def test_there_are_goldens() -> None:
    assert len(FILES) >= 150


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(FOLDER))[:-7] for path in FILES])
def test_golden(path: Path, request: pytest.FixtureRequest) -> None:
    golden = Golden.read(path)
    outputs = golden.outputs()
    if "result" in outputs:
        assert outputs["result"] == golden.oracle(), "C SQLite answers otherwise"
    if "error" in outputs:
        assert outputs["error"].splitlines()[0] == golden.oracle_error(), "C SQLite says something else"
    if AS_SQLITE in outputs:
        assert outputs[AS_SQLITE] == golden.oracle_shell(), "SQLite's shell prints something else"
    if request.config.getoption("--update-goldens"):
        golden.sections.update(outputs)
        path.write_text(golden.text(), encoding="utf-8")
        return
    for name, text in outputs.items():
        assert golden.sections[name] == text, f"section {name}"
