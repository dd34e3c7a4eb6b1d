"""What types the rows and parameters of a statement have.

``value_types`` infers the types of expressions, ``queries`` what a statement takes and gives, ``python_code`` writes
that down as Python that a type checker reads.
"""
