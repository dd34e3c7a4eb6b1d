"""ALTER TABLE: what the schema is to say, and whether what there is fits.

``altered_table`` is what all forms share: the table, and the check of what the new texts say.  ``add_column``,
``drop_column``, ``change_constraints`` and ``rename`` are the forms.  Texts of the schema are edited where the names
stand (``text_edits``): those of tables and indexes by ``rename_in_tables``, those of views and triggers by
``rename_in_dependents``.
"""
