"""``python -m foundrydb``: the command line."""

from foundrydb.tools.command.cli import main

if __name__ == "__main__":
    main()
