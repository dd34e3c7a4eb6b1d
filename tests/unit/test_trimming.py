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


TOP_LEVEL = """#include "all.h"

int CPyExec_all___two(PyObject *module)
{
    return 0;
}

char CPyDef_two_____top_level__(void) {
    char cpy_r_r99;
    cpy_r_r1 = (void *)&CPyModule_all___one;
    cpy_r_r2 = (void *)&CPyImportState_all___one;
    cpy_r_r3 = CPyModuleLockAPI_all;
    cpy_r_r4 = CPyImport_IsInitialized(cpy_r_r2);
    if (!cpy_r_r4) goto CPyL3;
    cpy_r_r5 = PyImport_GetModuleDict();
    cpy_r_r6 = CPyStatics[7]; /* 'all.one' */
    cpy_r_r7 = CPyDict_GetItem(cpy_r_r5, cpy_r_r6);
    if (unlikely(cpy_r_r7 == NULL)) {
        CPy_AddTraceback("two.py", "<module>", 4, CPyStatic_two___globals);
        goto CPyL9;
    }
    cpy_r_r8 = cpy_r_r7;
    goto CPyL7;
CPyL3: ;
    cpy_r_r9 = CPyInitOnly_all___one;
    cpy_r_r10 = CPyExec_all___one;
    cpy_r_r11 = (PyObject **)&CPyModule_all___one__internal;
    cpy_r_r12 = PyImport_GetModuleDict();
    cpy_r_r13 = CPyStatics[5]; /* 'all__mypyc' */
    cpy_r_r14 = CPyDict_GetItem(cpy_r_r12, cpy_r_r13);
    if (unlikely(cpy_r_r14 == NULL)) {
        CPy_AddTraceback("two.py", "<module>", 4, CPyStatic_two___globals);
        goto CPyL9;
    }
    cpy_r_r15 = CPyStatics[6]; /* '__file__' */
    cpy_r_r16 = CPyObject_GetAttr(cpy_r_r14, cpy_r_r15);
    CPy_DECREF(cpy_r_r14);
    if (unlikely(cpy_r_r16 == NULL)) {
        CPy_AddTraceback("two.py", "<module>", 4, CPyStatic_two___globals);
        goto CPyL9;
    }
    cpy_r_r17 = CPyStatics[8]; /* '.so' */
    cpy_r_r18 = CPyStatics[7]; /* 'all.one' */
    cpy_r_r19 = CPyImport_ImportNative(cpy_r_r18, cpy_r_r9, cpy_r_r10, cpy_r_r11, cpy_r_r1, cpy_r_r2, cpy_r_r3, cpy_r_r16, cpy_r_r17, 0);
    CPy_DECREF(cpy_r_r16);
    if (unlikely(cpy_r_r19 == NULL)) {
        CPy_AddTraceback("two.py", "<module>", 4, CPyStatic_two___globals);
        goto CPyL9;
    }
    cpy_r_r8 = cpy_r_r19;
CPyL7: ;
    cpy_r_r20 = CPyStatics[10]; /* ('Leaf',) */
    cpy_r_r21 = CPyStatic_two___globals;
    cpy_r_r22 = CPyImport_GetNativeAttrs(cpy_r_r8, cpy_r_r20, cpy_r_r20, cpy_r_r21);
    CPy_DECREF(cpy_r_r8);
    if (unlikely(cpy_r_r22 == NULL)) {
        CPy_AddTraceback("two.py", "<module>", 4, CPyStatic_two___globals);
        goto CPyL9;
    }
    cpy_r_r23 = CPyStatics[11]; /* '__mypyc_attrs__' */
    cpy_r_r24 = CPyStatics[12]; /* 'width' */
    cpy_r_r25 = PyTuple_Pack(1, cpy_r_r24);
    if (unlikely(cpy_r_r25 == NULL)) {
        CPy_AddTraceback("two.py", "<module>", 8, CPyStatic_two___globals);
        goto CPyL9;
    }
    cpy_r_r26 = PyObject_SetAttr(cpy_r_r22, cpy_r_r23, cpy_r_r25);
    CPy_DECREF(cpy_r_r25);
    cpy_r_r27 = cpy_r_r26 >= 0;
    if (unlikely(!cpy_r_r27)) {
        CPy_AddTraceback("two.py", "<module>", 8, CPyStatic_two___globals);
        goto CPyL9;
    }
    return 1;
CPyL9: ;
    cpy_r_r99 = 2;
    return cpy_r_r99;
}
"""  # noqa: E501


def test_what_runs_a_module_is_small(trimming: ModuleType) -> None:
    made = trimming.trimmed(TOP_LEVEL)
    function = made[made.index("__attribute__((cold)) char") : made.index("PyObject *imported_all___two(")]
    assert function.split("\n") == [
        "__attribute__((cold)) char CPyDef_two_____top_level__(void) {",
        "    int line = 0;",
        "    char cpy_r_r99;",
        "    cpy_r_r20 = CPyStatics[10]; /* ('Leaf',) */",
        "    cpy_r_r21 = CPyStatic_two___globals;",
        "    cpy_r_r22 = names_imported(imported_all___one(CPyStatics[7], 0), cpy_r_r20, cpy_r_r20, cpy_r_r21);",
        "    if (unlikely(cpy_r_r22 == NULL)) {",
        "        line = 4;",
        "        goto CPyL9;",
        "    }",
        "    return 1;",
        "CPyL9: ;",
        '    CPy_AddTraceback("two.py", "<module>", line, CPyStatic_two___globals);',
        "    cpy_r_r99 = 2;",
        "    return cpy_r_r99;",
        "}",
        "",
        "",
    ]
    assert made.startswith('#include "all.h"\n\nextern PyObject *imported(')
    assert "extern PyObject *imported_all___one(PyObject *name, Py_ssize_t is_package);\n" in made


def test_an_import_alone_is_a_call(trimming: ModuleType) -> None:
    made = trimming.trimmed(TOP_LEVEL.replace("GetNativeAttrs", "Other"))
    assert (
        "    cpy_r_r8 = imported_all___one(CPyStatics[7], 0);\n    if (unlikely(cpy_r_r8 == NULL)) {" in made
    )


def test_a_module_that_fails_tells_the_line(trimming: ModuleType) -> None:
    """One way out is not known: then each failure is told where it is."""
    made = trimming.trimmed(
        TOP_LEVEL.replace("return 1;", "goto CPyL10;\nCPyL10: ;\n    cpy_r_r98 = 2;\n    return 2;")
    )
    assert made.count('CPy_AddTraceback("two.py", "<module>", 4, CPyStatic_two___globals);') == 1
    assert "int line" not in made


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
