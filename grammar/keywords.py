"""The keyword table, keywords.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def keywords() -> dict[str, Any]:
    """The table: which words are reserved, which may be names, and how they are grouped."""
    path = Path(__file__).with_name("keywords.json")
    table: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return table
