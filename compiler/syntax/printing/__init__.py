"""From the tree back to SQL.

``printer`` is the entry: ``parse(to_sql(node))`` equals the node.  A file for each part of the language
(``print_…``) turns nodes into pieces of text, and ``layout`` lays those out on lines.
"""
