"""What a database's schema says, in typed form.

``catalog`` holds the classes (``Catalog``, ``Schema``, ``Table``, ``Index``, ``Column``), ``tables`` makes them
from CREATE statements, ``load`` from the rows of sqlite_schema; ``samples`` is what ANALYZE found in an index.
``affinity`` has the rules for declared types, ``limits`` how long lists may be, and ``watch`` lets a long
compilation be interrupted.
"""
