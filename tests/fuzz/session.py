"""What a session consists of: a database is made, and then come the statements."""

from __future__ import annotations

from random import Random
from typing import Final

from differential.features import weights
from differential.generator import Generator
from differential.sql import Sql, text

from fuzz.derivation import Derivation
from fuzz.mutation import goldens, mutated, of_tokens, tokens
from fuzz.schema import SCHEMA
from fuzz.step import WAYS, Step
from fuzz.words import VALUES

_WAY_WEIGHTS: Final = {"rows": 60, "half": 8, "rest": 4, "script": 4, "many": 3, "stages": 6, "analyze": 2}
_VERSION: Final = (3, 54)


def session(seed: str, length: int) -> list[Step]:
    """The steps of a session: those that make the database, then ``length`` others.

    Two of three derive their statements from the grammar; others mutate a life of the differential generator, or the
    statements of golden files.
    """
    random = Random(seed)
    kind = random.randrange(6)
    if kind == 4:
        return _life(random, seed, length)
    if kind == 5:
        return _goldens(random, length)
    steps = [Step(text(sql)) for sql in SCHEMA]
    if random.random() < 0.3:
        steps.insert(0, Step(text(f"PRAGMA page_size = {random.choice((512, 1024, 65536))}")))
    if random.random() < 0.15:
        steps.insert(0, Step(text(f"PRAGMA encoding = '{random.choice(('UTF-16le', 'UTF-16be'))}'")))
    before = ["SELECT"]
    for _ in range(length):
        named = random.random() < 0.2
        sql = Derivation(random, named).statement(random.choice((8, 15, 25, 40, 60, 100)))
        if random.random() < 0.15:
            one = tokens(str(sql))
            sql, before = of_tokens(mutated(random, one, before)), one
        steps.append(_step(random, sql))
    return steps


def _life(random: Random, seed: str, length: int) -> list[Step]:
    """A life of the differential generator; every third statement is mutated."""
    life = Generator(seed, weights(_VERSION) | {"life.attach": 0.0}).life(length)
    texts = [tokens(str(statement.sql)) for statement in life if statement.kind != "reopen"]
    steps: list[Step] = []
    for one in texts:
        steps.append(_step(random, of_tokens(one)))
        if random.random() < 0.33:
            steps.append(_step(random, of_tokens(mutated(random, one, random.choice(texts)))))
    return steps


def _goldens(random: Random, length: int) -> list[Step]:
    """A few golden files in one database, and mutations of what they are about."""
    chosen = random.sample(goldens(), 4)
    steps = [Step(of_tokens(one)) for schema, _ in chosen for one in schema]
    texts = [one for _, about in chosen for one in about]
    others = [one for schema, about in random.sample(goldens(), 12) for one in (*schema, *about)] + texts
    for one in texts * (length // max(len(texts), 1) + 1):
        steps.append(_step(random, of_tokens(mutated(random, one, random.choice(others)))))
    return steps


def _step(random: Random, sql: Sql) -> Step:
    way = random.choices(WAYS, [_WAY_WEIGHTS[each] for each in WAYS])[0]
    return Step(sql, way, tuple(random.randrange(len(VALUES)) for _ in range(4)))
