"""The opcodes, by subject; each is one class."""
