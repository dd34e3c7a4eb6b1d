"""Makes a database, asks it pairs of queries, and reduces the pairs whose answers do not fit."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple, final

from differential.compare import Difference
from differential.engines import ENGINES, Crash, Engine, Row, Rows, version
from differential.features import weights
from differential.generator import Generator
from differential.runner import Found, reduced
from differential.statement import Statement

from metamorphic.by_hand import BY_HAND
from metamorphic.relations import RELATIONS, Ask, Case, Skip, case_of

ALL = RELATIONS | BY_HAND
"""Every relation, by the name of the difference that it shows."""


class Failed(NamedTuple):
    """A pair that does not fit: the statements, the last of which is the case, and both answers."""

    statements: list[Statement]
    difference: Difference


@final
class Pairs:
    """Pairs of queries asked of one engine.

    Attributes:
        asked: how many pairs of each relation were compared.
        skipped: how many could not be, because a query raised an error or was refused.
    """

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self.asked: Counter[str] = Counter()
        self.skipped = 0

    def run(self, seed: str, pairs: int) -> Failed | None:
        """A new database and ``pairs`` pairs; the first one that does not fit."""
        wanted = weights(version(self.engine)) | {"life.attach": 0.0}
        wanted["literal.parameter"] = 0.0
        generator = Generator(seed, wanted)
        setup = generator.beginning()
        setup += [generator.changes.statement() for _ in range(generator.choice.number(0, 4))]
        engine = self._database(setup)
        try:
            for _ in range(pairs):
                failed = self._pair(engine, generator, setup)
                if failed is not None:
                    return failed
        finally:
            engine.close()
        return None

    def _pair(self, engine: Engine, generator: Generator, setup: list[Statement]) -> Failed | None:
        name = generator.choice.one(list(ALL))
        case = ALL[name].make(generator)
        difference = self._ask(engine, name, case)
        if difference is None:
            return None
        return Failed([*setup, Statement(case.sql(), "query")], difference)

    def _ask(self, engine: Engine, name: str, case: Case) -> Difference | None:
        try:
            difference = ALL[name].check(_asking(engine), case)
        except Skip:
            self.skipped += 1
            return None
        self.asked[name] += 1
        return difference

    def _database(self, setup: list[Statement]) -> Engine:
        engine: Engine = ENGINES[self.engine](":memory:")
        for statement in setup:
            if statement.kind != "reopen":
                engine.execute(*statement.sql.prepared())
        return engine

    def reduce(self, failed: Failed, seconds: float = 60.0) -> Failed:
        """The same failure from less."""
        kind = failed.difference.kind
        statements = reduced(failed.statements, lambda trial: self._again(trial, failed), kind, seconds)
        found = self._again(statements, failed)
        return Failed(statements, found.difference if found else failed.difference)

    def _again(self, statements: list[Statement], failed: Failed) -> Found | None:
        last = statements[-1].sql
        if " -- " not in last.parts:
            return None
        engine = self._database(statements[:-1])
        try:
            difference = self._ask(engine, failed.difference.kind.split()[0], case_of(last))
        finally:
            engine.close()
        return Found(difference, len(statements)) if difference else None


def _asking(engine: Engine) -> Ask:
    def ask(sql: str) -> list[Row]:
        outcome = engine.execute(sql)
        if isinstance(outcome, Crash):
            raise AssertionError(f"{sql}\n{outcome.text}")
        if not isinstance(outcome, Rows):
            raise Skip
        return outcome.rows

    return ask
