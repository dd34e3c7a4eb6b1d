"""INSERT, UPDATE and DELETE.

``changes`` binds the statements; ``assignments`` are those of SET, ``upsert`` the clauses ON CONFLICT,
``returning`` that of its name; ``kept_subtypes`` says which values are still JSON to the last two. ``whole_rows``
finds INSERTs that take over another table's rows as they are, ``events`` tells which triggers the changed rows set
off, ``reach`` which tables those may write, ``trigger_steps`` has what a trigger's program is bound in, and
``views`` binds changes of views.
"""
