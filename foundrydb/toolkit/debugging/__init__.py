"""A statement that runs forward and back: what a debugger needs, whatever it is shown by.

``replay`` runs a statement within a savepoint, and again from its start as it went the first time; ``recorded_run``
makes moves of that, forward and back, to a ``target`` or to an instruction's number.  ``state`` is what there is at a
moment, ready for a page or a terminal, ``meanings`` what registers and cursors stand for in the SQL.
``page_changes`` tells which instruction changed a page, ``row_origins`` which cells of which pages a row was read from
(``data_flow`` says what each instruction passes on, ``origins`` what that is), and ``script`` takes a text of several
statements one after the other.  ``target_text`` reads targets as people write them.
"""
