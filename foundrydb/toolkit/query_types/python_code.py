"""The types of queries as Python: a stub of named tuples, or dataclasses.

The rows of each query are a class; its parameters are a ``TypedDict`` where they have names, and a tuple otherwise.
"""

from __future__ import annotations

import builtins
import json
import keyword
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from foundrydb.toolkit.query_types.queries import QueryTypes, TypedName
from foundrydb.toolkit.query_types.value_types import ValueType

PYI: Final = "pyi"
DATACLASS: Final = "dataclass"


class NamedQuery(NamedTuple):
    """A query and the name that its classes begin with, in lower case with underscores."""

    name: str
    types: QueryTypes


def python_code(queries: Sequence[NamedQuery], form: str) -> str:
    """The classes of some queries.

    Args:
        form: PYI for a stub of named tuples, DATACLASS for a module of dataclasses.
    """
    bodies = [part for query in queries for part in _classes(query, form)]
    code = "\n\n".join(bodies)
    imports = [f"from typing import {', '.join(_typing_names(code))}"] if _typing_names(code) else []
    if "@dataclass" in code:
        imports.insert(0, "from dataclasses import dataclass")
    head = ["from __future__ import annotations\n"] if form == DATACLASS else []
    return "\n".join([*head, *imports]) + "\n\n\n" + code if bodies else "".join(head)


def _typing_names(code: str) -> list[str]:
    return [name for name in ("NamedTuple", "TypeAlias", "TypedDict") if name in code]


def _classes(query: NamedQuery, form: str) -> list[str]:
    """The classes of a query's rows and parameters, as far as it has any."""
    stem = "".join(word.capitalize() for word in identifier(query.name, "query").split("_") if word)
    found = []
    if query.types.columns:
        found.append(_rows(f"{stem}Row", query.types, form))
    if query.types.parameters:
        found.append(_given(f"{stem}Parameters", query.types.parameters))
    return found


def _rows(name: str, types: QueryTypes, form: str) -> str:
    head = f"class {name}(NamedTuple):\n" if form == PYI else f"@dataclass(frozen=True)\nclass {name}:\n"
    fields = unique_identifiers([column.name for column in types.columns])
    lines = [f"    {field}: {column.type}\n" for field, column in zip(fields, types.columns)]
    return head + f"    {_docstring(types.sql)}\n\n" + "".join(lines)


def _docstring(sql: str) -> str:
    """A statement as a docstring, on one line."""
    text = " ".join(sql.split())
    text = text if len(text) <= 90 else text[:90].rstrip() + " …"
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""{text} """' if text.endswith('"') else f'"""{text}"""'


def _given(name: str, parameters: Sequence[TypedName]) -> str:
    """A TypedDict of named parameters, a tuple of others."""
    if all(parameter.name[0] in ":@$" for parameter in parameters):
        names = [parameter.name[1:] for parameter in parameters]
        if all(each.isidentifier() and not keyword.iskeyword(each) for each in names):
            lines = [f"    {each}: {parameter.type}\n" for each, parameter in zip(names, parameters)]
            return f"class {name}(TypedDict):\n" + "".join(lines)
        items = ", ".join(
            f"{json.dumps(each)}: {parameter.type}" for each, parameter in zip(names, parameters)
        )
        return f'{name} = TypedDict("{name}", {{{items}}})\n'
    return f"{name}: TypeAlias = tuple[{', '.join(str(parameter.type) for parameter in parameters)}]\n"


def unique_identifiers(names: Sequence[str]) -> list[str]:
    """Identifiers for the names of columns, no two alike."""
    found: list[str] = []
    for i, name in enumerate(names):
        base = identifier(name, f"column_{i + 1}")
        made, number = base, 2
        while made in found:
            made, number = f"{base}_{number}", number + 1
        found.append(made)
    return found


def identifier(name: str, otherwise: str) -> str:
    """A name as an identifier of Python that a field may have.

    Args:
        otherwise: what is taken where nothing is left of it.
    """
    made = re.sub(r"\W+", "_", name).strip("_").lower() if not name.isidentifier() else name.lstrip("_")
    if not made or not made.isidentifier():
        made = f"column_{made}" if made else otherwise
    shadows = made in ("count", "index") or (
        hasattr(builtins, made) and made in ("int", "float", "str", "bytes")
    )
    return f"{made}_" if keyword.iskeyword(made) or shadows else made


def queries_json(queries: Sequence[NamedQuery]) -> str:
    """An array with an object for each query."""
    objects = [
        {
            "name": query.name,
            "sql": query.types.sql,
            "columns": [_object(column) for column in query.types.columns],
            "parameters": [_object(parameter) for parameter in query.types.parameters],
        }
        for query in queries
    ]
    return json.dumps(objects, indent=2, ensure_ascii=False)


def _object(typed: TypedName) -> dict[str, object]:
    return {"name": typed.name, "types": _sorted_names(typed.type), "nullable": typed.type.nullable}


def _sorted_names(kind: ValueType) -> list[str]:
    return [name for name in str(kind).split(" | ") if name != "None"]
