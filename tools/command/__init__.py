"""The subcommands of ``fdb``.

``cli`` is the entry, ``subcommands`` the list, ``commands`` the list as click knows it; each ``cmd_…`` file has the
subcommands of a subject and is loaded when one is called.  ``sql_files`` reads the texts that some of them work on.
``invocation`` is a call without a subcommand: the shell, a query, or a script.
"""
