"""Compiling the programs of triggers.

The program of a trigger is compiled when code that may set it off is generated, once for each OR clause that it may
have to go by.  Its statements go through the stages one by one, each bound in sight of ``old`` and ``new``; their code
stands one after the other in one program.  A program that sets itself off, however indirectly, is found half made.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final, final

from foundrydb.compiler.bind.binder import Binder, view_table
from foundrydb.compiler.bind.from_items import SourceItem
from foundrydb.compiler.bind.notes.authorization import Ignored
from foundrydb.compiler.bind.scope import Scope, TriggerStep
from foundrydb.compiler.bind.writes.trigger_steps import trigger_scope
from foundrydb.compiler.codegen.coder import Coder, TriggerCode, TriggerCompiler
from foundrydb.compiler.codegen.writes.triggers import (
    RowTriggerCode,
    code_condition,
    code_step,
    given_row,
)
from foundrydb.compiler.plan import nodes
from foundrydb.compiler.plan.building.builder import build
from foundrydb.compiler.plan.optimizer import optimize
from foundrydb.compiler.schema.names import fold, quoted_name
from foundrydb.compiler.schema.objects import View
from foundrydb.compiler.syntax import ast
from foundrydb.compiler.syntax.parser import parse_one

if TYPE_CHECKING:
    from foundrydb.compiler.bind.bound import Source
    from foundrydb.compiler.pipeline import Options
    from foundrydb.compiler.plan.nodes import Node
    from foundrydb.compiler.schema.catalog import Catalog
    from foundrydb.compiler.schema.objects import Table, Trigger
    from foundrydb.vm.functions.registry import FunctionRegistry
    from foundrydb.vm.program import Program


def planned(binder: Binder, statement: ast.Statement, options: Options) -> Node:
    """The plan of a statement."""
    plan = build(binder.statement(statement), binder.functions)
    backwards = bool(options.values.get("reverse_unordered_selects"))
    plans = optimize(
        plan, binder.catalog, binder.functions, options.without, options.encoding, None, backwards
    )
    return plans[-1][1] if plans else plan


@final
class TriggerPrograms(TriggerCompiler):
    """The programs of the triggers that one statement may set off."""

    def __init__(self, catalog: Catalog, functions: FunctionRegistry, options: Options) -> None:
        self._catalog: Final = catalog
        self._functions: Final = functions
        self._options: Final = options
        self._codes: Final[dict[tuple[str, str, str, str], RowTriggerCode]] = {}
        self._triggers: Final[dict[tuple[str, str, str], int]] = {}
        self._programs: Final[list[Program | None]] = []
        # Code generation tells the nodes of plans apart by what they are, as long as the statement's is not finished.
        self._kept: Final[list[Node]] = []

    def code(self, top: Coder, trigger: Trigger, conflict: str) -> TriggerCode:
        name = (trigger.title(), trigger.schema, fold(trigger.name))
        key = (*name, conflict)
        found = self._codes.get(key)
        if found is None:
            alone = not trigger.is_action and not self._options.values.get("recursive_triggers")
            same = self._triggers.setdefault(name, len(self._triggers))
            found = self._codes[key] = RowTriggerCode(len(self._programs), same, alone)
            self._programs.append(None)
            self._compile(top, trigger, conflict, found)
        return found

    def query(self, text: str, table: Table) -> tuple[nodes.Output, Source]:
        binder = Binder(self._catalog, self._functions, text)
        binder.spans = False
        row = binder.given_row(table, "row", True)
        scope = Scope(None, binder.new_source("aggregate", []), None, None)
        scope.items.append(SourceItem(row, "row", "*", not table.without_rowid, True))
        binder.step = TriggerStep(scope, table.schema, "")
        statement, _ = parse_one(text)
        assert statement is not None
        plan = planned(binder, statement, self._options)
        assert isinstance(plan, nodes.Output)
        self._kept.append(plan)
        return plan, row

    def deletion(self, table: Table) -> nodes.Delete:
        text = f"DELETE FROM {quoted_name(table.name)}"
        binder = Binder(self._catalog, self._functions, text)
        binder.spans = False
        binder.settings = {**self._options.values, "enable_trigger": 0}
        binder.drops = True
        binder.step = TriggerStep(
            Scope(None, binder.new_source("aggregate", []), None, None), table.schema, ""
        )
        statement, _ = parse_one(text)
        assert statement is not None
        plan = planned(binder, statement, self._options)
        assert isinstance(plan, nodes.Delete)
        self._kept.append(plan)
        return plan

    def programs(self) -> list[Program]:
        return [program for program in self._programs if program is not None]

    def plans(self) -> list[Node]:
        return [plan for code in self._codes.values() for plan in code.plans]

    def _compile(self, top: Coder, trigger: Trigger, conflict: str, code: RowTriggerCode) -> None:
        coder = Coder(self._catalog, self._functions, top.settings.for_trial(), top)
        step = Step(self._catalog, self._functions, self._options, trigger, conflict)
        statement = trigger.statement
        coder.settled = trigger.settled
        given_row(coder, step.old, step.new)
        end = coder.label()
        if statement.when is not None:
            self._code_condition(coder, step, statement.when, end)
        for one in statement.body:
            with suppress(Ignored):
                plan = step.plan(one)
                code.plans.append(plan)
                code_step(coder, plan)
        coder.place(end)
        code.old, code.new = step.old, step.new
        code.coder = coder
        self._programs[code.number] = coder.finish(0, trigger.title())

    def _code_condition(self, coder: Coder, step: Step, when: ast.Expression, end: int) -> None:
        """Emit the jump to ``end`` unless the condition holds: unless a query that asks for it has a row."""
        at, end_of = when.start, when.end
        one = ast.ResultExpression(at, end_of, ast.Null(at, end_of), None)
        body = ast.SelectCore(at, end_of, False, (one,), None, when, (), None, ())
        plan = step.plan(ast.Select(at, end_of, None, body, (), None, None), True)
        assert isinstance(plan, nodes.Output)
        self._kept.append(plan)
        code_condition(coder, plan, end)


@final
class Step:
    """How the statements of a trigger's program are bound and planned.

    Attributes:
        old, new: the row that the program is run for, as it was and as it becomes.
    """

    def __init__(
        self,
        catalog: Catalog,
        functions: FunctionRegistry,
        options: Options,
        trigger: Trigger,
        conflict: str,
    ) -> None:
        self._catalog: Final = catalog
        self._functions: Final = functions
        self._options: Final = options
        self._trigger: Final = trigger
        binder = self._binder()
        relation = catalog.table_of(trigger)
        assert relation is not None, f"the table of trigger {trigger.name} is gone"
        table = view_table(relation, catalog, functions) if isinstance(relation, View) else relation
        self.old: Final = binder.given_row(table, "old")
        self.new: Final = binder.given_row(table, "new", subtyped=True)
        scope = trigger_scope(binder, trigger, self.old, self.new)
        self._sources = binder.sources
        self._step: Final = TriggerStep(scope, trigger.sought_in(), conflict)

    def plan(self, statement: ast.Statement, condition: bool = False) -> Node:
        """The plan of a statement of the program.  condition: it is a query that stands for one.

        Raises:
            Ignored: an authorizer wants it to do nothing.
        """
        binder = self._binder()
        binder.condition = condition
        if self._options.authorization is not None and not self._trigger.is_action:
            binder.authorization = self._options.authorization.of_trigger(self._trigger.name)
        binder.step = self._step
        binder.sources = self._sources
        plan = planned(binder, statement, self._options)
        self._sources = binder.sources
        return plan

    def _binder(self) -> Binder:
        trigger = self._trigger
        options = self._options
        binder = Binder(self._catalog, self._functions, trigger.sql)
        binder.spans = False
        binder.trusted = trigger.schema == "temp"
        binder.collations = options.collations
        binder.settings = options.values
        binder.strings = bool(options.values.get("dqs_dml", 1))
        return binder
