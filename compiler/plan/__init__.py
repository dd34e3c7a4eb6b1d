"""Bound statements to plans, and plans to better plans.

``nodes`` are the operators, and the invariants that every plan keeps (``check`` verifies them).  ``building`` makes
the logical form of what is bound.  ``optimizer`` runs the passes of ``passes`` over it, in one ordered list;
those that choose among ways to carry it out ask ``costs`` for estimates, through the ``context`` that all passes
share.

``walk`` goes through plans and rewrites them, ``usage``, ``nullness`` and ``nullable`` answer questions about them,
``disturbance`` says whether rows may be changed while they are searched for.
``describe`` and ``dump`` show them to people, ``choices`` what was weighed, ``refusals`` what was not.
"""

from foundrydb.compiler.plan import building, costs, passes

__all__ = ["building", "costs", "passes"]
