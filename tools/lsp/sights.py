"""What is at a place of a document: the statement, the schema before it, the names in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foundrydb.errors import Error
from foundrydb.tools.lsp.occurrences import NameUse, occurrences

if TYPE_CHECKING:
    from foundrydb.compiler.pipeline import Compilation
    from foundrydb.toolkit.rehearsal import Rehearsal
    from foundrydb.tools.lsp.documents import StatementPiece
    from foundrydb.tools.lsp.schemas import Course


class EditorSight:
    """A place in a document, and what stands there.

    Attributes:
        course: the document with the schemas along it.
        number: that of the piece; piece: the piece; start: where it begins.
        offset: the place, in the piece.
        state: the schema before the piece.
    """

    def __init__(self, course: Course, offset: int) -> None:
        self.course: Final = course
        document = course.document
        self.number: Final = document.at(offset)
        self.piece: Final[StatementPiece | None] = document.pieces[self.number] if document.pieces else None
        self.start: Final = document.starts[self.number] if document.pieces else 0
        self.offset: Final = offset - self.start
        self.state: Final[Rehearsal] = course.before(self.number)

    def occurrence(self) -> NameUse | None:
        """The name at the place, or right before it."""
        if self.piece is None:
            return None
        around = [
            each for each in occurrences(self.piece, self.state) if each.start <= self.offset <= each.end
        ]
        return (
            min(around, key=lambda each: (each.end == self.offset, each.end - each.start)) if around else None
        )

    def compilation(self) -> Compilation | None:
        """The statement, compiled; None where it is wrong."""
        return None if self.piece is None else compiled(self.piece, self.state)


def compiled(piece: StatementPiece, state: Rehearsal, noting: bool = False) -> Compilation | None:
    """The statement of a piece, compiled for a schema; None where it is wrong."""
    if piece.statement is None or (piece.reading is not None and piece.reading.repaired):
        return None
    try:
        return state.connection.engine.preparer.stages(piece.statement, piece.sql, noting)
    except Error:
        return None
