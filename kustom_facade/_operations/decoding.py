"""From bytes to JSON data, as deep as Python can handle it."""

import json
from contextlib import suppress
from itertools import chain
from typing import Any, Final

import orjson

#: Levels of nesting that an answer may have. The document's have below ten. Python cannot copy or
#: pickle data of many more, and this is what the JSON library can write.
_MOST_LEVELS: Final = 254
#: All bytes but those that nesting shows in.
_NO_SHAPE: Final = bytes({*range(256)} - {*b'{}[],"'})
_TOO_DEEP: Final = f"the JSON is nested more than {_MOST_LEVELS} levels deep"


class UnreadableAnswer(ValueError):
    """The answer is not what the operation answers with."""


def loads(content: bytes) -> Any:
    """Return JSON as it comes over the wire.

    Raises:
        ValueError: it is something else, or is nested too deeply.
    """
    try:
        data = orjson.loads(content)
    except ValueError:
        # orjson refuses lone surrogates and a byte order mark; an order is worth the second try.
        try:
            data = json.loads(content)
        except RecursionError:
            raise UnreadableAnswer(_TOO_DEEP) from None
    if _may_be_deep(content) and _is_too_deep(data):
        raise UnreadableAnswer(_TOO_DEEP)
    return data


def _may_be_deep(content: bytes) -> bool:
    """Return whether there are enough brackets, besides those that follow a sibling's end.

    Counting bytes costs next to nothing, and tells that most orders are flat. A quotation mark
    keeps brackets within a text from being taken for a sibling's end.
    """
    shape = content.translate(None, _NO_SHAPE)
    return shape.count(b"{") + shape.count(b"[") - shape.count(b"},{") > _MOST_LEVELS


def _is_too_deep(data: Any) -> bool:
    with suppress(TypeError):
        orjson.dumps(data)  # refuses more levels, and costs a third of looking at each
        return False
    # It also refuses lone surrogates.
    level: list[Any] = [[data]]
    for _ in range(_MOST_LEVELS + 1):
        parts = chain.from_iterable(
            whole.values() if isinstance(whole, dict) else whole for whole in level
        )
        level = [part for part in parts if isinstance(part, dict | list)]
        if not level:
            return False
    return True
