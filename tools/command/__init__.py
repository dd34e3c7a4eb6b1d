"""The subcommands of ``fdb``.

``cli`` is the entry, ``subcommands`` the list, ``commands`` the list as click knows it; each ``cmd_…`` file has the
subcommands of a subject and is loaded when one is called.  ``texts`` has those that work on files of SQL.
``invocation`` is a call without a subcommand: the shell, a query, or a script.
"""
