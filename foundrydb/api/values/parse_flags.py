"""``detect_types``: when converters are asked."""

from __future__ import annotations

from typing import Final

PARSE_DECLTYPES: Final = 1
"""By the first word of a column's declared type."""

PARSE_COLNAMES: Final = 2
"""By what stands in brackets in a column's name."""
