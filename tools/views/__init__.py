"""What makes a statement's stages and a file's pages visible.

A file for each view, as text, JSON and, where there is something to draw, Graphviz DOT (``drawing``): tokens and
trees (``syntax_dump``), names (``bind_dump``), plans (``plan_dump``, ``choices_dump``), bytecode
(``bytecode_dump``), runs (``analysis_dump``), a piece of SQL through all of these (``chain_dump``), B-trees (``survey``
reads them, ``tree_dump`` and ``key_tree`` show them, with keys as ``key_text`` has them), pages (``page_layout``,
``page_hex``).  The room ``logs`` has what lies beside a database.  ``sample`` makes a database to look at.
"""
