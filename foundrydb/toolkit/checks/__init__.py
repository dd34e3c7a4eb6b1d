"""``fdb check``: what is valid SQL and likely a mistake, or slow.

``rules`` says what a rule and a finding are, and keeps those that are declared: ``name_rules`` and ``syntax_rules``
need little but the tree, ``join_rules`` and ``search_rules`` the plan, ``schema_rules`` tables and indexes
(``foreign_key_indexes`` says which a foreign key needs).  ``catalogue`` has all of them.  A rule looks at a ``checked``
statement, and ``rewrites`` words what it proposes.  ``checking`` is the entry; ``placing`` tells where in a text a
finding about the schema stands, and ``ignoring`` reads the comments by which a text says that a finding is meant.
"""
