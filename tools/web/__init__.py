"""The page: SQL followed through every stage to the bytes of a page, and back, in a browser.

``serve`` listens on the loopback interface and prints the address; ``app`` answers: the page's own files from
``assets``, and the questions of the table in ``routes``, whose fields ``asks`` checks.  Before both stands the
``gate``, which lets nobody in but who has the address.

``databases`` has the file that the page was opened for, and scratch ones that a schema makes; a ``guard`` keeps SQL in
their folders.  ``looking`` makes of a text what the panes show (tokens, tree, names, plans, bytecode, all of one chain
with ids), with the places counted as a browser does (``places``) and values as it gets them (``cells``).  What runs
statements is in ``running``.  ``storage`` has trees, pages, log and schema; ``examples`` are ten queries to begin
with.

``assets/`` needs no build: ES modules, style sheets, one HTML file.  ``main.js`` puts the page together; ``session.js``
asks and tells the panes what came; ``links.js`` knows what belongs to what; each file in ``panes/`` draws one stage.
"""
