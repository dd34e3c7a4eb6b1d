"""Fast ways of expressions: trees that instructions carry, computed on machine values, without objects.

``formula`` does arithmetic and comparisons of numbers, ``text_term`` compares texts where they lie in a page.
Where a value is not of the kind, the general instructions do the work.  Both are a ``machine_term``, which has a text;
``reading`` reads those texts.
"""
