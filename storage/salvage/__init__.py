"""What a damaged file still holds: pages read without trust, for ``fdb recover``.

``page_source`` gives the pages as they are, with those of a hot journal or a write-ahead log (``logged_pages``) in
their places, and the page size that fits them (``page_fit``); it writes nothing.  ``cell_reader`` takes a page's cells
and their records apart, overflow chains followed, and goes on past what makes no sense; ``text_encoding`` tells what
texts are written in.  ``page_claims`` walks the trees that are known, each from its root, and notes which pages they
reach; ``lost_pages`` has the others, with the page at the top of the tree that each once belonged to.

``mended_vfs`` gives a file whose header is lost one that fits, for those who look at its pages.

Counts, offsets and page numbers may lie: each page is visited once a tree, and the visits of all trees together are
limited, so that any file is read in time that grows with its size.
"""
