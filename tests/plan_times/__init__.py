"""Queries of every shape, timed on both engines: where is ours more than twice as slow, and by which plan?

``python -m plan_times --queries N --seed S``, in ``tests/``, lists them with both plans.  ``schemas`` describes the
databases and fills them, ``shapes`` writes the queries, ``writer`` gives them tables, columns and values,
``measuring`` runs and compares.
"""
