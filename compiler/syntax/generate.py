"""The command that writes ast.py, and with it the classes of the other trees."""

from __future__ import annotations

import sys

from foundrydb.compiler.trees.generate import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
