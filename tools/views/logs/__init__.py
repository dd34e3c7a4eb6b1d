"""What lies beside a database: its rollback journal or its write-ahead log, as it is on the disk.

``log_survey`` finds and reads the files; it opens them for reading alone, locks nothing and believes nothing.
``journal_reading`` is the rollback journal, ``ahead_reading`` the write-ahead log, ``index_reading`` its index with the
locks that others hold, ``checkpoint_forecast`` what a checkpoint would do with them now; what is wrong is a
``log_fault``.  ``log_text``, ``log_json`` and ``log_drawing`` show it.
"""
