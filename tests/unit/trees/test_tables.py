"""Every table from a node's class to a function has an entry for every class that it is for."""

from __future__ import annotations

import importlib
import pkgutil

import foundrydb.compiler
import foundrydb.toolkit.stages
from foundrydb.compiler.trees.dispatch import TABLES


def test_no_class_is_missing_in_a_table() -> None:
    for package in (foundrydb.compiler, foundrydb.toolkit):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    tables = [table for table in TABLES if table.bases and table.bases[0].__module__.startswith("foundrydb.")]
    assert len(tables) >= 8
    for table in tables:
        assert table.missing() == [], table.task
