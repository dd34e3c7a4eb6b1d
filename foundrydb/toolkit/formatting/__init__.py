"""The formatter: SQL in one style, with nothing lost.

``scripts`` is the entry: a text is taken statement by statement, and what stands between them is kept.  The tokens of a
statement are ``words``, which know the comments around them.  A node's words and children are its parts, and ``styles``
turn these into ``pieces``, which ``compiler.syntax.printing.lines`` lays out; ``statements`` goes through the tree and
puts comments, blanks and empty lines between the words.  As every token is printed where it stood, nothing but blanks
can go wrong; what comes out is parsed and compared all the same.
"""
