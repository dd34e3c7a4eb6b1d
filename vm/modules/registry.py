"""The modules that a connection knows, by name; what declares some is loaded when a name is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, final

from foundrydb.storage.format.values import fold_ascii
from foundrydb.vm.modules.module import Module, VirtualTable


@final
class ModuleRegistry:
    """A connection's modules: the engine's own and the user's."""

    def __init__(self) -> None:
        self._modules: Final[dict[bytes, Module]] = {}
        self._tables: Final[dict[bytes, VirtualTable]] = {}
        self._waiting: Final[list[Callable[[], list[Module]]]] = []

    def later(self, load: Callable[[], list[Module]]) -> None:
        """Have modules loaded when a name is asked for that is not known."""
        self._waiting.append(load)

    def add(self, module: Module) -> None:
        """Declare a module; it replaces one of that name."""
        name = fold_ascii(module.name)
        self._load()
        self._modules[name] = module
        self._tables.pop(name, None)

    def find(self, name: str) -> Module | None:
        """The module ``name``."""
        key = fold_ascii(name)
        while key not in self._modules and self._load_one():
            pass
        return self._modules.get(key)

    def table(self, name: str) -> VirtualTable | None:
        """The virtual table that a module gives under its own name; the same one each time."""
        key = fold_ascii(name)
        found = self._tables.get(key)
        if found is None:
            module = self.find(name)
            if module is not None:
                found = module.connect([])
                self._tables[key] = found
        return found

    def all(self) -> list[Module]:
        """Every module, by name."""
        self._load()
        return [self._modules[name] for name in sorted(self._modules)]

    def clear(self) -> None:
        """Forget all modules."""
        self._waiting.clear()
        self._modules.clear()
        self._tables.clear()

    def _load(self) -> None:
        while self._load_one():
            pass

    def _load_one(self) -> bool:
        """Load what waits first, which goes on waiting if it cannot be loaded; False if nothing waits."""
        if not self._waiting:
            return False
        modules = self._waiting[0]()
        del self._waiting[0]
        for module in modules:
            self._modules[fold_ascii(module.name)] = module
        return True
