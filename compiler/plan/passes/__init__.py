"""The passes over a plan, each one rewrite that may be left out.

``base`` says what a pass is.  ``logical`` ones change what is asked for into something equal and simpler;
``physical`` ones choose how it is carried out.  The order in which they run is the list in ``plan/optimizer``.
"""

from foundrydb.compiler.plan.passes import logical, physical

__all__ = ["logical", "physical"]
