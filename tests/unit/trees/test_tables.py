"""Every table from a node's class to a function has an entry for every class that it is for."""

from __future__ import annotations

import importlib
import pkgutil

import foundrydb.compiler
import foundrydb.toolkit.stages
from foundrydb.compiler import late
from foundrydb.compiler.trees.dispatch import TABLES, leaves


def test_no_class_is_missing_in_a_table() -> None:
    for package in (foundrydb.compiler, foundrydb.toolkit):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    tables = [table for table in TABLES if table.bases and table.bases[0].__module__.startswith("foundrydb.")]
    assert len(tables) >= 8
    for table in tables:
        assert table.missing() == [], table.task


def test_what_is_loaded_late_by_name_is_there() -> None:
    for name in [*late.NAMES, *late.LIBRARIES]:
        assert late.named(name), name


def test_no_class_is_loaded_late_that_a_table_does_not_know() -> None:
    for table in TABLES:
        known = {leaf.__name__ for base in table.bases for leaf in leaves(base)}
        assert known >= set(table.late), table.task
