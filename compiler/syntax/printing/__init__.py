"""From the tree back to SQL.

``printer`` is the entry: ``parse(to_sql(node))`` equals the node.  A file for each part of the language
(``print_…``) turns nodes into pieces of text, ``layout`` puts these in a row, and ``lines`` lays them out on lines, for
the formatter too.  ``kept_comments`` brings the comments of a text back to its tree.
"""
