"""What a database's schema says, in typed form.

``objects`` holds the classes (``Table``, ``Index``, ``Column``, …), ``schema`` one database's objects by their
``names``, and ``catalog`` the schemas of all databases.  ``tables`` makes objects from CREATE statements, ``load`` from
the rows of sqlite_schema; ``foreign_keys`` finds what keys refer to, ``samples`` is what ANALYZE found in an index.
``affinity`` has the rules for declared types, ``defaults`` the values of columns that are newer than a row,
``new_names`` whether the name of something new is free, ``statement_text`` the text that is kept of a CREATE statement,
``limits`` how long lists may be, and ``watch`` lets a long compilation be interrupted.
"""
