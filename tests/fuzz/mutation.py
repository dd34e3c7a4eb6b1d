"""Statements spoilt: tokens dropped, doubled, swapped, replaced; the beginning of one before the end of another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

from differential.sql import Sql

from foundrydb.compiler.syntax.scanner import pieces

_GOLDENS: Final = Path(__file__).parents[1] / "goldens"
_CHARACTERS: Final = "'\"`[];()-/*.0x\\@:$#é\U0001f600\x00\t"


def tokens(sql: str) -> list[str]:
    """The tokens of a text as written, comments left out."""
    return [piece.text for piece in pieces(sql) if piece.kind != "comment"]


def of_tokens(texts: Sequence[str]) -> Sql:
    """A statement as a list of tokens, any of which the reducer may leave out."""
    return Sql("items", texts, " ")


def split(script: str) -> list[list[str]]:
    """The statements of a script, each as its tokens."""
    statements: list[list[str]] = [[]]
    for token in tokens(script):
        if token == ";":
            statements.append([])
        else:
            statements[-1].append(token)
    return [statement for statement in statements if statement]


@cache
def goldens() -> list[tuple[list[list[str]], list[list[str]]]]:
    """For each golden file, the statements that make its schema, and those that it is about."""
    found = []
    for path in sorted(_GOLDENS.rglob("*.golden")):
        parts: dict[str, str] = {}
        name = ""
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.startswith("--- "):
                name = line[4:].strip()
            else:
                parts[name] = parts.get(name, "") + line
        found.append((split(parts.get("schema", "")), split(parts.get("sql", ""))))
    return found


def _drop(random: Random, one: list[str], other: list[str]) -> list[str]:
    place = random.randrange(len(one))
    return one[:place] + one[place + random.randint(1, 3) :]


def _double(random: Random, one: list[str], other: list[str]) -> list[str]:
    place = random.randrange(len(one))
    return one[: place + random.randint(1, 4)] + one[place:]


def _swap(random: Random, one: list[str], other: list[str]) -> list[str]:
    result = list(one)
    a, b = random.randrange(len(one)), random.randrange(len(one))
    result[a], result[b] = result[b], result[a]
    return result


def _replace(random: Random, one: list[str], other: list[str]) -> list[str]:
    result = list(one)
    result[random.randrange(len(one))] = random.choice(other)
    return result


def _insert(random: Random, one: list[str], other: list[str]) -> list[str]:
    place, start = random.randint(0, len(one)), random.randrange(len(other))
    return one[:place] + other[start : start + random.randint(1, 5)] + one[place:]


def _splice(random: Random, one: list[str], other: list[str]) -> list[str]:
    return one[: random.randint(1, len(one))] + other[random.randrange(len(other)) :]


def _spoil(random: Random, one: list[str], other: list[str]) -> list[str]:
    result = list(one)
    place = random.randrange(len(one))
    at = random.randint(0, len(result[place]))
    result[place] = (
        result[place][:at] + random.choice(_CHARACTERS) + result[place][at + random.randint(0, 1) :]
    )
    return result


_MUTATIONS: Final[list[Callable[[Random, list[str], list[str]], list[str]]]] = [
    *(_drop, _double, _swap, _replace, _replace, _insert, _splice, _spoil),
]


def mutated(random: Random, one: list[str], other: list[str]) -> list[str]:
    """A statement with one to three mutations, which may take something from another one."""
    for _ in range(random.choice((1, 1, 2, 3))):
        if one:
            one = random.choice(_MUTATIONS)(random, one, other or one)
    return one
