"""The ``fdb`` command.

``command`` holds the subcommands, ``shell`` the prompt with its dot-commands, ``debug`` the debugger, ``web`` the page
in a browser, ``lsp`` an editor's server, ``recovery`` what saves damaged databases, ``views`` what makes the stages
visible (dumps and drawings), and ``output`` how rows look and where they go.  All of it uses the package as any
other program would.  ``late`` names what is loaded only when it is used.
"""
