"""Asks both engines, and says where they differ."""

from __future__ import annotations

import re

import apsw

import foundrydb
from json_calls.calls import Maker


class Asked:
    """Both engines, over the same calls."""

    def __init__(self) -> None:
        self.theirs = apsw.Connection(":memory:")
        self.ours = foundrydb.connect(":memory:")

    def their_answer(self, sql: str, parameters: list[object]) -> object:
        """C SQLite's rows, or its error."""
        try:
            return [tuple(row) for row in self.theirs.execute(sql, parameters)]
        except apsw.Error as problem:
            return str(problem)

    def our_answer(self, sql: str, parameters: list[object]) -> object:
        """Our rows, or our error."""
        try:
            return self.ours.execute(sql, parameters).fetchall()
        except foundrydb.Error as problem:
            return str(problem)


def differences(calls: int, seed: int) -> list[str]:
    """The calls of a seed whose answers differ, as a person can read them."""
    maker = Maker(seed)
    asked = Asked()
    found: list[str] = []
    for number in range(calls):
        sql, parameters = maker.next()
        theirs = asked.their_answer(sql, parameters)
        ours = asked.our_answer(sql, parameters)
        if _shown(theirs) != _shown(ours) and not (
            _reads_behind(sql, theirs, ours) or _tells_last(theirs, ours)
        ):
            found.append(
                f"-- call {number}\n{sql}\n{parameters!r}\n  C SQLite:  {theirs!r}\n  FoundryDB: {ours!r}"
            )
    return found


def _shown(answer: object) -> str:
    """An answer without the commas, written or in hex, behind what opens an array or object.

    C SQLite puts none there, and so none behind a malformed number of JSONB that ends in a bracket.
    """
    return re.sub(r"([\[{]),|(5B|7B)2C", r"\1\2", repr(answer))


def _reads_behind(sql: str, theirs: object, ours: object) -> bool:
    """Whether a walk goes over JSONB with a label and no value: C SQLite takes whatever lies in memory behind it."""
    return ("_each(" in sql or "_tree(" in sql) and ours == "malformed JSON" and isinstance(theirs, list)


def _tells_last(theirs: object, ours: object) -> bool:
    """Whether one value is no JSONB, and one behind it malformed: C SQLite tells of the last of them."""
    return theirs == "malformed JSON" and ours == "JSON cannot hold BLOB values"
