"""The pages of a database file.

``survey`` reads them, believing little; ``page_layout`` takes a page apart, ``record_layout`` a record; ``tree_schema``
has what the schema knows of them.  ``tree_dump``, ``tree_drawing`` and ``key_tree`` show B-trees, ``page_hex`` the
bytes of a page, ``page_records`` its records.  ``key_search`` finds a cell from the root, and ``search_dump`` shows
the way.  ``page_drawing`` draws both.  ``space`` counts what trees take of a database, ``space_report`` tells it.
"""
