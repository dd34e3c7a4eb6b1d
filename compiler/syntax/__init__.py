"""Text to syntax tree and back.

``scanner`` finds the tokens, ``parser`` runs the tables that ``grammar`` made (``tables``; the numbers of
terminals and actions are in ``symbols``) and calls an action of ``actions`` for each rule; the result is a tree
of the classes in ``ast``, which ``trees/generate`` writes from the one declaration ``ast.asdl``.  What all nodes can do
is in ``node``.

``resumption`` reads a text that is wrong to its end: all mistakes, and what can be made of the rest.  ``printing`` is
the way back, ``trivia`` finds the comments, ``diagnostics`` shows where a text is wrong.  ``source`` and ``literals``
ask about the text that a node was made from.  The room needs nothing but the grammar and the errors: a formatter can
use it alone.
"""

from foundrydb.compiler.syntax import actions, printing

__all__ = ["actions", "printing"]
