"""Notes taken while names are looked up, for those who ask.

``names``: every name of a statement and what it refers to (``fdb dump-bind``); ``uses``: which tables and columns a
text names where, for ALTER TABLE; ``authorization``: what a user's authorizer is asked.
"""
