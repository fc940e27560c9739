"""What a run of a million events remembers of each, in as little memory as Python can."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import Final

_WORD: Final = 8
_SMALLEST: Final = 1024


def digest(*parts: object) -> int:
    """Return 64 bits of texts and numbers. They are the same in every process, and never 0."""
    data = repr(parts).encode(errors="surrogatepass")
    return int.from_bytes(blake2b(data, digest_size=_WORD).digest(), "little") or 1


class Table:
    """A map from digests to numbers of 64 bits, 24 to 48 bytes for each.

    A dict takes about 150. That two of a million events have one digest happens once in 37 million
    runs.
    """

    def __init__(self) -> None:
        self._count = 0
        self._make(_SMALLEST)

    def _make(self, slots: int) -> None:
        self._keys = array("Q", bytes(_WORD * slots))
        self._values = array("Q", bytes(_WORD * slots))

    def __len__(self) -> int:
        return self._count

    def get(self, key: int) -> int | None:
        """Return the number of a digest, ``None`` where there is none."""
        slot = self._slot(key)
        return self._values[slot] if self._keys[slot] else None

    def setdefault(self, key: int, value: int) -> int:
        """Return the number of a digest, which is this one if it had none."""
        slot = self._slot(key)
        if self._keys[slot]:
            return self._values[slot]
        self[key] = value
        return value

    def __setitem__(self, key: int, value: int) -> None:
        slot = self._slot(key)
        if not self._keys[slot]:
            self._count += 1
        self._keys[slot], self._values[slot] = key, value
        if 3 * self._count > 2 * len(self._keys):
            self._grow()

    def _slot(self, key: int) -> int:
        """Return where a digest is, or where it would be: the next free place after its own."""
        keys = self._keys
        last = len(keys) - 1
        slot = key & last
        while keys[slot] and keys[slot] != key:
            slot = slot + 1 & last
        return slot

    def _grow(self) -> None:
        keys, values = self._keys, self._values
        self._make(2 * len(keys))
        for key, value in zip(keys, values, strict=True):
            if key:
                slot = self._slot(key)
                self._keys[slot], self._values[slot] = key, value
