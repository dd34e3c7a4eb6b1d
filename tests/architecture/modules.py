"""The package's modules as their files say: what each imports, how long it is, and the circles among them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINKED = ("compiler", "grammar", "storage", "tools", "vm")
"""The folders that the package reaches by links: their modules are named as if they lay in it."""


@dataclass
class Module:
    """One file.

    Attributes:
        folder: the folder that it lies in, from the project's root.
        package: whether it is a folder's ``__init__``.
        lines: how many it has.
        longest: lines of its longest function, docstring left out.
        function: that function's name.
        imports: names that import statements give, those for type checking left out: of modules, or of what is in
            one.
    """

    name: str
    folder: str
    package: bool
    lines: int
    longest: int = 0
    function: str = ""
    imports: set[str] = field(default_factory=set)


def modules() -> dict[str, Module]:
    """Every module of the package, by name."""
    found: dict[str, Module] = {}
    for top in ("foundrydb", *LINKED):
        for path in sorted((ROOT / top).rglob("*.py")):
            place = path.relative_to(ROOT)
            if top == "foundrydb" and place.parts[1] in LINKED:
                continue
            name = ".".join(place.with_suffix("").parts).removesuffix(".__init__")
            name = name if top == "foundrydb" else f"foundrydb.{name}"
            text = path.read_text(encoding="utf-8")
            module = Module(name, place.parent.as_posix(), place.stem == "__init__", text.count("\n"))
            _read(module, ast.parse(text))
            found[name] = module
    return found


def _read(module: Module, tree: ast.Module) -> None:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            waiting.extend(node.orelse)
            continue
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            module.imports.update(f"{node.module}.{name.name}" for name in node.names)
        elif isinstance(node, ast.Import):
            module.imports.update(name.name for name in node.names)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            _measure(module, node)
        waiting.extend(ast.iter_child_nodes(node))


def _measure(module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    body = function.body
    documented = ast.get_docstring(function, clean=False) is not None
    start = (body[0].end_lineno or 0) if documented else body[0].lineno - 1
    lines = max((function.end_lineno or 0) - start, 0)
    if lines > module.longest:
        module.longest, module.function = lines, function.name


def imported(module: Module, known: dict[str, Module]) -> list[str]:
    """The modules that one imports, anywhere in its text; the package itself is left out, since all are within it."""
    out: set[str] = set()
    for name in module.imports:
        target = name if name in known else name.rpartition(".")[0]
        if target in known and target not in (module.name, "foundrydb"):
            out.add(target)
    return sorted(out)


def circles(known: dict[str, Module]) -> list[list[str]]:
    """The groups of modules that import one another, each sorted (strongly connected components; Tarjan, 1972)."""
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []
    for start in known:
        if start in number:
            continue
        work = [(start, iter(imported(known[start], known)))]
        number[start] = low[start] = len(number)
        stack.append(start)
        while work:
            name, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[name])
                if low[name] == number[name]:
                    group = stack[stack.index(name) :]
                    del stack[stack.index(name) :]
                    if len(group) > 1:
                        found.append(sorted(group))
            elif following not in number:
                number[following] = low[following] = len(number)
                stack.append(following)
                work.append((following, iter(imported(known[following], known))))
            elif following in stack:
                low[name] = min(low[name], number[following])
    return found
