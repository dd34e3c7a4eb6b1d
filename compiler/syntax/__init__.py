"""Text to syntax tree and back: scanner, parser, tree, printer, error messages."""
