"""Functions of texts.

``text_functions`` are those that take a text apart or make another one, ``quoting`` writes values as literals,
``printf`` is the formatting language.  ``patterns`` declares LIKE and GLOB, ``pattern`` matches what they compile, and
``utf8`` tells the characters of UTF-8 bytes apart.
"""
