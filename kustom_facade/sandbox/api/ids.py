"""Ids: repeatable new ones, and the form of a UUID."""

import random
import re
import string

#: A UUID of any version, because most order ids of the API have none.
UUID = re.compile(r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


def is_uuid(text: str) -> bool:
    """Return whether a text has the form of a UUID."""
    return UUID.search(text) is not None


class IdGenerator:
    """Generate ids that look random and repeat with the seed."""

    def __init__(self, seed: int | str) -> None:
        self._ids = random.Random(f"ids {seed}")  # noqa: S311  to be repeatable is the point
        self._traces = random.Random(f"traces {seed}")  # noqa: S311  as above

    def new_id(self) -> str:
        """Return an id for an order, capture or refund, independent of the reads before it."""
        return _as_uuid(self._ids.getrandbits(128))

    def new_trace(self) -> str:
        """Return an id for a request, such as its correlation id."""
        return _as_uuid(self._traces.getrandbits(128))

    def new_reference(self) -> str:
        """Return a `klarna_reference` of 8 characters."""
        return "".join(self._ids.choices(string.ascii_uppercase + string.digits, k=8))


def _as_uuid(bits: int) -> str:
    digits = f"{bits:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
