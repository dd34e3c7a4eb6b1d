"""Compiles the hot packages with mypyc where a C compiler is present; installs plain sources elsewhere.

``FOUNDRYDB_PURE=1`` asks for the plain install.  What was chosen, and why, is said on the build's output and
shown by ``fdb --version``.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

from setuptools import setup
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist
from setuptools.errors import CompileError

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))
from trimming import trimmed  # noqa: E402

FUNCTION_ORDER = ROOT / "benchmarks" / "layout" / "functions.txt"

# Whole folders that are compiled, and the files in them that are not: they write files when the package is developed,
# or (turns) are there for what the interpreter does between its instructions.
# A folder's __init__ is compiled with it, and imports the folders within: they are found in the library, not by a
# search of the file system, which takes five times as long.
COMPILED = ["compiler", "foundrydb/engine", "storage", "vm"]
# In the face, the modules that every statement passes.
COMPILED_FACE = [
    "api/runner",
    "api/session",
    "api/values/offered",
    "api/values/parameters",
    "api/values/parse_flags",
]
INTERPRETED = {
    "foundrydb/compiler/trees/classes.py",
    "foundrydb/compiler/trees/declarations.py",
    "foundrydb/compiler/trees/generate.py",
    "foundrydb/compiler/trees/members.py",
    "foundrydb/engine/turns.py",
    "foundrydb/vm/opcode_docs.py",
}

# What comes after the parser in the front of the engine runs once a statement: its code is compiled to be small, and so
# is what makes classes and tables when it is loaded, and little besides.
SMALL = (
    "___compiler___codegen___",
    "___compiler___plan___",
    "___compiler___bind___",
    "___compiler___schema___",
    "___compiler___syntax___ast.",
    "___compiler___syntax___printing___",
    "___compiler___syntax___symbols.",
)

SMALLER = ["-Os"]

TRIMMED = "trimmed"
"""The folder of the C files that are compiled."""

INCLUDED = ("__native_foundrydb.h", "__native_internal_foundrydb.h")
"""What each of them includes: megabytes, which take a third of a second to read."""

RUNS_ONCE = re.compile(r"_____top_level__$|^CPyType_|_setup$")
"""Functions that load a module: the compiler takes them for rare ones. Of others only rare parts stand apart."""

# A build front end runs this file several times; only these commands need the compiled modules.
BUILDING = {"bdist_wheel", "build", "build_ext", "develop", "editable_wheel", "install"}


def c_compiler() -> str | None:
    """The C compiler that this Python would call, or None where there is none."""
    command = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()[0]
    return shutil.which(command) or (command if sys.platform == "win32" else None)


def sources() -> list[str]:
    """Paths, through the package's links, of the modules to compile."""
    found = [f"foundrydb/{name}.py" for name in COMPILED_FACE]
    for folder in COMPILED:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = "foundrydb/" + path.relative_to(ROOT).as_posix().removeprefix("foundrydb/")
            if name not in INTERPRETED:
                found.append(name)
    return found


def linked_compactly(folder: Path) -> list[str]:
    """Arguments for GNU ld that keep the library's part of memory small; none for other linkers.

    First stand the functions that ordinary statements call, in the order of ``functions.txt``, then those that make
    classes, the small ones that the compiler splits from others, those that the collector of cycles calls, and the
    rest.  Tables of parameters, which few calls fill (``trimming``), are kept apart from what every process writes.
    Relocations are packed where the C library can read that (DT_RELR: glibc from 2.36).
    """
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()
    linker = subprocess.run([*compiler, "-Wl,--version"], capture_output=True, text=True).stdout
    if "GNU ld" not in linker or not FUNCTION_ORDER.exists():
        return []
    names = FUNCTION_ORDER.read_text(encoding="utf-8").split()
    others = ["CPyType_*_template", "imported_*", "*.isra.*", "*.constprop.*", "*.part.*", "*_traverse"]
    parts = [
        f"*(.text.{name} .text.unlikely.{name})" if RUNS_ONCE.search(name) else f"*(.text.{name})"
        for name in [*names, *others]
    ]
    script = folder / "layout.ld"
    ordered = f".text.ordered : {{ {chr(10).join(parts)} }}"
    apart = ".bss.parameters (NOLOAD) : { *(.bss.kwlist.*) *(.bss.parser.*) }"
    lines = [
        f"SECTIONS {{ {ordered} }}",
        "INSERT BEFORE .text;",
        f"SECTIONS {{ {apart} }}",
        "INSERT AFTER .bss;",
        "",
    ]
    script.write_text("\n".join(lines), encoding="utf-8")
    name, version = platform.libc_ver()
    packed = name == "glibc" and [int(part) for part in version.split(".")[:2]] >= [2, 36]
    return [f"-Wl,-T,{script}", *(["-Wl,-z,pack-relative-relocs"] if packed else [])]


def without_the_unused(sources: list[str]) -> list[str]:
    """The paths of C files that hold what mypyc wrote, trimmed; one that is there already is left as it is."""
    folder = Path(sources[0]).parent / TRIMMED
    folder.mkdir(exist_ok=True)
    made = []
    for source in map(Path, sources):
        code, path = trimmed(source.read_text(encoding="utf-8")), folder / source.name
        if not path.exists() or path.read_text(encoding="utf-8") != code:
            path.write_text(code, encoding="utf-8")
        made.append(str(path))
    return made


def is_of_library(source: str) -> bool:
    """Whether a C file is one that mypyc has written for a module of the library."""
    return Path(source).parent.name == TRIMMED and Path(source).name.startswith("__native")


def included_at_once(
    build: dict[str, tuple[str, str]], precompile: Callable[[str, str, list[str]], None]
) -> list[str]:
    """Arguments that have what all modules of the library include read once, not by each of them; none elsewhere.

    GCC takes from a folder beside a header the form of it that was made with the same arguments, if there is one: else
    the header is read as it is.

    Args:
        build: the sources, by what is made of them.
        precompile: makes a header's other form, of a given name, with some arguments more.
    """
    library = [source for source, _ in build.values() if is_of_library(source)]
    if not library:
        return []
    header = Path(library[0]).parent / "everywhere.h"
    header.write_text("".join([f'#include "{name}"\n' for name in INCLUDED]), encoding="utf-8")
    forms = Path(f"{header}.gch")
    forms.mkdir(exist_ok=True)
    try:
        for name, size in {"fast": [], "small": SMALLER}.items():
            precompile(str(header), str(forms / name), size)
    except CompileError:
        shutil.rmtree(forms)
    return ["-include", str(header)]


class ParallelBuild(build_ext):
    """Compiles an extension's C files on all cores: the one library that holds every module has hundreds."""

    def forget_old_extensions(self) -> None:
        """Remove what an earlier build left of modules that are not compiled any more: Python would prefer it."""
        made = {Path(self.get_ext_fullpath(each.name)).resolve() for each in self.extensions}
        for path in Path(self.build_lib).rglob(f"*{sysconfig.get_config_var('EXT_SUFFIX')}"):
            if path.resolve() not in made:
                path.unlink()

    def build_extensions(self) -> None:
        """Have the compiler object take its C files in parallel, then build as ever."""
        self.forget_old_extensions()
        compiler = self.compiler

        def compile_all(sources, output_dir=None, macros=None, include_dirs=None, debug=False,
                        extra_preargs=None, extra_postargs=None, depends=None):  # fmt: skip
            macros, objects, extra, options, build = compiler._setup_compile(
                output_dir, macros, include_dirs, sources, depends, extra_postargs
            )
            arguments = compiler._get_cc_args(options, debug, extra_preargs)

            def one(target: str) -> None:
                source, suffix = build[target]
                more = SMALLER if any(part in source for part in SMALL) else []
                if is_of_library(source):
                    more = [*more, *headers]
                compiler._compile(target, source, suffix, arguments, [*extra, *more], options)

            def precompile(header: str, target: str, size: list[str]) -> None:
                compiler._compile(target, header, ".h", arguments, [*extra, *size], options)

            headers = included_at_once(build, precompile)
            with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
                list(pool.map(one, [target for target in objects if target in build]))
            return objects

        compiler.compile = compile_all
        super().build_extensions()


class LinkedSource(sdist):
    """Puts the package's links into the source distribution: the modules are compiled by their paths through them."""

    def make_release_tree(self, base_dir: str, files: list[str]) -> None:
        """Copy the files as ever, then make the links."""
        super().make_release_tree(base_dir, files)
        for path in sorted((ROOT / "foundrydb").iterdir()):
            if path.is_symlink():
                (Path(base_dir) / "foundrydb" / path.name).symlink_to(path.readlink())


def extensions() -> list[object]:
    """The mypyc extension modules, or none for a plain install."""
    if not BUILDING & set(sys.argv):
        return []
    if os.environ.get("FOUNDRYDB_PURE") == "1":
        print("foundrydb: plain install (FOUNDRYDB_PURE=1)")
        return []
    if c_compiler() is None:
        print("foundrydb: plain install (no C compiler found)")
        return []
    paths = sources()
    print(f"foundrydb: compiling {len(paths)} modules with mypyc")
    modules = import_module("mypyc.build").mypycify(
        paths, opt_level="2", debug_level="0", multi_file=True, group_name="foundrydb"
    )
    if os.name == "posix":
        for module in modules:
            # Calls between the modules of the one library need no detour through the linker's table, and nothing
            # unwinds its stack.  (mypyc gives all modules the same list.)
            hidden = ["-fvisibility=hidden", "-fno-asynchronous-unwind-tables"]
            module.extra_compile_args = [*module.extra_compile_args, *hidden]
        library = max(modules, key=lambda module: len(module.sources))
        library.extra_compile_args += ["-ffunction-sections", "-fdata-sections"]
        layout = linked_compactly(Path(library.sources[0]).parent)
        library.extra_link_args += layout
        for module in modules:
            if module is not library and layout:
                # The file that the interpreter finds for a module is a page of code, and takes no more than that.
                module.extra_link_args.append("-Wl,-z,noseparate-code")
        library.sources = without_the_unused(library.sources)
        library.depends += [str(FUNCTION_ORDER), "setup.py", "trimming.py"]
    return modules


setup(ext_modules=extensions(), cmdclass={"build_ext": ParallelBuild, "sdist": LinkedSource})
