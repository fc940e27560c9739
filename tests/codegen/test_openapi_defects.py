"""The defects of openapi.yaml stay there, and the overlay fixes them and nothing else."""

import re
from collections.abc import Iterator
from typing import Any

from openapi_spec_validator import OpenAPIV30SpecValidator

ORDER = "/ordermanagement/v1/orders/{order_id}"

# Success answers that declare a JSON string; the wire sends nothing.
STRINGS_ON_EMPTY = {
    (f"{ORDER}/release-remaining-authorization", "post", "204"),
    (f"{ORDER}/authorization", "patch", "204"),
    (f"{ORDER}/customer-details", "patch", "204"),
    (f"{ORDER}/refunds", "post", "201"),
}
ANY_MEDIA_TYPE = {(f"{ORDER}/authorization", "patch", "404")}
# Strings with a number as their example, as published.
NUMBERS_FOR_STRINGS = {
    "MerchantOrderDto.merchant_reference1": 10001,
    "MerchantOrderDto.merchant_reference2": 501,
    "AddressDto.postal_code": 12345,
    "AddressDto.street_address2": 1,
    "OrderLineDto.reference": 75001,
    "ProductIdentifiersDto.global_trade_item_number": 735858293167,
    "ProductIdentifiersDto.size": 4,
    "ShippingInfoDto.tracking_number": 63456415674545680000,
    "ShippingInfoDto.return_tracking_number": 93456415674545680000,
}
# A pattern that does not allow the empty string that was recorded.
NARROW_PATTERN = ("ShippingInfoDto", "shipping_method")
BROKEN_DATE = ("CustomerDto", "date_of_birth", "Sun Sep 06 02:00:00 CEST 1981")


def _answers(document: dict[str, Any]) -> Iterator[tuple[tuple[str, str, str], dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for status, answer in operation["responses"].items():
                yield (path, method, status), answer.get("content", {})


def _strings_on_success(document: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {
        place
        for place, content in _answers(document)
        if place[2][0] == "2"
        and any(media["schema"].get("type") == "string" for media in content.values())
    }


def _numbers_for_strings(document: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{name}.{field}": part["example"]
        for name, schema in document["components"]["schemas"].items()
        for field, part in schema["properties"].items()
        if part.get("type") == "string" and not isinstance(part.get("example", ""), str)
    }


def _changes(old: Any, new: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where two documents differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            if key in old and key in new:
                yield from _changes(old[key], new[key], (*place, key))
            else:
                yield (*place, key)
    elif old != new:
        yield place


def test_strings_on_empty_answers_are_kept_and_patched(
    published: dict[str, Any], patched: dict[str, Any]
) -> None:
    """Four successes declare a JSON string in the document, none for the generator."""
    assert _strings_on_success(published) == STRINGS_ON_EMPTY
    assert _strings_on_success(patched) == set()


def test_patched_answers_keep_their_headers(patched: dict[str, Any]) -> None:
    """Fixing the 201 of a refund leaves the headers with its id."""
    answer = patched["paths"][f"{ORDER}/refunds"]["post"]["responses"]["201"]
    assert set(answer["headers"]) == {"Location", "Refund-Id"}


def test_the_wildcard_media_type_is_kept_and_patched(
    published: dict[str, Any], patched: dict[str, Any]
) -> None:
    """One 404 declares ``*/*``; the generator sees the same schema as JSON."""
    assert {place for place, content in _answers(published) if "*/*" in content} == ANY_MEDIA_TYPE
    odd = {place for place, content in _answers(patched) if set(content) - {"application/json"}}
    assert {status for _, _, status in odd} == {
        "401"
    }  # the gateway's HTML, declared by the overlay
    for path, method, status in ANY_MEDIA_TYPE:
        old = published["paths"][path][method]["responses"][status]["content"]["*/*"]
        assert patched["paths"][path][method]["responses"][status]["content"] == {
            "application/json": old
        }


def test_numbers_for_strings_are_kept_and_patched(
    published: dict[str, Any], patched: dict[str, Any]
) -> None:
    """Numeric examples of string fields stand as published; the bindings show strings."""
    assert _numbers_for_strings(published) == NUMBERS_FOR_STRINGS
    assert _numbers_for_strings(patched) == {}


def test_the_broken_date_is_kept_and_patched(
    published: dict[str, Any], patched: dict[str, Any]
) -> None:
    """The example of a date is none as published, and is the same day in ISO 8601 when fixed."""
    schema, field, example = BROKEN_DATE
    assert published["components"]["schemas"][schema]["properties"][field]["example"] == example
    assert patched["components"]["schemas"][schema]["properties"][field]["example"] == "1981-09-06"


def test_the_narrow_pattern_is_kept_and_patched(
    published: dict[str, Any], patched: dict[str, Any]
) -> None:
    """A shipping method may be empty when patched, and else is what it was."""
    schema, field = NARROW_PATTERN
    old, new = (
        document["components"]["schemas"][schema]["properties"][field]["pattern"]
        for document in (published, patched)
    )
    assert new == f"^$|{old}"
    for text in ("", "Home", "BoxReg"):
        assert bool(re.search(old, text)) is bool(text)
        assert re.search(new, text)
    assert not re.search(new, "Pigeon")


def test_no_security_scheme_is_invented(published: dict[str, Any], patched: dict[str, Any]) -> None:
    """The vendor declares no credentials; the facade sends them, so the bindings need none."""
    for document in (published, patched):
        assert "security" not in document
        assert "securitySchemes" not in document["components"]


def test_the_overlay_changes_nothing_else(
    published: dict[str, Any], patched: dict[str, Any]
) -> None:
    """Every difference is one of the defects above, or marks personal data."""
    contents = {
        ("paths", path, method, "responses", status, "content")
        for path, method, status in STRINGS_ON_EMPTY
    }
    wildcards = {
        ("paths", path, method, "responses", status, "content", media)
        for path, method, status in ANY_MEDIA_TYPE
        for media in ("*/*", "application/json")
    }
    fields = [name.split(".") for name in NUMBERS_FOR_STRINGS] + [list(BROKEN_DATE[:2])]
    examples = {
        ("components", "schemas", schema, "properties", field, "example")
        for schema, field in fields
    }
    pattern = {
        ("components", "schemas", NARROW_PATTERN[0], "properties", NARROW_PATTERN[1], "pattern")
    }
    codes = {("components", "schemas", "ErrorMessageDto", "properties", "error_code", "enum")}
    # Error statuses that the vendor leaves out: only ones that were not declared, and no success.
    declared = {place for place, _ in _answers(published)}
    added = {
        ("paths", path, method, "responses", status)
        for (path, method, status), _ in _answers(patched)
        if (path, method, status) not in declared
    }
    assert {place[-1] for place in added} == {
        "400",
        "401",
        "404",
        "409",
        "413",
        "415",
        "422",
        "429",
        "500",
    }
    personal = {
        ("components", "schemas", *place, "x-personal")
        for place in (("AddressDto",), ("CustomerDto",), ("AddonDto", "properties", "user_input"))
    }
    expected = contents | wildcards | examples | pattern | codes | added | personal
    assert set(_changes(published, patched)) == expected


def test_every_action_gives_its_reason_and_what_it_expects(fixes: dict[str, Any]) -> None:
    """No fix without a description, and none that would go on when the vendor changes the place."""
    assert fixes["overlay"] == "1.0.0"
    assert fixes["actions"]
    lacking = [
        action["target"]
        for action in fixes["actions"]
        if not action.get("description") or "x-expect" not in action
    ]
    assert lacking == []


def test_the_patched_document_is_valid(patched: dict[str, Any]) -> None:
    """The overlay leaves an OpenAPI document."""
    assert [error.message for error in OpenAPIV30SpecValidator(patched).iter_errors()] == []
