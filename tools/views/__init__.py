"""What makes a statement's stages and a file's pages visible.

A file for each view, as text, JSON and, where there is something to draw, a picture: tokens and trees
(``syntax_dump``), names (``bind_dump``), plans (``plan_dump``, ``choices_dump``), bytecode (``bytecode_dump``), runs
(``analysis_dump``), a piece of SQL through all of these (``chain_dump``), what becomes of a plan without some of the
passes (``bisection_dump``), and with new indexes (``advice_text``), what rules find in a text (``checks_dump``), where
columns come from (``lineage_dump``), two plans compared (``comparison_dump``).  ``sample`` makes a database to look at.

The room ``drawings`` has what pictures are made of, the room ``pages`` the database file, the room ``logs`` what lies
beside it; ``verification`` tells what is wrong with either.  Keys are shown as ``key_text`` has them, lists too long to
be shown by an ``excerpt``.
"""
