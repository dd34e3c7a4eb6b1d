"""Values between Python and SQL.

``parameters``: what Python gives, by way of ``adapters``; ``decoding``: what the user wants to see of a result;
``literals``: values as SQL text; ``carried_text``: text that need not be UTF-8, for tools that pass on what they
read.
"""
