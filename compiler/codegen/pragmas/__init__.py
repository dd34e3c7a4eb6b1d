"""PRAGMA: each is one declaration, and the listing, the code and the table-valued function come from it.

``declaration`` says what is declared, ``registry`` finds a PRAGMA by its name and knows which file declares it:
``settings_pragmas`` (with those of ``file_pragmas``), ``schema_pragmas``, ``checks`` (integrity_check and its like)
and ``optimize``.  ``as_tables`` makes ``pragma_table_info('t')`` of ``PRAGMA table_info``.
"""
