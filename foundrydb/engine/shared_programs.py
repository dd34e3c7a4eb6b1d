"""Programs that statements share which differ in nothing but literals.

The first statement of a kind is compiled as it is written.  When a second one comes, literals that only stand for a
value are lifted out of it (``compiler.lift``), and from then on a statement whose outline is known, and whose other
literals are the same, costs no more than a look at its tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast, final

from foundrydb.compiler.syntax.literals import Outline, literal_value
from foundrydb.engine.statement import Compiled, Prepared
from foundrydb.storage.format.values import Value

if TYPE_CHECKING:
    from foundrydb.compiler.lift import Lifting

MOST_KINDS: Final = 256
"""How many outlines are remembered."""

MOST_VARIANTS: Final = 4
"""How many programs are kept for an outline: one for each choice of the literals that are not lifted."""


@final
class Variant:
    """A program for the statements of an outline that agree in the literals that were not lifted.

    Attributes:
        compiled: the program.
        lifted: which literals are its last parameters, in order; -1 - i for the negative of literal i.
        fixed: the others, as they are written, by their numbers.
    """

    def __init__(self, compiled: Compiled, lifted: list[int], fixed: dict[int, str]) -> None:
        self.compiled: Final = compiled
        self.lifted: Final = lifted
        self.fixed: Final = fixed

    def fits(self, outline: Outline) -> bool:
        """Whether the program is that of a statement with this outline."""
        return all([outline.literals[i] == text for i, text in self.fixed.items()])

    def values(self, outline: Outline) -> list[Value]:
        """The values of a statement's literals, for the program's last parameters."""
        found: list[Value] = []
        for i in self.lifted:
            if i >= 0:
                found.append(cast(Value, literal_value(outline.literals[i])))
            else:
                number = literal_value(outline.literals[-1 - i])
                assert isinstance(number, (int, float))
                found.append(-number)
        return found


@final
class Kind:
    """The statements of one outline.

    Attributes:
        variants: their programs.
        closed: no program can be shared between them, beyond those that there are.
    """

    def __init__(self) -> None:
        self.variants: Final[list[Variant]] = []
        self.closed = False


@final
class Sharing:
    """The outlines that a connection has met, the one met last at the end.

    Attributes:
        eager: lift the literals of the first statement of an outline too; tests do that.
    """

    def __init__(self) -> None:
        self.eager = False
        self._kinds: Final[dict[str, Kind]] = {}

    def clear(self) -> None:
        """Forget all."""
        self._kinds.clear()

    def find(self, outline: Outline, generation: int) -> Variant | None:
        """The program that a statement of this outline runs, if there is one that is not stale."""
        kind = self._kinds.get(outline.key)
        if kind is not None:
            for variant in kind.variants:
                if variant.compiled.generation == generation and variant.fits(outline):
                    return variant
        return None

    def is_worth_lifting(self, outline: Outline, generation: int) -> bool:
        """Whether a statement of this outline was met before, so that others may come; it counts as met from now on."""
        kinds = self._kinds
        kind = kinds.pop(outline.key, None)
        if kind is None:
            kind = Kind()
            kinds[outline.key] = kind
            if len(kinds) > MOST_KINDS:
                del kinds[next(iter(kinds))]
            return self.eager
        kinds[outline.key] = kind
        if kind.variants and kind.variants[0].compiled.generation != generation:
            kind.variants.clear()
            kind.closed = False
        return not kind.closed and len(kind.variants) < MOST_VARIANTS

    def add(self, outline: Outline, lifting: Lifting | None, compiled: Compiled) -> Variant | None:
        """Keep the program of a statement whose literals were lifted; None where there were none to lift."""
        kind = self._kinds[outline.key]
        if lifting is None or not lifting.lifted:
            kind.closed = True
            return None
        numbers = {outline.places[i]: i for i in range(len(outline.places))}
        lifted = [
            -1 - numbers[each.place] if each.negative else numbers[each.place] for each in lifting.lifted
        ]
        taken = {i if i >= 0 else -1 - i for i in lifted}
        fixed = {i: outline.literals[i] for i in range(len(outline.literals)) if i not in taken}
        variant = Variant(compiled, lifted, fixed)
        kind.variants.append(variant)
        return variant


def share(sql: str, outline: Outline, variant: Variant) -> Prepared:
    """A statement that runs a shared program."""
    return Prepared(sql, outline.start, variant.compiled, variant.values(outline))
