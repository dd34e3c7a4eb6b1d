"""The date and time functions.

``datetimes`` declares them; ``moment`` is a point in time as they handle it, ``moment_text`` reads one, and the
modifiers that move it, from text.
"""
