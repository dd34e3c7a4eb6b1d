"""``python -m foundrydb``: the command line."""

from foundrydb.tools.command.cli import process

if __name__ == "__main__":
    process()
