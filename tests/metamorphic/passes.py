"""Each optimizer pass, and then formulas, off in turn: a query's rows do not change, only the way to them."""

from __future__ import annotations

from collections import Counter
from typing import Final, final

from differential.compare import Difference, compare
from differential.engines import Failure, Foundry, Outcome, Refusal
from differential.features import weights
from differential.generator import Generator
from differential.runner import Found, reduced
from differential.statement import Statement
from harness.switches import leave_out

from foundrydb.compiler.plan.optimizer import PASSES
from metamorphic.runner import Failed

PASS_NAMES: Final = [*(item.name for item in PASSES), "formulas"]
ALL: Final = "all passes"


@final
class PassPairs:
    """Queries asked with every pass, and without each.

    Attributes:
        asked: how many queries were compared without each pass.
        skipped: how many queries were refused.
    """

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.skipped = 0

    def run(self, seed: str, pairs: int) -> Failed | None:
        """A new database and ``pairs`` pairs; the first query whose rows change."""
        # (INDEXED BY is refused where no pass chooses indexes.)
        generator = Generator(seed, weights((3, 54)) | {"life.attach": 0.0, "from.indexed_by": 0.0})
        setup = generator.beginning()
        setup += [generator.changes.statement() for _ in range(generator.choice.number(0, 4))]
        if generator.choice.chance(0.3):
            setup.append(generator.schemas.index())
        engine = _database(setup)
        try:
            for _ in range(max(1, pairs // (len(PASS_NAMES) + 1))):
                query = generator.queries.statement()
                difference = self._ask(engine, query, [*PASS_NAMES, ALL])
                if difference is not None:
                    return Failed([*setup, query], difference)
        finally:
            engine.close()
        return None

    def _ask(self, engine: Foundry, query: Statement, names: list[str]) -> Difference | None:
        wanted = _without(engine, query, "")
        if isinstance(wanted, Refusal):
            self.skipped += 1
            return None
        for name in names:
            got = _without(engine, query, name)
            if isinstance(got, Failure) and got.text == "interrupted":
                self.skipped += 1  # A pass may be what makes a query end in time.
                continue
            self.asked[name] += 1
            difference = compare(query, got, wanted)
            if difference is not None:
                return Difference(f"without {name}: {difference.kind}", difference.got, difference.wanted)
        return None

    def reduce(self, failed: Failed, seconds: float = 60.0) -> Failed:
        """The same failure from less."""
        kind = failed.difference.kind
        name = kind.removeprefix("without ").partition(":")[0]

        def again(statements: list[Statement]) -> Found | None:
            if statements[-1].kind != "query":
                return None
            engine = _database(statements[:-1])
            try:
                difference = self._ask(engine, statements[-1], [name])
            finally:
                engine.close()
            return Found(difference, len(statements)) if difference else None

        statements = reduced(failed.statements, again, kind, seconds)
        found = again(statements)
        return Failed(statements, found.difference if found else failed.difference)


def _database(setup: list[Statement]) -> Foundry:
    engine = Foundry(":memory:")
    for statement in setup:
        engine.execute(*statement.sql.prepared())
    return engine


def _without(engine: Foundry, query: Statement, name: str) -> Outcome:
    """The query's answer without a pass; the comment keeps it from the cache of compiled statements."""
    left_out = PASS_NAMES if name == ALL else [name] if name else []
    leave_out(engine.connection, left_out)
    sql, values = query.sql.prepared()
    try:
        return engine.execute(f"/* without {name or 'nothing'} */ {sql}", values)
    finally:
        leave_out(engine.connection, [])
