"""Fast ways of expressions: computed on machine values, without objects.

``formula`` does arithmetic and comparisons of numbers, ``text_term`` compares texts where they lie in a page.
Where a value is not of the kind, the general instructions do the work.
"""
