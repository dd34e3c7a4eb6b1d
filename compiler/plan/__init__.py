"""Bound statements to plans: the nodes, the builder, the passes that improve them, and how they are shown."""
