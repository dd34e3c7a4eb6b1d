"""Pictures: a ``diagram`` of boxes and edges, written in any of the ``diagram_formats``; ``plan_drawing``
draws plans, ``chain_drawing`` the way of a statement through all stages.

The views make diagrams of what they show, and know none of the formats.
"""
