"""A cache that keeps nothing that nobody has pinned: what relies on luck fails at once.

Works where the pager is interpreted: a compiled one calls its own functions.
"""

from __future__ import annotations

import pytest

from foundrydb.storage.pages.page import Page
from foundrydb.storage.pages.page_store import PageStore

_get = PageStore.get
_append_page = PageStore.append_page


def squeeze(store: PageStore) -> None:
    """Write out and let go of every page that is not pinned."""
    if store._dirty:
        store._spill()
    for page in store._cache.pages():
        if page.pins == 0 and not page.dirty:
            store._cache.remove(page)


def _get_under_pressure(store: PageStore, number: int) -> Page:
    squeeze(store)
    return _get(store, number)


def _append_under_pressure(store: PageStore) -> Page:
    squeeze(store)
    return _append_page(store)


def put_under_pressure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every pager let go of what is not pinned, whenever it is asked for a page."""
    monkeypatch.setattr(PageStore, "get", _get_under_pressure)
    monkeypatch.setattr(PageStore, "append_page", _append_under_pressure)
