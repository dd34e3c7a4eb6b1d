"""What a client is told of a document, in the protocol's form.

All of it is sent at every key, and most of it is what was sent before: what is told of a statement is put together
again only where something else is found in it, or where it stands elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lsprotocol import types

from foundrydb.toolkit.problems import ERROR, INFORMATION
from foundrydb.tools.lsp.diagnostics import MARK, all_findings, of_piece, window_of

if TYPE_CHECKING:
    from foundrydb.toolkit.checks.rules import Finding
    from foundrydb.tools.lsp.diagnostics import Diagnostic
    from foundrydb.tools.lsp.documents import OpenDocument, StatementPiece
    from foundrydb.tools.lsp.positions import Lines
    from foundrydb.tools.lsp.schemas import Course

Shown = dict[str, Any]
"""A ``Diagnostic`` of the protocol as JSON has it: to make a message of its classes takes longer than to find it."""

_SEVERITIES: Final = {
    ERROR: int(types.DiagnosticSeverity.Error),
    INFORMATION: int(types.DiagnosticSeverity.Information),
}


class _Share(NamedTuple):
    """What is told of a piece.

    Attributes:
        basis: all that it depends on.
        shown: the diagnostics.
    """

    basis: tuple[object, ...]
    shown: list[Shown]


class Publication:
    """What is told of one document, as it was told last."""

    def __init__(self) -> None:
        self._shares: dict[StatementPiece, _Share] = {}

    def of(self, course: Course, lines: Lines, silent: bool) -> list[Shown]:
        """What is to be told of the document now.

        Args:
            lines: those of the document.
            silent: nothing is known of a schema: a missing table says little.
        """
        shares: dict[StatementPiece, _Share] = {}
        document = course.document
        for number, findings in enumerate(all_findings(course)):
            piece = document.pieces[number]
            if findings or piece.problems or piece.late_problems or MARK in piece.text:
                basis = (silent, lines.place(document.starts[number]), *_basis(document, number, findings))
                known = self._shares.get(piece)
                if known is None or known.basis != basis:
                    told = of_piece(document, number, findings)
                    known = _Share(basis, [_shown(each, lines, silent) for each in told])
                shares[piece] = known
        self._shares = shares
        return [shown for share in shares.values() for shown in share.shown]


def _basis(document: OpenDocument, number: int, findings: list[Finding]) -> tuple[object, ...]:
    """All that what is told of a piece depends on, beside its text and place."""
    piece = document.pieces[number]
    comments = window_of(document, number) if findings or MARK in piece.text else ""
    return comments, findings, piece.problems, piece.late_problems


def _shown(told: Diagnostic, lines: Lines, silent: bool) -> Shown:
    severity = _SEVERITIES.get(told.severity, int(types.DiagnosticSeverity.Warning))
    if silent and told.message.startswith("no such table: "):
        severity = int(types.DiagnosticSeverity.Information)
    found: Shown = {
        "range": {"start": _place(told.start, lines), "end": _place(told.start + told.length, lines)},
        "message": told.message,
        "severity": severity,
        "source": "fdb",
    }
    if told.code:
        found["code"] = told.code
    return found


def _place(offset: int, lines: Lines) -> Shown:
    line, character = lines.place(offset)
    return {"line": line, "character": character}
