"""Keywords of schemas: the type that they are for, and what two of them say together."""

from collections.abc import Callable, Mapping
from typing import Any, Final

#: Says something of a value for people, and limits none.
_ANNOTATIONS: Final = (
    "title", "description", "default", "example", "examples", "deprecated", "readOnly",
    "writeOnly", "nullable", "externalDocs", "xml", "$comment", "$id", "$schema", "$anchor",
)  # fmt: skip
_LARGER: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_SMALLER: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
#: The type that a limit or a part is for.
_FOR_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("items", "minItems", "maxItems", "uniqueItems", "prefixItems"),
    "object": (
        "properties", "required", "additionalProperties", "minProperties", "maxProperties",
    ),
}  # fmt: skip


def is_annotation(key: str) -> bool:
    """Return whether a keyword says something for people only."""
    return key in _ANNOTATIONS or key.startswith("x-")


def is_limit(key: str) -> bool:
    """Return whether a keyword limits values, and is no union."""
    return not is_annotation(key) and key not in ("anyOf", "discriminator")


def is_null(schema: Any) -> bool:
    """Return whether null is the one value of a schema."""
    return isinstance(schema, dict) and (
        schema.get("type") in ("null", ["null"]) or schema.get("enum") == [None]
    )


def one_type(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with one type, ``anyOf`` for several kinds, and ``nullable`` for null."""
    result = dict(schema)
    kinds = result.get("type")
    if isinstance(kinds, list):
        if "null" in kinds:
            result["nullable"] = True
        kinds = [kind for kind in kinds if kind != "null"]
        if len(kinds) == 1:
            result["type"] = kinds[0]
        else:
            del result["type"]
            if "anyOf" in result or "oneOf" in result:
                result["x-unread"] = ["type"]  # one more condition than a union can hold
            elif kinds:
                result["anyOf"] = [{"type": kind} for kind in kinds]
    if "oneOf" in result:
        result["anyOf"] = [*result.pop("oneOf"), *result.get("anyOf", ())]
    if "const" in result:
        value = result.pop("const")
        if isinstance(value, str | int) and not isinstance(value, bool):
            result.setdefault("enum", [value])
    if not result.get("nullable"):
        result.pop("nullable", None)
    _close_bounds(result)
    return result


def _close_bounds(result: dict[str, Any]) -> None:
    """Spell the exclusive bounds of an integer as inclusive ones, and those of 3.0 as in 3.1."""
    for key, limit, step in (
        ("exclusiveMinimum", "minimum", 1),
        ("exclusiveMaximum", "maximum", -1),
    ):
        given = result.pop(key, None)
        if given is True:  # as in OpenAPI 3.0
            given = result.pop(limit, None)
        if type(given) is int and result.get("type") == "integer":
            choose = max if step > 0 else min
            result[limit] = choose(given + step, result.get(limit, given + step))
        elif given is not None and given is not False:
            result[key] = given


def typed(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with the type that its limits are for, where it says none itself."""
    if "type" in schema or "anyOf" in schema:
        return schema
    if schema.get("enum"):
        kind = "string" if isinstance(schema["enum"][0], str) else "integer"
        return {**schema, "type": kind}
    for kind in ("object", "array", "string", "number"):
        if any(key in schema for key in _FOR_TYPE[kind] if key not in ("required", "format")):
            return {**schema, "type": kind}
    return schema


def for_type(limits: dict[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return those limits that mean something for a schema of this type."""
    others = {
        key for kind, keys in _FOR_TYPE.items() if kind != schema.get("type") for key in keys
    } - set(_FOR_TYPE.get(str(schema.get("type")), ()))
    return {key: value for key, value in limits.items() if key not in others and key != "type"}


def combined(own: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    """Return what two parts say together: all fields, and the tightest limits."""
    result = {**part, **own}
    for key in part.keys() & own.keys() & _TOGETHER.keys():
        result[key] = _TOGETHER[key](own[key], part[key])
    if "anyOf" in own and "anyOf" in part and own["anyOf"] != part["anyOf"]:
        result["x-unread"] = _each(["anyOf"], result.get("x-unread", []))
    return result


def _fields(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    both = {name for name in left if name in right and left[name] != right[name]}
    return right | left | {name: {"allOf": [left[name], right[name]]} for name in both}


def _each(left: list[Any], right: list[Any]) -> list[Any]:
    return [*right, *(value for value in left if value not in right)]


def _items(left: Any, right: Any) -> Any:
    return left if left == right else {"allOf": [left, right]}


def _others(left: Any, right: Any) -> Any:
    if isinstance(left, dict) and isinstance(right, dict):
        return _items(left, right)
    return left if isinstance(left, dict) or right is True else right


#: How a keyword of both parts is combined. Of any other one, the outer part's counts.
_TOGETHER: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    **dict.fromkeys(_LARGER, max),
    **dict.fromkeys(_SMALLER, min),
    **dict.fromkeys(("nullable", "x-personal", "uniqueItems"), lambda left, right: left or right),
    **dict.fromkeys(("required", "x-unread"), _each),
    "properties": _fields,
    "items": _items,
    "additionalProperties": _others,
    "enum": lambda left, right: [value for value in left if value in right] or left,
    "type": lambda left, right: "integer" if {left, right} == {"integer", "number"} else left,
    "pattern": lambda left, right: left if left == right else f"{left} and {right}",
}
