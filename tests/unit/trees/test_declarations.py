"""The classes of the trees are what their declarations ask for, and a mistake in a declaration is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from foundrydb.compiler.trees import generate
from foundrydb.compiler.trees.classes import KnownClasses, Style, write_classes
from foundrydb.compiler.trees.declarations import DeclarationReader
from foundrydb.compiler.trees.generate import COMPILER, TREES, main


def test_the_classes_are_what_the_declarations_ask_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out


def test_a_change_of_a_declaration_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for tree in TREES:
        for name in (tree.source, tree.target):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text((COMPILER / name).read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(generate, "COMPILER", tmp_path)
    assert main(["--check"]) == 0
    for tree in TREES:
        source = tmp_path / tree.source
        original = source.read_text(encoding="utf-8")
        source.write_text(original.replace("    operand: Expr", "    subject: Expr"), encoding="utf-8")
        assert main(["--check"]) == (1 if "    operand: Expr" in original else 0)
        source.write_text(original, encoding="utf-8")


ROOT = "root Node(start: int, end: int) from somewhere\n\n"


def written(text: str) -> str:
    return "\n".join(
        write_classes(DeclarationReader("a.asdl").read(text), Style("list[{}]", True), KnownClasses())
    )


def test_declarations_are_checked() -> None:
    with pytest.raises(ValueError, match="A speaks of Missing, which is not declared"):
        written(ROOT + "A(Node)\n    x: Missing\n")
    with pytest.raises(ValueError, match=r"a\.asdl:4: not a declaration:   bad line"):
        written(ROOT + "A(Node)\n  bad line\n")
    with pytest.raises(ValueError, match=r"a\.asdl:1: not a declaration:     x: int"):
        written("    x: int\n")


def test_a_class_takes_the_fields_of_an_abstract_one_first() -> None:
    text = written(
        ROOT
        + "abstract A(Node)\n    x: int\n\nB(A)\n    y: string\n    + doubled(y): x = self.x * 2 -- Twice.\n"
    )
    assert "def __init__(self, start: int, end: int, x: int, y: str) -> None:" in text
    assert "super().__init__(start, end, x)" in text
    assert "made = B(self.start, self.end, self.x * 2, y)" in text
