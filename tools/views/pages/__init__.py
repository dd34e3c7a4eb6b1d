"""The pages of a database file.

``survey`` reads them, believing little; ``page_layout`` takes a page apart.  ``tree_dump`` and ``key_tree`` show
B-trees, ``page_hex`` the bytes of a page.
"""
