"""What is loaded late: modules that most programs do without, by the classes and names they are needed for.

Nothing else in the compiler is imported but at the top of a file, the passes that ``plan/optimizer.py`` lists apart.
Modules stand here by name, so that this file is below all others.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from foundrydb.late import module_of

ROOTS: Final = {
    "AlterTable": "codegen.schema.alter_table",
    "Analyze": "codegen.schema.analyze",
    "Attach": "codegen.schema.attach",
    "CreateIndex": "codegen.schema.create_index",
    "CreateTableAs": "codegen.schema.create_table",
    "Delete": "codegen.writes.delete",
    "Detach": "codegen.schema.attach",
    "Insert": "codegen.writes.insert",
    "Instead": "codegen.writes.instead",
    "Nothing": "codegen.schema.create_index",
    "Reindex": "codegen.schema.create_index",
    "Update": "codegen.writes.update",
    "Vacuum": "codegen.schema.vacuum",
}
"""The roots of plans, by class."""

PRODUCERS: Final = {
    "Aggregate": "codegen.rows.aggregation",
    "Compound": "codegen.rows.compound",
    "Derived": "codegen.rows.derived",
    "Distinct": "codegen.rows.ordering",
    "IndexScan": "codegen.rows.index_access",
    "Join": "codegen.rows.joins",
    "Limit": "codegen.rows.ordering",
    "ModuleScan": "codegen.rows.virtual",
    "ModuleSearch": "codegen.rows.virtual",
    "QueueRow": "codegen.rows.recursion",
    "Recursion": "codegen.rows.recursion",
    "RowidSeek": "codegen.rows.seeks",
    "SeekUnion": "codegen.rows.seeks",
    "Sort": "codegen.rows.ordering",
    "Spool": "codegen.rows.keeping",
    "TransientIndex": "codegen.rows.keeping",
    "Window": "codegen.rows.windows",
}
"""Plan nodes that yield rows, by class."""

VALUES: Final = {
    "Between": "codegen.expressions.comparisons",
    "Binary": "codegen.expressions.operators",
    "Call": "codegen.expressions.function_calls",
    "Case": "codegen.expressions.operators",
    "Cast": "codegen.expressions.operators",
    "Compare": "codegen.expressions.comparisons",
    "Exists": "codegen.expressions.subqueries",
    "InList": "codegen.expressions.membership",
    "InQuery": "codegen.expressions.membership",
    "IsNull": "codegen.expressions.operators",
    "IsTruth": "codegen.expressions.operators",
    "Logic": "codegen.expressions.operators",
    "ScalarQuery": "codegen.expressions.subqueries",
    "Unary": "codegen.expressions.operators",
}
"""Expressions whose value is coded late, by class."""

JUMPS: Final = {
    "Between": "codegen.expressions.comparisons",
    "Binary": "codegen.expressions.operators",
    "Call": "codegen.expressions.function_calls",
    "Compare": "codegen.expressions.comparisons",
    "Exists": "codegen.expressions.subqueries",
    "InList": "codegen.expressions.membership",
    "InQuery": "codegen.expressions.membership",
    "IsNull": "codegen.expressions.comparisons",
}
"""Expressions that are coded late as conditions, by class."""

PLANNED_LATE: Final = {
    "BoundAlter": "plan.building.schema_changes",
    "BoundAnalyze": "plan.building.schema_changes",
    "BoundAttach": "plan.building.schema_changes",
    "BoundCreateIndex": "plan.building.schema_changes",
    "BoundCreateTableAs": "plan.building.schema_changes",
    "BoundDelete": "plan.building.writes",
    "BoundDetach": "plan.building.schema_changes",
    "BoundInsert": "plan.building.writes",
    "BoundInstead": "plan.building.writes",
    "BoundReindex": "plan.building.schema_changes",
    "BoundUpdate": "plan.building.writes",
    "BoundVacuum": "plan.building.schema_changes",
}
"""Bound statements whose planning is loaded late, by class."""

STATEMENTS: Final = {
    "CreateTable": "codegen.schema.create_table",
    "CreateTrigger": "codegen.schema.create_trigger",
    "CreateView": "codegen.schema.create_view",
    "CreateVirtualTable": "codegen.schema.create_table",
    "DropIndex": "codegen.schema.drop",
    "DropTable": "codegen.schema.drop",
    "DropTrigger": "codegen.schema.drop",
    "DropView": "codegen.schema.drop",
    "Pragma": "codegen.pragmas.registry",
}
"""Statements without a plan, by class."""

NAMES: Final = {
    "Aggregation": "plan.building.aggregation",
    "Attribution": "codegen.attribution",
    "CATALOG_PRAGMAS": "codegen.pragmas.schema_pragmas",
    "CHECKS": "codegen.pragmas.checks",
    "Choices": "plan.choices",
    "Expansion": "bind.queries.expand",
    "Names": "bind.notes.names",
    "Nullable": "plan.nullable",
    "RowChange": "codegen.writes.change_row",
    "Reach": "bind.writes.reach",
    "RowKeys": "codegen.writes.foreign_keys",
    "SETTINGS": "codegen.pragmas.settings_pragmas",
    "TriggerPrograms": "trigger_programs",
    "Windowing": "plan.building.windows",
    "authorize": "authorize",
    "bind_add_column": "bind.alter.add_column",
    "bind_add_constraint": "bind.alter.change_constraints",
    "bind_analyze": "bind.schema.analyses",
    "bind_attach": "bind.schema.attachments",
    "bind_compound": "bind.queries.compound",
    "bind_create_index": "bind.schema.schema_changes",
    "bind_create_table_as": "bind.schema.schema_changes",
    "bind_delete": "bind.writes.changes",
    "bind_drop_column": "bind.alter.drop_column",
    "bind_drop_constraint": "bind.alter.change_constraints",
    "bind_drop_not_null": "bind.alter.change_constraints",
    "bind_detach": "bind.schema.attachments",
    "bind_insert": "bind.writes.changes",
    "bind_order": "bind.queries.compound",
    "bind_recursion": "bind.queries.recursion",
    "bind_reindex": "bind.schema.schema_changes",
    "bind_rename_column": "bind.alter.rename",
    "bind_rename_table": "bind.alter.rename",
    "bind_set_not_null": "bind.alter.change_constraints",
    "bind_update": "bind.writes.changes",
    "bind_vacuum": "bind.schema.vacuum",
    "bind_window_call": "bind.expressions.windows",
    "call_formula": "codegen.expressions.call_formulas",
    "call_text": "codegen.expressions.call_formulas",
    "code_raise": "codegen.writes.triggers",
    "column_text": "bind.notes.names",
    "copied_record": "codegen.writes.copying",
    "deep": "trees.copies",
    "define_windows": "bind.expressions.windows",
    "look_up_windows": "bind.expressions.windows",
    "window_of_call": "bind.expressions.windows",
    "delete_from_view": "bind.writes.views",
    "did_you_mean": "syntax.diagnostics",
    "dump": "trees.text",
    "dump_text": "plan.dump",
    "expected_hint": "syntax.diagnostics",
    "explain_program": "codegen.explain",
    "find_pragma": "codegen.pragmas.registry",
    "folded_condition": "plan.passes.logical.fold_constants",
    "has_links": "schema.foreign_keys",
    "hash_cost": "plan.costs.hashed_access",
    "hashing_pays": "plan.costs.hashed_access",
    "implied": "plan.costs.partial_indexes",
    "insert_into_view": "bind.writes.views",
    "lift": "lift",
    "is_undisturbed": "plan.disturbance",
    "list_members": "codegen.expressions.membership",
    "located": "bind.missing",
    "look_up_pays": "plan.costs.hashed_access",
    "look_through": "bind.writes.trigger_steps",
    "missing_collation": "bind.missing",
    "may_hash": "plan.costs.hashed_access",
    "module_accesses": "plan.costs.module_search",
    "note_table": "bind.schema.declared_names",
    "open_rows": "codegen.rows.keeping",
    "only_counts": "plan.passes.physical.count_rows",
    "packed": "trees.copies",
    "pattern_collations": "plan.costs.patterns",
    "pattern_range": "plan.costs.patterns",
    "pragma_modules": "codegen.pragmas.as_tables",
    "produce_kept": "codegen.rows.keeping",
    "query_members": "codegen.expressions.membership",
    "recursive_selects": "bind.queries.recursion",
    "relation_text": "bind.notes.names",
    "scalar_columns": "codegen.expressions.subqueries",
    "shallow": "trees.copies",
    "subtyped": "bind.expressions.subtypes",
    "trace": "provenance",
    "unordered_sources": "plan.passes.physical.reverse_unordered",
    "unpacked": "trees.copies",
    "told_mistake": "bind.expressions.mistakes",
    "update_view": "bind.writes.views",
    "window_action": "syntax.actions.build_window",
    "with_reals": "bind.queries.reals",
}
"""Functions, classes and lists, by name."""


LIBRARIES: Final = {
    "deepcopy": "copy",
    "get_close_matches": "difflib",
    "wcswidth": "wcwidth",
}
"""What is taken from other packages, by name."""


def load(module: str) -> Any:
    """A module of the compiler, loaded now if it was not yet."""
    return module_of("foundrydb.compiler." + module)


_FOUND: Final[dict[str, Any]] = {}
"""What ``named`` has looked up: the planner asks again and again, and looking up a module takes a walk through all."""


def named(name: str) -> Any:
    """What stands under one of ``NAMES`` or ``LIBRARIES``."""
    found = _FOUND.get(name)
    if found is None:
        module = import_module(LIBRARIES[name]) if name in LIBRARIES else load(NAMES[name])
        found = _FOUND[name] = getattr(module, name)
    return found
