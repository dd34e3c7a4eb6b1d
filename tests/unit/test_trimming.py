"""What is left out of the C code that mypyc writes, on code of that kind and in the compiled package."""

from __future__ import annotations

import copy
import importlib.util
import inspect
import pickle
import sys
from pathlib import Path
from types import ModuleType

import pytest

from foundrydb.compiler.syntax import ast
from foundrydb.compiler.trees.compare import equal
from foundrydb.vm.ops.registers import SCopy


@pytest.fixture(scope="module")
def trimming() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "trimming.py"
    spec = importlib.util.spec_from_file_location("trimming", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FUNCTION = """
            static const char * const kwlist[] = {"first", "second", 0};
            static CPyArg_Parser parser = {"O|O:name", kwlist, 0};
            call(&parser);
"""


def test_parameters_are_stored_when_they_are_needed(trimming: ModuleType) -> None:
    made = trimming.trimmed(FUNCTION).split("\n")
    assert made[1:-2] == [
        "            static const char *kwlist[3];",
        "static CPyArg_Parser parser;",
        "if (unlikely(parser.format == NULL)) {",
        'kwlist[0] = "first";',
        'kwlist[1] = "second";',
        'parser.keywords = kwlist; parser.format = "O|O:name";',
        "}",
    ]
    one = trimming.trimmed(FUNCTION.replace(', "second"', "").replace("O|O", "O"))
    assert "if (!(kwnames == NULL && nargs == 1) && unlikely(parser.format == NULL)) {" in one


CLASS = """
static PyMethodDef tree___Leaf_methods[] = {
    {"__internal_mypyc_setup", (PyCFunction)CPyDef_tree_____mypyc__Leaf_setup, METH_O, NULL},
    {"width",
     (PyCFunction)CPyPy_tree___Leaf___width,
     METH_FASTCALL | METH_KEYWORDS, PyDoc_STR("width($self)\\n--\\n\\n")},
    {"__setstate__", (PyCFunction)CPyPickle_SetState, METH_O, NULL},
    {"__getstate__", (PyCFunction)CPyPickle_GetState, METH_NOARGS, NULL},
    {NULL}  /* Sentinel */
};
static PyTypeObject CPyType_tree___Leaf_template_ = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "Leaf",
    .tp_hash = CPyDunder___hash__tree___Leaf,
    .tp_richcompare = CPyDunder__RichCompare_tree___Leaf,
    .tp_doc = PyDoc_STR("Leaf(width)\\n--\\n\\n"),
};
static PyTypeObject *CPyType_tree___Leaf_template = &CPyType_tree___Leaf_template_;
    cpy_r_r7 = (PyObject *)CPyType_tree___Leaf_template;
    cpy_r_r8 = CPyType_FromTemplate(cpy_r_r7, cpy_r_r5, cpy_r_r6);
"""


def test_a_class_keeps_what_is_asked_for(trimming: ModuleType) -> None:
    made = trimming.trimmed(CLASS)
    for gone in ("setup", "Compare", "hash", "$self", "FromTemplate(cpy"):
        assert gone not in made, gone
    for kept in (
        "setstate",
        "getstate",
        '{"width",',
        'fields.tp_doc = PyDoc_STR("Leaf(width)',
        'fields.tp_name = "Leaf";',
    ):
        assert kept in made, kept
    assert "    cpy_r_r8 = CPyType_tree___Leaf_template(cpy_r_r5, cpy_r_r6);\n" in made


def test_a_class_that_compares_keeps_its_comparisons(trimming: ModuleType) -> None:
    made = trimming.trimmed(CLASS.replace('"width"', '"__eq__"'))
    assert "fields.tp_hash = " in made and "fields.tp_richcompare = " in made


def test_a_template_with_another_use_stays_in_place(trimming: ModuleType) -> None:
    made = trimming.trimmed(CLASS + "    keep(CPyType_tree___Leaf_template);\n")
    assert "static PyTypeObject CPyType_tree___Leaf_template_ = {" in made


def test_code_of_another_kind_is_left_as_it_is(trimming: ModuleType) -> None:
    code = "int main(void) {\n    return 0;\n}\n"
    assert trimming.trimmed(code) == code


LIBRARY = """
static int exec_all__mypyc(PyObject *module)
{
    extern PyObject *CPyInit_all___one(void);
    capsule = PyCapsule_New((void *)CPyInit_all___one, "all__mypyc.init_all___one", NULL);
    if (!capsule) {
        goto fail;
    }
    res = PyObject_SetAttrString(module, "init_all___one", capsule);
    Py_DECREF(capsule);
    if (res < 0) {
        goto fail;
    }
    return 0;
}
    .m_methods = NULL,
"""


def test_the_library_has_a_table_of_its_modules(trimming: ModuleType) -> None:
    made = trimming.trimmed(LIBRARY)
    assert "    MODULE(all___one)\n" in made and '#define LIBRARY "all__mypyc"' in made
    assert "SetAttrString" not in made and ".m_methods = library_methods," in made


def test_modules_come_out_of_the_library() -> None:
    library = sys.modules.get("foundrydb__mypyc")
    if library is None:
        pytest.skip("not compiled")
    module = library.load("foundrydb.compiler.plan.dump")
    assert module is importlib.import_module("foundrydb.compiler.plan.dump")
    assert module.__spec__ is not None and module.__spec__.name == "foundrydb.compiler.plan.dump"
    assert library.load("foundrydb.errors") is sys.modules["foundrydb.errors"]
    with pytest.raises(ModuleNotFoundError, match=r"foundrydb\.nothing"):
        library.load("foundrydb.nothing")
    with pytest.raises(AttributeError):
        _ = library.nothing


def test_compiled_classes_have_no_more_than_is_asked_for() -> None:
    names = vars(ast.Name)
    assert "values_of_fields" in names and "__init__" in names
    assert not {"__internal_mypyc_setup", "__lt__"} & set(names)


def test_trees_are_copied_pickled_and_compared_all_the_same() -> None:
    name = ast.Name(0, 1, "a", "")
    assert copy.copy(name) == pickle.loads(pickle.dumps(name)) == name
    assert hash(name) == hash(ast.Name(5, 6, "a", ""))
    assert name != ast.Name(0, 1, "b", "")


def test_the_parameters_of_constructors_are_known() -> None:
    assert list(inspect.signature(SCopy).parameters)[-1] == "dest"


def test_what_compiled_functions_are_called_with_is_checked() -> None:
    name = ast.Name(start=0, end=1, text="a", quote="")
    assert name.with_fields(values=["b", ""]) == ast.Name(0, 1, "b", "")
    with pytest.raises(TypeError, match="with_fields"):
        name.with_fields(wrong=[])  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        name.values_of_fields(1)  # type: ignore[call-arg]
    assert equal(name, b=name)
    with pytest.raises(TypeError):
        equal(name)  # type: ignore[call-arg]
