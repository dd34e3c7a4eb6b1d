"""Helpers of the planner's tests: a catalog from CREATE statements, and plans as text."""

from __future__ import annotations

from itertools import pairwise

import apsw

from foundrydb.compiler.bind.binder import bind_statement
from foundrydb.compiler.bind.statements import BoundStatement
from foundrydb.compiler.plan.building.builder import build
from foundrydb.compiler.plan.costs.estimates import estimate
from foundrydb.compiler.plan.dump import diff, dump_text
from foundrydb.compiler.plan.nodes import Node
from foundrydb.compiler.plan.optimizer import optimize
from foundrydb.compiler.schema.catalog import Catalog
from foundrydb.compiler.schema.load import load_schema, load_statistics
from foundrydb.compiler.syntax.parser import parse_one
from foundrydb.errors import Error
from foundrydb.vm.functions.builtin import builtin_registry

FUNCTIONS = builtin_registry()


class Bench:
    """A schema that C SQLite made and both engines see: ``con`` is C SQLite's connection."""

    def __init__(self, schema: str) -> None:
        self.con = apsw.Connection(":memory:")
        self.con.execute(schema)
        self.catalog = Catalog()
        rows = "select type, name, tbl_name, rootpage, sql from "
        load_schema(self.catalog.schemas[0], [tuple(r) for r in self.con.execute(rows + "sqlite_schema")])
        load_schema(
            self.catalog.schemas[1], [tuple(r) for r in self.con.execute(rows + "sqlite_temp_schema")]
        )
        if self.catalog.schemas[0].table("sqlite_stat1") is not None:
            stat = self.con.execute("select tbl, idx, stat from sqlite_stat1")
            load_statistics(self.catalog.schemas[0], [tuple(r) for r in stat])

    def bind(self, sql: str) -> BoundStatement:
        """The statement with its names looked up."""
        statement, _ = parse_one(sql)
        assert statement is not None
        return bind_statement(statement, sql, self.catalog, FUNCTIONS)

    def build(self, sql: str) -> Node:
        """The plan as built."""
        return build(self.bind(sql), FUNCTIONS)

    def trace(self, sql: str, without: tuple[str, ...] = ()) -> list[tuple[str, Node]]:
        """The plan as built, and after each pass that changed it, with their estimates."""
        plan = self.build(sql)
        trace = [("build", plan), *optimize(plan, self.catalog, FUNCTIONS, frozenset(without))]
        for _, made in trace:
            estimate(made, self.catalog)
        return trace

    def plan(self, sql: str, without: tuple[str, ...] = ()) -> str:
        """The last plan as text, without estimates."""
        return dump_text(self.trace(sql, without)[-1][1], False)

    def change(self, sql: str, name: str) -> str:
        """What one pass changed."""
        trace = self.trace(sql)
        for (_, before), (done, after) in pairwise(trace):
            if done == name:
                return diff(before, after)
        return ""

    def error(self, sql: str) -> str:
        """The message that binding the statement ends in, "" for none."""
        try:
            self.build(sql)
        except Error as problem:
            return problem.message
        return ""

    def oracle_error(self, sql: str) -> str:
        """The message that C SQLite prepares the statement with, "" for none."""
        try:
            self.con.execute("explain " + sql)
        except apsw.Error as problem:
            return str(problem)
        return ""
