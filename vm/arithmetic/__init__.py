"""What SQL does with values: operators, affinity, CAST, and numbers as text.

``affinity`` is how a value changes on its way into a column or a comparison, ``cast`` how it becomes another
storage class, ``operators`` the arithmetic itself; ``real_text`` writes a real number to SQLite's letter.  How
values compare is the storage's affair, since indexes are ordered by it.
"""
