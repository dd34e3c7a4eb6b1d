"""Whole databases made of others: page by page, or tree by tree with nothing left over.

``page_copy`` makes a database the same pages as another, at once or in steps.  ``tree_copy`` reads a tree in order and
gives its entries to a ``tree_writer``, which packs them into a new tree; ``payload`` carries along what lies in
overflow pages.  ``watch`` is how those who wait for a copy hear of its progress, and may stop it.
"""
