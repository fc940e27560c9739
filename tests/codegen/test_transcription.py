"""Our transcription of the document: every fact of the API and no other, in our own words.

The vendor's own document takes its place, and scripts/regenerate.py --spec removes this file then.
seed-shingles.txt holds hashes of the vendor's sentences and runs of words, and not the page itself.

The tables are written by hand from the project's collection of facts (sections 1 and 2), not from
openapi.yaml: the two have to be changed together, by somebody who looked.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

ORDER = "/ordermanagement/v1/orders/{order_id}"

# tag, operationId, method, path below ORDER, body, answers.
# An answer: status, its headers (with @), its media type if it is not JSON, its schema ([] a list).
OPERATIONS = """
Orders   | getOrder                      | GET   |                                     |                             | 200 MerchantOrderDto; 404 NoSuchOrder
Orders   | acknowledgeOrder              | POST  | /acknowledge                        |                             | 204; 403 NotAllowed; 404 NoSuchOrder
Orders   | cancelOrder                   | POST  | /cancel                             |                             | 204; 403 CancelNotAllowed
Orders   | extendAuthorizationTime       | POST  | /extend-authorization-time          |                             | 204; 403 NotAllowed
Orders   | releaseRemainingAuthorization | POST  | /release-remaining-authorization    |                             | 204 string; 403 NotAllowed
Orders   | updateAuthorization           | PATCH | /authorization                      | UpdateAuthorizationDto      | 204 string; 403 NotAllowed; 404 */* ErrorMessageDto
Orders   | updateConsumerDetails         | PATCH | /customer-details                   | UpdateConsumerDto           | 204 string; 403 NotAllowed
Orders   | updateMerchantReferences      | PATCH | /merchant-references                | UpdateMerchantReferencesDto | 204; 403 NotAllowed
Orders   | appendOrderShippingInfo       | POST  | /shipping-info                      | UpdateShippingInfoDto       | 204; 404 NoSuchOrder
Captures | getCaptures                   | GET   | /captures                           |                             | 200 CaptureDto[]; 404 NoSuchOrder
Captures | captureOrder                  | POST  | /captures                           | CaptureObjectDto            | 201 @Location @Capture-Id; 403 CaptureNotAllowed; 404 NoSuchOrder
Captures | getCapture                    | GET   | /captures/{capture_id}              |                             | 200 CaptureDto; 404 NoSuchOrder
Captures | appendShippingInfo            | POST  | /captures/{capture_id}/shipping-info | UpdateShippingInfoDto      | 204; 403 NotAllowed; 404 NoSuchOrder
Refunds  | refundOrder                   | POST  | /refunds                            | RefundObjectDto             | 201 @Location @Refund-Id string; 403 RefundNotAllowed; 404 NotFound
Refunds  | getRefund                     | GET   | /refunds/{refund_id}                |                             | 200 RefundDto; 404 NotFound
"""

# One field a line: name (! required), type ([] a list of), then what holds: 0..255 a length, a
# count or a range, one side may be open; values of an enum; parts of a pattern; write-only.
SCHEMAS = {
    "MerchantOrderDto": """
        billing_address AddressDto
        captured_amount i64
        captures CaptureDto[]
        created_at date-time
        customer CustomerDto
        expires_at date-time
        fraud_status string
        initial_payment_method InitialPaymentMethodDto
        klarna_reference string
        locale string
        merchant_data string
        merchant_reference1 string
        merchant_reference2 string
        order_amount i64
        order_id string ..255
        order_lines OrderLineDto[]
        original_order_amount i64
        purchase_country string
        purchase_currency string
        refunded_amount i64
        refunds RefundDto[]
        remaining_authorized_amount i64
        selected_shipping_option SelectedShippingOptionDto
        shipping_address AddressDto
        shipping_info ShippingInfoDto[]
        status enum AUTHORIZED PART_CAPTURED CAPTURED CANCELLED EXPIRED CLOSED
    """,
    "CaptureDto": """
        billing_address AddressDto
        capture_id string
        captured_amount i64 1..
        captured_at date-time
        description string
        klarna_reference string
        order_lines OrderLineDto[]
        reference string 0..255
        refunded_amount i64
        shipping_address AddressDto
        shipping_info ShippingInfoDto[]
    """,
    "RefundDto": """
        credit_invoice boolean
        description string
        order_lines OrderLineDto[]
        reference string
        refund_id string
        refunded_amount i64
        refunded_at date-time
    """,
    "CaptureObjectDto": """
        captured_amount! i64 0..200000000
        description string 0..255
        order_lines OrderLineDto[] 0..1000
        reference string 0..255
        shipping_delay i64 0.. write-only
        shipping_info ShippingInfoDto[] 0..500
    """,
    "RefundObjectDto": """
        refunded_amount! i64 0..200000000
        description string 0..255
        order_lines OrderLineDto[] 0..1000
        reference string 0..255
    """,
    "UpdateAuthorizationDto": """
        order_amount! i64 0..200000000
        order_lines! OrderLineDto[] 0..1000
        description string 0..255
    """,
    "UpdateMerchantReferencesDto": """
        merchant_reference1 string 0..255
        merchant_reference2 string 0..255
    """,
    "UpdateConsumerDto": "shipping_address AddressDto",
    "UpdateShippingInfoDto": "shipping_info! ShippingInfoDto[] 1..500",
    "AddressDto": """
        attention string 0..255
        city string 0..200
        country string
        email string 0..100
        family_name string 0..100
        given_name string 0..100
        organization_name string 0..255
        phone string 0..100
        postal_code string 0..10
        region string 0..200
        street_address string 0..100
        street_address2 string 0..100
        title string 0..20
    """,
    "CustomerDto": """
        date_of_birth date
        national_identification_number string
        vat_id string
        type string
        organization_entity_type string
        organization_registration_id string
    """,
    "OrderLineDto": """
        name! string 0..255
        quantity! i64 0..
        total_amount! i64 ..200000000
        unit_price! i64 ..200000000
        image_url string 0..1024
        merchant_data string 0..1024
        product_identifiers ProductIdentifiersDto
        product_url string 0..1024
        quantity_unit string 0..10
        reference string 0..255
        tax_rate i32 0..
        total_discount_amount i64 0..200000000
        total_tax_amount i64 ..200000000
        type enum physical discount shipping_fee sales_tax store_credit gift_card digital surcharge return_fee package
    """,
    "ProductIdentifiersDto": """
        brand string 0..70
        category_path string 0..750
        color string 0..64
        global_trade_item_number string 0..50
        manufacturer_part_number string 0..70
        size string 0..64
    """,
    "ShippingInfoDto": """
        return_shipping_company string 0..100
        return_tracking_number string 0..100
        return_tracking_uri string 0..1024
        shipping_company string 0..100
        shipping_method pattern PickUpStore Home BoxReg BoxUnreg PickUpPoint Own Postal DHLPackstation Digital Undefined PickUpWarehouse ClickCollect PalletDelivery
        tracking_number string 0..100
        tracking_uri string 0..1024
    """,
    "InitialPaymentMethodDto": """
        description string
        number_of_installments i32
        type string
    """,
    "SelectedShippingOptionDto": """
        carrier string
        carrier_product CarrierProductDto
        class string
        id string
        location LocationDto
        method string
        name string
        price i64
        selected_addons AddonDto[]
        tax_amount i64
        tax_rate i64
        timeslot TimeslotDto
        tms_reference string
        type string
    """,
    "CarrierProductDto": """
        identifier string
        name string
    """,
    "LocationDto": """
        address LocationAddressDto
        id string
        name string
        price i64
    """,
    "LocationAddressDto": """
        country! string
        street_address! string
        city string
        postal_code string
        region string
        street_address2 string
    """,
    "TimeslotDto": """
        cutoff string
        end string
        id string
        price i64
        start string
    """,
    "AddonDto": """
        price! i64 0..
        type! string
        external_id string
        user_input string
    """,
    "ErrorMessageDto": """
        correlation_id string
        error_code enum INTERNAL_ERROR NOT_FOUND TOO_MANY_REQUESTS REFUND_NOT_ALLOWED CAPTURE_NOT_ALLOWED CANCEL_NOT_ALLOWED UPDATE_NOT_ALLOWED NO_SUCH_ORDER BAD_REQUEST PAYLOAD_TOO_LARGE NO_SUCH_CAPTURE RESOURCE_NOT_FOUND INVALID_REQUEST_PARAMETERS NOT_ALLOWED UNSUPPORTED_MEDIA_TYPE FORBIDDEN
        error_messages string[]
    """,
}

# Every refusal has a schema of the same shape and an example of its own.
REFUSALS = {
    "NotAllowed": "NOT_ALLOWED",
    "CancelNotAllowed": "CANCEL_NOT_ALLOWED",
    "CaptureNotAllowed": "CAPTURE_NOT_ALLOWED",
    "RefundNotAllowed": "REFUND_NOT_ALLOWED",
    "NoSuchOrder": "NO_SUCH_ORDER",
    "NoSuchCapture": "NO_SUCH_CAPTURE",
    "NotFound": "NOT_FOUND",
}
REFUSAL = """
    correlation_id string
    error_code string
    error_messages string[]
"""

# What only a description can say.
SAID = {
    "MerchantOrderDto.created_at": ["ISO 8601"],
    "MerchantOrderDto.expires_at": ["ISO 8601"],
    "MerchantOrderDto.fraud_status": ["ACCEPTED", "PENDING", "REJECTED"],
    "MerchantOrderDto.locale": ["RFC 1766"],
    "MerchantOrderDto.order_amount": ["minor units"],
    "MerchantOrderDto.order_id": ["255 characters"],
    "MerchantOrderDto.purchase_country": ["ISO 3166-1 alpha-2"],
    "MerchantOrderDto.purchase_currency": ["ISO 4217"],
    "MerchantOrderDto.captured_amount": ["minor units"],
    "CaptureObjectDto.shipping_delay": ["account"],
    "AddressDto.country": ["ISO 3166-1 alpha-2"],
    "AddressDto.organization_name": ["business"],
    "AddressDto.region": ["required", "US"],
    "OrderLineDto.tax_rate": ["two implicit decimals", "2500"],
    "OrderLineDto.total_amount": ["quantity * unit_price - total_discount_amount"],
    "OrderLineDto.total_discount_amount": ["with tax"],
    "OrderLineDto.unit_price": ["with tax", "before discounts"],
    "ProductIdentifiersDto.category_path": ["' > '"],
}

_INTEGERS = {"i32": "int32", "i64": "int64"}
_LIMITS = {
    "string": ("minLength", "maxLength"),
    "integer": ("minimum", "maximum"),
    "array": ("minItems", "maxItems"),
}


def _type(word: str) -> dict[str, Any]:
    """Return the schema that one word of a table stands for."""
    if word.endswith("[]"):
        return {"type": "array", "items": _type(word[:-2])}
    if word in _INTEGERS:
        return {"type": "integer", "format": _INTEGERS[word]}
    if word in ("date", "date-time"):
        return {"type": "string", "format": word}
    if word[0].isupper():
        return {"$ref": f"#/components/schemas/{word}"}
    return {"type": word}


def _field(kind: str, rest: list[str]) -> dict[str, Any]:
    """Return the schema that one line of a table stands for, without its name."""
    if kind == "enum":
        return {"type": "string", "enum": rest}
    if kind == "pattern":
        return {"type": "string", "pattern": f"({'|'.join(rest)})"}
    field = _type(kind)
    for word in rest:
        if word == "write-only":
            field["writeOnly"] = True
        else:
            for name, limit in zip(_LIMITS[field["type"]], word.split(".."), strict=True):
                field |= {name: int(limit)} if limit else {}
    return field


def _object(table: str) -> dict[str, Any]:
    """Return the schema that a table stands for."""
    lines = [line.split() for line in table.splitlines() if line.strip()]
    required = sorted(name[:-1] for name, *_ in lines if name.endswith("!"))
    fields = {name.rstrip("!"): _field(kind, rest) for name, kind, *rest in lines}
    return {"type": "object", "properties": fields} | ({"required": required} if required else {})


def _without_words(schema: Any) -> Any:
    """Return a schema without what is there for people, ``required`` in one order."""
    if isinstance(schema, list):
        return [_without_words(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    bare = {
        name: _without_words(value)
        for name, value in schema.items()
        if not (name in ("description", "example") and not isinstance(value, dict))
    }
    if isinstance(bare.get("required"), list):
        bare["required"] = sorted(bare["required"])
    return bare


def _answers(text: str) -> dict[str, Any]:
    """Status → headers and content that the last column of the table stands for."""
    answers = {}
    for answer in text.split(";"):
        status, *words = answer.split()
        media = "*/*" if "*/*" in words else "application/json"
        schemas = [_type(word) for word in words if word[0] != "@" and word != "*/*"]
        answers[status] = {
            "headers": {
                word[1:]: {"schema": {"type": "string"}} for word in words if word[0] == "@"
            },
            "content": {media: {"schema": schemas[0]}} if schemas else {},
        }
    return answers


def _parameters(method: str, path: str) -> list[dict[str, Any]]:
    """Return the parameters of an operation; the header's depends on the method alone."""
    header = "Klarna-Integrator" if path == ORDER else "Klarna-Idempotency-Key"
    ids = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]
    ids[0]["schema"]["format"] = "uuid"
    headers = [{"name": header, "in": "header", "required": False, "schema": {"type": "string"}}]
    return ids + (headers if method != "GET" or path == ORDER else [])


_ROWS = [[cell.strip() for cell in row.split("|")] for row in OPERATIONS.strip().splitlines()]


def test_the_table_has_the_fifteen_operations_and_the_document_no_other(
    published: dict[str, Any],
) -> None:
    """The document has the operations of the table, by method and path, and nothing else."""
    properties = {
        (operation["operationId"], method.upper(), path)
        for path, item in published["paths"].items()
        for method, operation in item.items()
    }
    expected = {(name, method, ORDER + path) for _, name, method, path, *_ in _ROWS}
    assert len(expected) == 15
    assert properties == expected


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row[1])
def test_an_operation_is_as_published(published: dict[str, Any], row: list[str]) -> None:
    """Tag, parameters, body, answers, their headers and content are those of the table."""
    tag, name, method, below, body, answers = row
    operation = published["paths"][ORDER + below][method.lower()]
    assert operation["operationId"] == name
    assert operation["tags"] == [tag]
    assert _without_words(operation["parameters"]) == _parameters(method, ORDER + below)
    expected_body = (
        {"required": True, "content": {"application/json": {"schema": _type(body)}}}
        if body
        else None
    )
    assert _without_words(operation.get("requestBody")) == expected_body
    responses = {
        status: {"headers": answer.get("headers", {}), "content": answer.get("content", {})}
        for status, answer in operation["responses"].items()
    }
    assert _without_words(responses) == _answers(answers)


def test_the_document_has_the_schemas_of_the_tables_and_no_other(published: dict[str, Any]) -> None:
    """No schema is missing, and none was added."""
    assert set(published["components"]["schemas"]) == {*SCHEMAS, *REFUSALS}


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_as_published(published: dict[str, Any], name: str) -> None:
    """Every field with its type, format, limits, enum, and whether it is required."""
    assert _without_words(published["components"]["schemas"][name]) == _object(SCHEMAS[name])


@pytest.mark.parametrize(("name", "code"), REFUSALS.items())
def test_a_refusal_has_the_one_shape_and_its_own_code(
    published: dict[str, Any], name: str, code: str
) -> None:
    """Each refusal is declared under its name, with its code as the example."""
    schema = published["components"]["schemas"][name]
    assert _without_words(schema) == _object(REFUSAL)
    assert schema["properties"]["error_code"]["example"] == code


@pytest.mark.parametrize(("place", "words"), SAID.items())
def test_a_description_says_what_a_type_cannot(
    published: dict[str, Any], place: str, words: list[str]
) -> None:
    """Standards, units and conditions stand in the description of the field they hold for."""
    schema, field = place.split(".")
    text = published["components"]["schemas"][schema]["properties"][field]["description"]
    assert [word for word in words if word not in text] == []


def test_negative_amounts_are_explained(published: dict[str, Any]) -> None:
    """The lines that may have negative amounts are named."""
    text = published["components"]["schemas"]["OrderLineDto"]["description"]
    assert all(word in text for word in ("negative", "discount", "gift_card", "return_fee"))


def test_title_version_and_servers(published: dict[str, Any]) -> None:
    """The document names itself, and both environments, live first."""
    assert published["openapi"].startswith("3.0.")
    assert (published["info"]["title"], published["info"]["version"]) == (
        "Order Management API",
        "1.0.0",
    )
    assert [server["url"] for server in published["servers"]] == [
        "https://api.kustom.co",
        "https://api.playground.kustom.co",
    ]


def test_everything_is_described(published: dict[str, Any]) -> None:
    """Every schema and every field that is no reference has a description."""
    bare = [
        f"{name}.{field}"
        for name, schema in published["components"]["schemas"].items()
        for field, part in {"": schema, **schema["properties"]}.items()
        if "$ref" not in part and not part.get("description")
    ]
    assert bare == []


def test_the_document_is_valid(published: dict[str, Any]) -> None:
    """openapi-spec-validator finds nothing."""
    assert [error.message for error in OpenAPIV30SpecValidator(published).iter_errors()] == []


def test_the_document_says_where_it_comes_from() -> None:
    """The comment at its top says that it was transcribed, from what, and how to replace it."""
    text = (Path(__file__).resolve().parents[2] / "openapi.yaml").read_text(encoding="utf-8")
    comment = text.partition("openapi:")[0]
    provenance = (
        "transcribed",
        "Klarna Order Management v1",
        "appendShippingInfo",
        "RefundDto",
        "limits",
        "--spec",
    )
    assert [word for word in provenance if word not in comment] == []


# --- in our own words

RUN = 8
#: Shorter sentences are names: "Get order details".
SENTENCE = 5


def _hash(words: list[str]) -> str:
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:12]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _shingles(text: str) -> Iterator[str]:
    """Hashes of every run of eight words in a text, and of each of its sentences."""
    words = _words(text)
    yield from (_hash(words[start : start + RUN]) for start in range(len(words) - RUN + 1))
    for sentence in re.split(r"[.:;]\s|\n", text):
        if len(_words(sentence)) >= SENTENCE:
            yield _hash(_words(sentence))


def _texts(node: Any) -> Iterator[str]:
    """Yield what a document says to people; examples, names and limits are nobody's words."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name in ("description", "summary", "title") and isinstance(value, str):
                yield value
            else:
                yield from _texts(value)
    elif isinstance(node, list):
        for item in node:
            yield from _texts(item)


def _seed() -> set[str]:
    lines = Path(__file__).with_name("seed-shingles.txt").read_text(encoding="ascii").splitlines()
    return {line for line in lines if not line.startswith("#")}


def test_the_hashes_recognize_the_page() -> None:
    """A run of nothing but names that must be on the page is found; so is a title by itself."""
    status = "Enum AUTHORIZED PART_CAPTURED CAPTURED CANCELLED EXPIRED CLOSED Example"
    assert set(_shingles(status)) <= _seed()
    assert _hash(_words("Update the order amount and order lines")) in _seed()


def test_no_description_is_copied(published: dict[str, Any], fixes: dict[str, Any]) -> None:
    """No description shares a sentence, or eight words in a row, with the vendor's page."""
    seed = _seed()
    texts = [*_texts(published), *_texts(fixes)]
    assert len(texts) > 200
    assert [text for text in texts if not seed.isdisjoint(_shingles(text))] == []
