"""The stages as a library, for tools: what stands between a text and its rows, and what a run did.

``stages``: parse, print, compile; ``analysis``: a run under observation; ``column_lineage``: where columns come
from; ``plan_facts``: what a plan does to tables; ``pass_bisection``: which optimizer pass made a plan or an answer
(``right_answers``: among those that SQL allows);
``index_advice``: which index would help (``index_candidates``, tried in one of the ``index_workshops``);
``debugging``: a run forward and back; ``missing_row``: why a row is not in a result;
``completeness``: whether a text ends with a whole statement; ``problems``: all that is wrong with a text, for
the schema as its statements leave it (``rehearsal``); ``formatting``: SQL in one style; ``checks``: what is likely a
mistake; ``query_types``: the types of rows and parameters; ``plan_comparison``: two plans side by side;
``interruption``: Ctrl-C; ``undoing``: back to a savepoint, as if nothing had been.  ``parents`` knows the way up a
tree, and the room ``building`` puts statements together piece by piece.
"""
