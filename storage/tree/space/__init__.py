"""The pages that trees are made of: which are free, and which page refers to which.

``freelist`` hands pages out and takes them back, ``overflow`` chains them for what is longer than a page has room for.
In an auto-vacuum file ``pointer_map`` says who refers to each page, so that ``auto_vacuum`` can move it.
"""
