"""Values that no argument is meant for."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NoReturn

import httpx
import numpy as np
from hypothesis import strategies as st
from support import CANARY

from kustom_facade import MerchantOrder, Money

#: A URL with the canary as its password.
URL = f"http://user:{CANARY}@proxy.example"


class Hostile:
    """An object that can be neither shown nor compared."""

    def __repr__(self) -> NoReturn:
        raise RuntimeError("repr")

    def __str__(self) -> NoReturn:
        raise RuntimeError("str")

    def __eq__(self, other: object) -> NoReturn:
        raise RuntimeError("eq")

    __hash__ = None  # type: ignore[assignment]  # as of every class with an __eq__ of its own


class HostileText(str):
    """A text that can be neither shown nor compared."""

    __slots__ = ()

    def __repr__(self) -> NoReturn:
        raise RuntimeError("repr")

    def __str__(self) -> NoReturn:
        raise RuntimeError("str")

    def __eq__(self, other: object) -> NoReturn:
        raise RuntimeError("eq")

    def __ne__(self, other: object) -> NoReturn:
        raise RuntimeError("ne")

    def __hash__(self) -> int:
        return 1


def nested(levels: int) -> list[Any]:
    """Return lists in lists."""
    whole: list[Any] = []
    for _ in range(levels):
        whole = [whole]
    return whole


def cyclic() -> list[Any]:
    """Return a list that holds itself."""
    whole: list[Any] = []
    whole.append(whole)
    return whole


#: Makers of odd values by name: what cannot be shown cannot be the id of a test.
ODD: dict[str, Callable[[], Any]] = {
    "True": lambda: True,
    "False": lambda: False,
    "0": lambda: 0,
    "-1": lambda: -1,
    "3": lambda: 3,
    "huge int": lambda: 10**5000,
    "nan": lambda: float("nan"),
    "inf": lambda: float("inf"),
    "-inf": lambda: float("-inf"),
    "1e300": lambda: 1e300,
    "tiny": lambda: 5e-324,
    "empty": lambda: "",
    "space": lambda: " ",
    "line end": lambda: f"{URL}\n",
    "surrogate": lambda: f"{CANARY}\ud800",
    "zero byte": lambda: f"{CANARY}\0",
    "umlaut": lambda: f"{CANARY}ä",
    "bytes": CANARY.encode,
    "bytearray": lambda: bytearray(CANARY.encode()),
    "list": lambda: [CANARY],
    "dict": lambda: {CANARY: CANARY},
    "tuple": lambda: (),
    "class": lambda: str,
    "function": lambda: nested,
    "generator": lambda: (item for item in [CANARY]),
    "decimal": lambda: Decimal("NaN"),
    "fraction": lambda: Fraction(1, 3),
    "complex": lambda: 1j,
    "timedelta": lambda: timedelta(seconds=1),
    "array": lambda: np.array([1, 2]),
    "numpy int": lambda: np.int64(3),
    "Money": lambda: Money(5, "SEK"),
    "order": MerchantOrder,
    "URL": lambda: httpx.URL(URL),
    "Proxy": lambda: httpx.Proxy(URL),
    "Headers": lambda: httpx.Headers({"Authorization": CANARY}),
    "hostile": Hostile,
    "hostile text": lambda: HostileText(CANARY),
    "hostile items": lambda: [{"name": Hostile(), "quantity": Hostile(), HostileText("a"): 1}],
    "deep": lambda: nested(5_000),
    "deep item": lambda: [{"name": nested(5_000), "new": nested(500)}],
    "cyclic": cyclic,
}

#: Values of any type, with the canary in those that can hold it.
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=9),
    st.text(max_size=9).map(lambda text: CANARY + text),
    st.from_regex(rf"https?://[a-z:%]*{CANARY}@?[a-z.\[\]0-9:-]*[\n /?#]?", fullmatch=True),
    st.binary(max_size=9).map(lambda data: CANARY.encode() + data),
    st.lists(st.integers() | st.just(CANARY), max_size=3),
    st.dictionaries(st.text(max_size=3), st.just(CANARY), max_size=3),
    st.decimals(),
    st.fractions(),
    st.complex_numbers(),
    st.uuids(),
    st.timedeltas(),
    st.sampled_from(sorted(ODD)).map(lambda name: ODD[name]()),
)
