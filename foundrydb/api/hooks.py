"""Hooks: callbacks that are told what becomes of rows and transactions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from foundrydb.engine.engine import Engine
from foundrydb.vm.functions.callbacks import Guarded


def set_update_hook(engine: Engine, callback: Callable[..., object] | None) -> None:
    """Have each changed row told; statements that were compiled for nobody are compiled anew."""
    engine.transaction.hooks.update = _guarded(callback)
    observed = callback is not None
    if observed != engine.preparer.observed:
        engine.preparer.observed = observed
        engine.attached.expire()


def set_commit_hook(engine: Engine, callback: Callable[..., object] | None) -> None:
    """Have each commit asked for; one that is asked about with an exception is forbidden."""
    engine.transaction.hooks.commit = _guarded(callback, True)


def set_rollback_hook(engine: Engine, callback: Callable[..., object] | None) -> None:
    """Have each rollback told."""
    engine.transaction.hooks.rollback = _guarded(callback)


def set_wal_hook(engine: Engine, callback: Callable[..., object] | None) -> None:
    """Have the lengths of write-ahead logs told, instead of automatic checkpoints."""
    engine.transaction.hooks.log = _guarded(callback)
    engine.attached.set_auto_checkpoint(0)


def _guarded(callback: Callable[..., object] | None, answer: bool = False) -> Callable[..., Any] | None:
    return None if callback is None else Guarded(callback, answer)
