"""What a page of a tree holds, and how it changes.

``node``: a page as bytes, and decoded into cells and children.  The others do without that where they can:
``page_edit`` changes a leaf's image, ``packed_leaves`` deals out the cells of several leaves as pieces of their images,
and ``page_layout`` knows where an interior page's cells lie.
"""
