"""Statements of the page that run: to their end, step by step, or once more to find something out.

``runs`` runs statements in threads, watched and stoppable, and keeps their rows (``kept_rows``); ``stepping`` steps
through one, forward and back.  What an ordinary run does not note is asked ``once_more``: by ``tracing`` where rows
were read from and what a cell has given, by ``why`` why a row is missing and who changes a page.
"""
