"""References within a document."""

import pytest
from codegen import references
from codegen.document import RegenerationError


@pytest.mark.parametrize(
    ("ref", "why"),
    [
        ("#/components/schemas/Gone", "leads nowhere"),
        ("#/components/schemas/Body/type/deeper", "leads nowhere"),
        ("https://example.com/schemas.yaml", "is not one into this document"),
        ("#/components/schemas/Round", "runs in a circle"),
        (5, "is not one into this document"),
    ],
)
def test_a_reference_that_cannot_be_followed_is_refused(ref: object, why: str) -> None:
    """Nothing is fetched, and nothing runs in circles."""
    schemas = {"Body": {"type": "object"}, "Round": {"$ref": "#/components/schemas/Round"}}
    document = {"components": {"schemas": schemas}}
    with pytest.raises(RegenerationError, match=why):
        references.resolve(document, {"$ref": ref})


def test_references_with_escapes_are_followed() -> None:
    """A slash and a tilde in a name are written as in JSON Pointer."""
    document = {"a/b": {"c~d": 1}}
    assert references.resolve(document, {"$ref": "#/a~1b/c~0d"}) == 1
