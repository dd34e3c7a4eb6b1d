"""Values between Python and SQL.

``parameters``: what Python gives, by way of ``adapters``, to which ``offered`` says what is offered; ``decoding``: what
the user wants to see of a result (``parse_flags``: when converters are asked); ``literals``: values as SQL text;
``carried_text``: text that need not be UTF-8, for tools that pass on what they read; ``arguments``: what the
interface's methods take.
"""
