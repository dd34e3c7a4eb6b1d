"""What the parser does when a rule is complete: from the values of its symbols to a piece of the tree.

``numbering`` finds the function for an action's number; there is a file for each file of the grammar (``build_…``),
and two more for its largest rules (``build_table``, ``build_window``).  ``builder`` is the parser's stack as
actions see it; ``parts`` are pieces of the language that never become nodes.
"""
