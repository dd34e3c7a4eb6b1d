"""Subcommands of daily work on SQL: ``cmd_format`` sets it in one style, ``cmd_check`` finds mistakes.

``sql_files`` reads the files, folders and standard input that they work on.
"""
