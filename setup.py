"""Compiles the hot packages with mypyc where a C compiler is present; installs plain sources elsewhere.

``FOUNDRYDB_PURE=1`` asks for the plain install.  What was chosen, and why, is said on the build's output and
shown by ``fdb --version``.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import setup
from setuptools.command.build_ext import build_ext

ROOT = Path(__file__).parent

# Whole folders that are compiled, and the files in them that are not: they hold no hot code.
COMPILED = ["compiler", "storage", "vm"]
# In the face, the modules that every statement passes.
COMPILED_FACE = ["engine", "parameters", "runner", "session", "sharing", "statement"]
INTERPRETED = {"foundrydb/vm/opcode_docs.py"}

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
            name = "foundrydb/" + path.relative_to(ROOT).as_posix()
            if path.name != "__init__.py" and name not in INTERPRETED:
                found.append(name)
    return found


class ParallelBuild(build_ext):
    """Compiles an extension's C files on all cores: the one library that holds every module has hundreds."""

    def build_extensions(self) -> None:
        """Have the compiler object take its C files in parallel, then build as ever."""
        compiler = self.compiler

        def compile_all(sources, output_dir=None, macros=None, include_dirs=None, debug=False,
                        extra_preargs=None, extra_postargs=None, depends=None):  # fmt: skip
            macros, objects, extra, options, build = compiler._setup_compile(
                output_dir, macros, include_dirs, sources, depends, extra_postargs
            )
            arguments = compiler._get_cc_args(options, debug, extra_preargs)

            def one(target: str) -> None:
                source, suffix = build[target]
                compiler._compile(target, source, suffix, arguments, extra, options)

            with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
                list(pool.map(one, [target for target in objects if target in build]))
            return objects

        compiler.compile = compile_all
        super().build_extensions()


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
    from mypyc.build import mypycify

    paths = sources()
    print(f"foundrydb: compiling {len(paths)} modules with mypyc")
    modules = mypycify(paths, opt_level="2", debug_level="0", multi_file=True, group_name="foundrydb")
    if os.name == "posix":
        # Calls between the modules of the one library need no detour through the linker's table.
        for module in modules:
            module.extra_compile_args.append("-fvisibility=hidden")
    return modules


setup(ext_modules=extensions(), cmdclass={"build_ext": ParallelBuild})
