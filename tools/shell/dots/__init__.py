"""The dot-commands.

``dot_command`` says how one is declared, found and called; each ``dots_…`` file has those of a subject: the session
and its files (``dots_session``), the operating system (``dots_system``), output, the schema, data that comes in,
whole databases, dumps, parameters, the stages of a statement, what is watched while statements run
(``dots_watching``), switches and limits (``dots_options``), what is known of a database (``dots_facts``), several
connections (``dots_connections``), what is missing in a schema (``dots_advice``), and tests in a script
(``dots_tests``).  What SQLite's shell has beyond these is refused with a word of what to use instead
(``dots_refused``).
"""
