"""Functions about text: ``text_functions``, ``printf``, LIKE and GLOB (``patterns``), and literals (``quoting``)."""
