"""Fast ways of expressions: trees that instructions carry, computed on machine values, without objects.

``formula`` does arithmetic; ``text_term`` finds texts where they lie in a page, ``text_formulas`` measures, searches
and matches them, ``comparisons`` are of numbers, of texts and with NULL.  Where a value is not of the kind, the general
instructions do the work.  All are a ``machine_term``, which has a text; ``reading`` reads those texts.
"""
