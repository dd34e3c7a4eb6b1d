"""Text for a parameter that need not be UTF-8, for tools that pass on what they read."""


class CarriedText(str):
    """Text that is bound byte for byte: lone surrogates stand for bytes ("surrogateescape")."""
