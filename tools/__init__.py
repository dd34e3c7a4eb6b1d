"""The ``fdb`` command, its shell, and what makes every stage visible."""
