"""``python -m foundrydb``: the command line."""

from foundrydb.tools.cli import main

if __name__ == "__main__":
    main()
