"""The date and time functions.

``datetimes`` declares them; ``moment`` is a point in time as they handle it, ``moment_text`` reads one from text,
``modifiers`` are what moves one, and ``date_format`` writes one as strftime() is told to.
"""
