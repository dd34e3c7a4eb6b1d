"""A run that goes forward and back is in the same state as one that only went forward, whatever it runs.

``queries`` are those of the goldens, ``same_state`` what is asked of each.  The suite asks a share of them;
``python -m debugging`` in ``tests/`` asks all, and says what recording costs beside a plain run.
"""
