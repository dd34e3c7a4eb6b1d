"""The registry of functions loads what declares them late, and finds the same as if it had loaded everything."""

import pytest

import foundrydb
from foundrydb.vm.functions.builtin import builtin_registry
from foundrydb.vm.functions.scalar import Function

WHOLE = builtin_registry()
NAMES = sorted({function.name for function in WHOLE.all()})


def described(function: Function | None) -> tuple[str, int, int, str] | None:
    return None if function is None else (function.name, function.min_args, function.max_args, function.doc)


@pytest.mark.parametrize("count", range(6))
def test_a_fresh_registry_finds_what_a_whole_one_finds(count: int) -> None:
    found = 0
    for name in NAMES:
        expected = described(WHOLE.find(name, count))
        assert described(builtin_registry().find(name, count)) == expected
        found += expected is not None
    assert found > 5


def test_unknown_names_are_not_there() -> None:
    registry = builtin_registry()
    assert registry.find("no_such", 1) is None
    assert not registry.exists("no_such")
    assert registry.exists("strftime")
    assert registry.modules.find("no_such") is None and registry.modules.table("no_such") is None


def test_a_module_has_one_table_which_is_made_late() -> None:
    modules = builtin_registry().modules
    found = modules.table("Generate_Series")
    assert found is not None and found is modules.table("generate_series")
    names = ["generate_series", "json_each", "json_tree", "jsonb_each", "jsonb_tree"]
    assert [module.name for module in modules.all()] == names
    modules.clear()
    assert modules.table("generate_series") is None and modules.all() == []


def test_a_users_function_stands_before_one_that_is_not_loaded_yet() -> None:
    connection = foundrydb.connect(":memory:")
    connection.create_function("sqrt", 1, lambda x: "mine")
    assert connection.execute("select sqrt(4), sin(0.0), unixepoch('1970-01-01')").fetchone() == (
        "mine",
        0.0,
        0,
    )
    connection.create_function("sqrt", 1, None)
    with pytest.raises(foundrydb.OperationalError, match=r"wrong number of arguments to function sqrt\(\)"):
        connection.execute("select sqrt(4)")
