"""What ``fdb recover`` saves of damaged databases, beside what SQLite's own ``.recover`` saves.

``python -m recovery --files 200 --seed S`` in ``tests/`` damages databases of every kind (``databases``, ``damages``)
and compares (``comparing``).  ``peer`` finds a sqlite3 shell that has ``.recover``; where there is none,
nothing is compared but what a script makes here and in C SQLite.
"""
