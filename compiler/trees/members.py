"""What a field holds, and the code that gets at the expressions or nodes in it.

Code that needs more than one expression is lines for the body of a method.
"""

from __future__ import annotations

from collections.abc import Collection

from foundrydb.compiler.trees.declarations import PRIMITIVES, FieldDeclaration


def annotation(field: FieldDeclaration, sequence: str) -> str:
    """A field's Python type; ``sequence`` is the template of what ``*`` stands for."""
    names = [PRIMITIVES.get(name, name) for name in field.base]
    text = names[0] if len(names) == 1 else f"tuple[{', '.join(names)}]"
    for mark in field.marks:
        text = f"{text} | None" if mark == "?" else sequence.format(text)
    return text


def shape(field: FieldDeclaration, parts: Collection[str]) -> str:
    """How a field holds expressions: its marks, behind ``pair`` or ``part`` where it holds such.

    parts: the names of the classes of parts that hold expressions themselves.
    """
    if field.role == "alternating":
        return "alternating"
    if len(field.base) > 1:
        return "pair" + field.marks
    return ("part" if field.base[0] in parts else "") + field.marks


_LIST = {
    "": "[{0}]",
    "?": "[] if {0} is None else [{0}]",
    "*": "{0}",
    "**": "[item for row in {0} for item in row]",
    "pair*": "[item for _, item in {0}]",
    "part": "{0}.expressions()",
}
"""The list of what a field alone holds."""

_ADDED = {
    "": ["out.append({0})"],
    "?": ["if {0} is not None:", "    out.append({0})"],
    "*": ["out.extend({0})"],
    "pair*": ["out.extend([item for _, item in {0}])"],
    "part": ["out.extend({0}.expressions())"],
    "part?": ["if {0} is not None:", "    out.extend({0}.expressions())"],
    "part*": ["out.extend([expr for part in {0} for expr in part.expressions()])"],
}
"""Lines that add what a field holds to a list."""

_TAKEN = {
    "": "feed.one()",
    "?": "None if {0} is None else feed.one()",
    "*": "feed.several(len({0}))",
    "**": "[feed.several(len(row)) for row in {0}]",
    "pair*": "[(first, feed.one()) for first, _ in {0}]",
    "part": "{0}.fed(feed)",
    "part?": "None if {0} is None else {0}.fed(feed)",
    "part*": "[part.fed(feed) for part in {0}]",
}
"""A field's new content, from a ``Feed`` of what all of them hold."""

_TURNS = ["for item, other in zip({0}, {1}):", "    out.append(item)", "    out.append(other)"]


def gathered(
    fields: list[FieldDeclaration], holder: str, element: str, parts: Collection[str]
) -> tuple[list[str], str]:
    """Code that gathers what some fields hold in one list: lines, and then the list as an expression.

    holder: what stands before a field's name.  element: the type of what is gathered.
    """
    shapes = [shape(field, parts) for field in fields]
    names = [holder + field.name for field in fields]
    if len(fields) == 1 and shapes[0] in _LIST:
        return [], _LIST[shapes[0]].format(names[0])
    if set(shapes) <= {"", "*"}:
        items = ["*" + name if mark else name for mark, name in zip(shapes, names)]
        return [], f"[{', '.join(items)}]"
    lines = [f"out: list[{element}] = []"]
    if shapes[0] == "*" and "alternating" not in shapes[:2]:
        lines = [f"out: list[{element}] = list({names.pop(0)})"]
        shapes.pop(0)
    for i, name in enumerate(names):
        if shapes[i + 1 : i + 2] == ["alternating"]:
            lines += [line.format(name, names[i + 1]) for line in _TURNS]
        elif shapes[i] != "alternating":
            lines += [line.format(name) for line in _ADDED[shapes[i]]]
    return lines, "out"


def taken(field: FieldDeclaration, parts: Collection[str]) -> str:
    """A field's new content, from a ``Feed`` named ``feed``."""
    return _TAKEN[shape(field, parts)].format("self." + field.name)


def replaced(
    fields: list[FieldDeclaration], given: str, parts: Collection[str]
) -> tuple[list[str], dict[str, str]]:
    """Code that takes the fields' new contents from a list, ordered as ``gathered`` orders it.

    Lines, and for each field the expression of its new content.
    """
    shapes = [shape(field, parts) for field in fields]
    if shapes == ["*"]:
        return [], {fields[0].name: given}
    if set(shapes) == {""}:
        return [], {field.name: f"{given}[{i}]" for i, field in enumerate(fields)}
    lines = [f"feed = Feed({given})"]
    values: dict[str, str] = {}
    for i, field in enumerate(fields):
        if shapes[i + 1 : i + 2] == ["alternating"]:
            other = fields[i + 1].name
            lines += [f"{name} = {code}" for name, code in values.items()]
            lines.append(f"{field.name}, {other} = feed.turns(len(self.{field.name}))")
            values = {name: name for name in [*values, field.name, other]}
        elif shapes[i] != "alternating":
            values[field.name] = taken(field, parts)
    return lines, values
