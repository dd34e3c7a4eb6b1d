"""Changes the C code that mypyc writes before it is compiled: what nothing here asks for is left out.

mypyc gives each class and each function all that any program may want of it from Python, and a process pays for that
when it loads the library, used or not: the linker's relocations touch every table that holds an address, and each name
in a class becomes an object.  ``trimmed`` changes ten things:

=================================  ==================================================================================
the names of parameters            are stored by the first call that needs them, so that the tables hold no addresses
signatures of functions            are left out; those of constructors stay, ``inspect.signature`` reads them
``__internal_mypyc_setup``         is left out: it is for classes with a ``__new__`` of their own
comparisons                        are inherited, not written into each class anew
what a class is made from          stands on the stack while it is made, not in the library's data for ever
texts among the literals           are interned where they can be names, not all
imports within the library         are calls: what mypyc writes at each of them, a third of a kilobyte, stands once
the names of a class's attributes  are left out, which mypyc would pickle objects by
the line where a module fails      is set where it fails, and told in one place
what makes the modules             stands in a table of the library, whose ``load`` takes a module from there: another
                                   way than by the file that the interpreter finds, which is a library of its own
=================================  ==================================================================================

A later mypyc that writes something else is compiled as it is: a pattern that is not found changes nothing.
"""

from __future__ import annotations

import re
from typing import Final

_PARAMETERS: Final = re.compile(
    r"static const char \* const kwlist\[\] = \{(?:(.*), )?0\};\n"
    r' +static CPyArg_Parser parser = (\{"([^":]*)[^"]*"), kwlist, 0\};'
)
"""A function's table of parameters: their names, and its format, which tells how many there are."""

_NAMES: Final = re.compile(r"static const char \* const kwlist\[\] = \{(?:(.*), )?0\};\n")
"""A constructor's parameters: there the names are looked up in each call, and no table is kept."""

_FAST: Final = {"": "kwnames == NULL && nargs == 0", "O": "kwnames == NULL && nargs == 1"}
"""When a call needs no table, by format."""

_METHODS: Final = re.compile(r"static PyMethodDef (\w+)_methods\[\] = \{\n(.*?)\n\};", re.DOTALL)
_COMPARISON: Final = re.compile(r'"__(?:eq|ne|lt|le|gt|ge|hash)__"')

_SIGNATURE: Final = re.compile(r'(METH_\w+(?: \| METH_\w+)*), PyDoc_STR\((?:"[^"]*"|NULL)\)')
_UNUSED_METHOD: Final = re.compile(
    r'\{"__internal_mypyc_setup", \(PyCFunction\)CPyDef_\w+, METH_\w+, NULL\},\n'
)

_TEMPLATE: Final = re.compile(
    r"static PyTypeObject (CPyType_\w+_template)_ = \{\n    PyVarObject_HEAD_INIT\(NULL, 0\)\n(.*?)\};\n(.*?)"
    r"static PyTypeObject \*\1 = &\1_;\n",
    re.DOTALL,
)
_FIELD: Final = re.compile(r"^    \.(\w+) = (.*),$", re.MULTILINE)
_MADE_FROM: Final = re.compile(
    r"    (cpy_r_r\d+) = \(PyObject \*\)(CPyType_\w+_template);\n    (cpy_r_r\d+) = CPyType_FromTemplate\(\1, "
)
_CLOSURE: Final = re.compile(r"CPyType_FromTemplate\(\(PyObject \*\)(CPyType_\w+_template), ")
_OTHER_USE: Final = re.compile(r"CPyType_\w+_template\b(?!\()")
"""What a class is made from, its fields, and where it is made; where the class of a closure is; other uses."""

_INTERNED: Final = "                PyUnicode_InternInPlace(&obj);\n                *result++ = obj;"
_INTERNED_NAMES: Final = "                if (PyUnicode_IsIdentifier(obj))\n    " + _INTERNED

_REGISTER: Final = r"cpy_r_r\d+"
_SET: Final = rf"    {_REGISTER} = .*\n"
_FAILURE: Final = r" \{\n        CPy_AddTraceback\(.*\);\n        goto CPyL\d+;\n    \}\n"
_FAILS: Final = rf"    if \(unlikely\({_REGISTER} == NULL\)\){_FAILURE}"
_IMPORT: Final = re.compile(
    rf"    {_REGISTER} = \(void \*\)&CPyModule_(?P<module>\w+);\n{_SET}{_SET}"
    rf"    {_REGISTER} = CPyImport_IsInitialized\(.*\n    if \(!{_REGISTER}\) goto (?P<other>CPyL\d+);\n"
    rf"{_SET}    {_REGISTER} = (?P<name>CPyStatics\[\d+\]);.*\n{_SET}{_FAILS}{_SET}    goto (?P<end>CPyL\d+);\n"
    rf"(?P=other): ;\n(?:{_SET}){{6}}{_FAILS}(?:{_SET}){{2}}    CPy_DECREF\({_REGISTER}\);\n{_FAILS}(?:{_SET}){{2}}"
    rf"    {_REGISTER} = CPyImport_ImportNative\(.*, (?P<package>[01])\);\n    CPy_DECREF\({_REGISTER}\);\n"
    rf"    if \(unlikely\({_REGISTER} == NULL\)\)(?P<failure>{_FAILURE})"
    rf"    (?P<made>{_REGISTER}) = .*\n(?P=end): ;\n"
)
"""What stands at each import of a module of the library."""

_NAMES_IMPORTED: Final = re.compile(
    rf"    (?P<made>{_REGISTER}) = (?P<call>imported_\w+\(.*\));\n    if \(unlikely\((?P=made) == NULL\)\){_FAILURE}"
    rf"(?P<names>(?:{_SET}){{2,3}}    {_REGISTER} = )CPyImport_GetNativeAttrs\((?P=made), (?P<rest>.*\n)"
    rf"    CPy_DECREF\((?P=made)\);\n"
)
"""An import, as ``_by_call`` makes it, and what takes names of the module."""

_EXECUTED: Final = re.compile(r"\nint CPyExec_(\w+)\(PyObject \*module\)\n")
_INCLUDES: Final = re.compile(r"(?:^#include .*\n)+", re.MULTILINE)

_IMPORTING: Final = """
extern PyObject *imported(PyObject *name, Py_ssize_t is_package, PyObject *(*init_only)(void), int (*exec)(PyObject *),
                          CPyModule **made, CPyModuleCache *cache, CPyImportState *state);
extern PyObject *names_imported(PyObject *module, PyObject *names, PyObject *as_names, PyObject *globals);
"""

_IMPORTED: Final = """
PyObject *imported_%s(PyObject *name, Py_ssize_t is_package) {
    return imported(name, is_package, CPyInitOnly_%s, CPyExec_%s, &CPyModule_%s__internal, &CPyModule_%s,
                    &CPyImportState_%s);
}
"""
"""What the imports of a module call."""

_TOP_LEVEL: Final = re.compile(r"\n(char CPyDef_\w+_____top_level__\(void\) \{\n)(.*?\n)\}\n", re.DOTALL)
_ATTRIBUTES: Final = re.compile(
    rf"    {_REGISTER} = CPyStatics\[\d+\]; /\* '__mypyc_attrs__' \*/\n(?:{_SET})*?"
    rf"    {_REGISTER} = PyTuple_Pack\(.*\n{_FAILS}    {_REGISTER} = PyObject_SetAttr\(.*\n    CPy_DECREF\(.*\n{_SET}"
    rf"    if \(unlikely\(!{_REGISTER}\)\){_FAILURE}"
)
_TOLD: Final = re.compile(r"CPy_AddTraceback\((\".*\", \"<module>\"), (\d+), (\w+)\);")
_FAILED: Final = re.compile(rf"^CPyL\d+: ;\n(?=    {_REGISTER} = 2;\n    return)", re.MULTILINE)
"""What runs a module; parts of it: names of a class's attributes, what tells of a failure, the way out after one."""

_MAKERS: Final = re.compile(
    r"    extern PyObject \*CPyInit_(\w+)\(void\);\n    capsule = .*\n    if \(!capsule\) \{\n.*\n    \}\n"
    r"    res = PyObject_SetAttrString\(module, .*\n    Py_DECREF\(capsule\);\n    if \(res < 0\) \{\n.*\n    \}\n"
    r"(?:    \n)?"
)
"""What gives the library's own module a capsule for each of the modules in it."""

_TABLE: Final = """
typedef struct {
    const char *capsule;
    PyObject *(*init)(void);
    PyObject *(*init_only)(void);
    int (*exec)(PyObject *);
    CPyModule **made;
    CPyModuleCache *cache;
    CPyImportState *state;
} LibraryModule;

#define MODULE(name) {LIBRARY ".init_" #name, CPyInit_##name, CPyInitOnly_##name, CPyExec_##name, \\
    &CPyModule_##name##__internal, &CPyModule_##name, &CPyImportState_##name},
%s
static const LibraryModule library_modules[] = {
%s
};

/* The end of a capsule's name behind a module's, where each dot is three underlines; NULL if it is another's. */
static const char *behind(const LibraryModule *module, const char *name) {
    const char *at = module->capsule + sizeof(LIBRARY ".init_") - 1;
    for (; *name; name++) {
        size_t length = *name == '.' ? 3 : 1;
        if (strncmp(at, *name == '.' ? "___" : name, length) != 0)
            return NULL;
        at += length;
    }
    return at;
}

static const LibraryModule *library_module(const char *name, Py_ssize_t *is_package) {
    const LibraryModule *found = NULL;
    for (size_t i = 0; i < sizeof(library_modules) / sizeof(library_modules[0]); i++) {
        const char *rest = behind(&library_modules[i], name);
        if (rest && *rest == 0)
            found = &library_modules[i];
        else if (rest && strncmp(rest, "___", 3) == 0)
            *is_package = 1;
    }
    return found;
}

/* __getattr__ of the library: the capsule that a module's own file asks for. */
static PyObject *library_attribute(PyObject *library, PyObject *name) {
    const char *text = PyUnicode_AsUTF8(name);
    Py_ssize_t is_package = 0;
    if (text == NULL)
        return NULL;
    const LibraryModule *found = strncmp(text, "init_", 5) == 0 ? library_module(text + 5, &is_package) : NULL;
    if (found)
        return PyCapsule_New((void *)found->init, found->capsule, NULL);
    PyErr_SetObject(PyExc_AttributeError, name);
    return NULL;
}

/* load(name): a module, out of the library if it is there. */
static PyObject *library_load(PyObject *library, PyObject *name) {
    PyObject *module = PyImport_GetModule(name);
    const char *text = PyUnicode_AsUTF8(name);
    if (module || text == NULL || PyErr_Occurred())
        return module;
    Py_ssize_t is_package = 0;
    const LibraryModule *found = library_module(text, &is_package);
    if (found == NULL) {
        PyObject *all = Py_BuildValue("(s)", "*");
        module = all ? PyImport_ImportModuleLevelObject(name, NULL, NULL, all, 0) : NULL;
        Py_XDECREF(all);
        return module;
    }
    return imported(name, is_package, found->init_only, found->exec, found->made, found->cache, found->state);
}

PyObject *imported(PyObject *name, Py_ssize_t is_package, PyObject *(*init_only)(void), int (*exec)(PyObject *),
                   CPyModule **made, CPyModuleCache *cache, CPyImportState *state) {
    if (CPyImport_IsInitialized(state))
        return CPyDict_GetItem(PyImport_GetModuleDict(), name);
    PyObject *library = PyImport_AddModule(LIBRARY);
    PyObject *module = NULL;
    PyObject *file = library ? PyObject_GetAttrString(library, "__file__") : NULL;
    const char *path = file ? PyUnicode_AsUTF8(file) : NULL;
    const char *last = path ? strstr(path, LIBRARY ".") : NULL;
    for (const char *next = last; next; next = strstr(next + 1, LIBRARY "."))
        last = next;
    PyObject *suffix = path ? PyUnicode_FromString(last ? last + sizeof(LIBRARY) - 1 : "") : NULL;
    if (suffix)
        module = CPyImport_ImportNative(name, init_only, exec, made, cache, state, CPyModuleLockAPI_%s, file, suffix,
                                        is_package);
    Py_XDECREF(suffix);
    Py_XDECREF(file);
    return module;
}

PyObject *names_imported(PyObject *module, PyObject *names, PyObject *as_names, PyObject *globals) {
    PyObject *result = module ? CPyImport_GetNativeAttrs(module, names, as_names, globals) : NULL;
    Py_XDECREF(module);
    return result;
}

static PyMethodDef library_methods[] = {
    {"__getattr__", library_attribute, METH_O, NULL},
    {"load", library_load, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

"""


def trimmed(code: str) -> str:
    """The C code of a module without what nothing asks for."""
    code = _PARAMETERS.sub(_stored_when_called, code)
    code = _NAMES.sub(_stored_at_once, code)
    code = _SIGNATURE.sub(r"\1, NULL", code)
    code = _UNUSED_METHOD.sub("", code)
    code = code.replace(_INTERNED, _INTERNED_NAMES)
    for table in _METHODS.finditer(code):
        if not _COMPARISON.search(table[2]):
            code = code.replace(f"    .tp_richcompare = CPyDunder__RichCompare_{table[1]},\n", "")
            code = code.replace(f"    .tp_hash = CPyDunder___hash__{table[1]},\n", "")
    code = _TOP_LEVEL.sub(_small, _importing_by_calls(_with_table(code)))
    made = _TEMPLATE.sub(_made_on_the_stack, code)
    made = _CLOSURE.sub(r"\1(", _MADE_FROM.sub(r"    \3 = \2(", made))
    return code if _OTHER_USE.search(made) else made


def _with_table(code: str) -> str:
    """The library's main file with a table of its modules in place of a capsule for each."""
    names = _MAKERS.findall(code)
    main = re.search(r"static int exec_((\w+)__mypyc)\(PyObject \*module\)\n", code)
    if not names or main is None or ".m_methods = NULL" not in code:
        return code
    declared = "\n".join(f"extern PyObject *CPyInit_{name}(void);" for name in names)
    modules = "\n".join(f"    MODULE({name})" for name in names)
    table = f'\n#define LIBRARY "{main[1]}"\n' + _IMPORTING + _TABLE % (declared, modules, main[2])
    code = _MAKERS.sub("", code).replace(".m_methods = NULL", ".m_methods = library_methods")
    return code.replace(main[0], table + main[0], 1)


def _importing_by_calls(code: str) -> str:
    """A module's code with a call in place of each import of another one, and with what imports of this one call."""
    modules = sorted({found["module"] for found in _IMPORT.finditer(code)})
    code = _NAMES_IMPORTED.sub(_names_by_call, _IMPORT.sub(_by_call, code))
    declared = [
        f"extern PyObject *imported_{name}(PyObject *name, Py_ssize_t is_package);" for name in modules
    ]
    own = _EXECUTED.search(code)
    if own:
        code += _IMPORTED.replace("%s", own[1])
    if own or modules:
        code = _INCLUDES.sub(lambda found: "\n".join([found[0] + _IMPORTING, *declared, ""]), code, count=1)
    return code


def _by_call(found: re.Match[str]) -> str:
    """C code that imports a module by its own function."""
    made = found["made"]
    call = f"    {made} = imported_{found['module']}({found['name']}, {found['package']});\n"
    return f"{call}    if (unlikely({made} == NULL)){found['failure']}"


def _names_by_call(found: re.Match[str]) -> str:
    """C code that imports names of a module, which may be null."""
    return f"{found['names']}names_imported({found['call']}, {found['rest']}"


def _small(function: re.Match[str]) -> str:
    """The code that runs a module, which is compiled to be small: it runs once."""
    body = _ATTRIBUTES.sub("", function[2])
    told = _TOLD.search(body)
    if told and len(_FAILED.findall(body)) == 1:
        body = "    int line = 0;\n" + _TOLD.sub(r"line = \2;", body)
        body = _FAILED.sub(rf"\g<0>    CPy_AddTraceback({told[1]}, line, {told[3]});\n", body)
    return f"\n__attribute__((cold)) {function[1]}{body}}}\n"


def _made_on_the_stack(template: re.Match[str]) -> str:
    """C code that makes a class from fields which it sets just then."""
    return "\n".join(
        [
            f"static CPy_NOINLINE PyObject *{template[1]}(PyObject *bases, PyObject *modname) {{",
            "    PyTypeObject fields;",
            "    memset(&fields, 0, sizeof(fields));",
            _FIELD.sub(r"    fields.\1 = \2;", template[2]),
            "    return CPyType_FromTemplate((PyObject *)&fields, bases, modname);",
            "}",
            template[3],
        ]
    )


def _stores(names: str | None) -> tuple[int, list[str]]:
    """The room for some names and for the null behind them, and the C code that puts the names there."""
    each = names.split(", ") if names else []
    return len(each) + 1, [f"kwlist[{place}] = {name};" for place, name in enumerate(each)]


def _stored_at_once(table: re.Match[str]) -> str:
    """C code that has a list of names on the stack."""
    room, stores = _stores(table[1])
    return "\n".join([f"const char *kwlist[{room}];", *stores, f"kwlist[{room - 1}] = 0;", ""])


def _stored_when_called(table: re.Match[str]) -> str:
    """C code that fills a table of parameters at the first call that reads it."""
    room, stores = _stores(table[1])
    needed = f"!({_FAST[table[3]]}) && " if table[3] in _FAST else ""
    return "\n".join(
        [
            f"static const char *kwlist[{room}];",
            "static CPyArg_Parser parser;",
            f"if ({needed}unlikely(parser.format == NULL)) {{",
            *stores,
            f"parser.keywords = kwlist; parser.format = {table[2][1:]};",
            "}",
        ]
    )
