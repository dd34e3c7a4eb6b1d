"""Subcommands of daily work on SQL: ``cmd_format`` sets it in one style, ``cmd_check`` finds mistakes,
``cmd_lineage`` follows columns, ``cmd_types`` writes types for queries, ``cmd_diff_plan`` compares plans.

``sql_files`` reads the files, folders and standard input that they work on.
"""
