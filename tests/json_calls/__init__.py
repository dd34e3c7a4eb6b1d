"""Calls of the JSON functions that nobody would write, asked of both engines.

``python -m json_calls --calls N --seed S``, in ``tests/``, prints the calls whose answers differ.  ``material`` makes
documents, paths and values, right and wrong ones; ``calls`` makes SQL of them; ``runner`` asks and compares.
"""
