"""``python -m foundrydb``: the command line."""

from foundrydb.tools.cli import main

main()
