"""A newer document, edit by edit: the marks, what becomes of the verbs, and what is mended.

Each row is one edit of the present document, as a vendor makes it, with lines of the report that it
must lead to. Edits of different parts are built together, as one document.
"""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from codegen import comparison, generator, probes, python_api
from codegen.bindings import examine
from codegen.counterparts import require_counterparts
from codegen.normalization import Normalized
from codegen.pipeline import prepare
from codegen.report import Report
from codegen_support import ROOT, TEXT, ref

ORDER = "/ordermanagement/v1/orders/{order_id}"
Edit = Callable[[dict[str, Any]], object]


@dataclass(frozen=True)
class Row:
    """One edit: the part that it is about, what it does, and lines that the report has."""

    part: str
    edit: Edit
    #: Of the API, of our verbs, or fixed by rule.
    lines: tuple[str, ...] = ()
    #: What the report must not hold.
    never: str = ""
    #: Whether nothing breaks of the API.
    breaks_nothing: bool = False


def _operation(method: str, path: str = "") -> Callable[[dict[str, Any]], Any]:
    return lambda document: document["paths"][ORDER + path][method]


def _schema(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda document: document["components"]["schemas"][name]


def _field(schema: str, name: str, value: Any, *, required: bool = False) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        holder = _schema(schema)(document)
        if value is None:
            del holder["properties"][name]
        else:
            holder["properties"][name] = value
        if required:
            holder.setdefault("required", []).append(name)

    return edit


def _parameter(method: str, path: str, **parameter: Any) -> Edit:
    return lambda document: _operation(method, path)(document)["parameters"].append(
        {"schema": TEXT, **parameter}
    )


def _renamed(schema: str, old: str, new: str) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        fields = _schema(schema)(document)["properties"]
        fields[new] = fields.pop(old)

    return edit


def _rename(members: dict[str, Any], old: str, new: str) -> None:
    members[new] = members.pop(old)


def _into_part(schema: str, *names: str) -> Edit:
    """Move fields of a schema into a part of an ``allOf``."""

    def edit(document: dict[str, Any]) -> None:
        holder = _schema(schema)(document)
        part: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
        for name in names:
            part["properties"][name] = holder["properties"].pop(name)
            if name in holder.get("required", ()):
                holder["required"].remove(name)
                part["required"].append(name)
        if not holder.get("required", True):
            del holder["required"]
        document["components"]["schemas"]["Amounts"] = part
        document["components"]["schemas"][schema] = {"allOf": [ref("Amounts"), holder]}

    return edit


def _component(schema: str, field: str, name: str) -> Edit:
    """Move a field's schema into a component."""

    def edit(document: dict[str, Any]) -> None:
        fields = _schema(schema)(document)["properties"]
        document["components"]["schemas"][name] = fields[field]
        fields[field] = ref(name)

    return edit


def _body_on_cancel(document: dict[str, Any]) -> None:
    schema = {"type": "object", "properties": {"reason": TEXT}}
    _operation("post", "/cancel")(document)["requestBody"] = {
        "content": {"application/json": {"schema": schema}}
    }


def _rename_schema(old: str, new: str) -> Edit:
    def edit(document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]
        schemas[new] = schemas.pop(old)

        def follow(node: Any) -> None:
            for child in node.values() if isinstance(node, dict) else node:
                if isinstance(child, dict | list):
                    follow(child)
            if isinstance(node, dict) and node.get("$ref") == ref(old)["$ref"]:
                node["$ref"] = ref(new)["$ref"]

        follow(document)

    return edit


AMOUNT = {"type": "integer", "format": "int64", "minimum": 0, "maximum": 200000000}
CAPTURE, REFUND = ("post", "/captures"), ("post", "/refunds")

ROWS: dict[str, Row] = {
    # --- what a verb must send
    "a required field is added": Row(
        "RefundObjectDto",
        _field("RefundObjectDto", "reason", TEXT, required=True),
        (
            "`RefundObjectDto.reason`: required field added",
            "`verb refund`: is refused with all arguments: TypeError: RefundObject",
        ),
    ),
    "an integer becomes a string": Row(
        "RefundObjectDto",
        _field("RefundObjectDto", "refunded_amount", TEXT),
        (
            "`RefundObjectDto.refunded_amount`: integer (int64) becomes string",
            "`verb refund`: is refused with all arguments: InvalidRequest",
        ),
    ),
    "a field that a verb sends is renamed": Row(
        "RefundObjectDto",
        _renamed("RefundObjectDto", "description", "text"),
        (
            "`RefundObjectDto.description`: field removed",
            "`verb refund`: is refused with all arguments: TypeError",
        ),
    ),
    "a query parameter is required": Row(
        "acknowledge",
        _parameter("post", "/acknowledge", name="mode", required=True, **{"in": "query"}),
        (
            "`POST " + ORDER + "/acknowledge`: required query parameter mode added",
            "`verb acknowledge`: is refused with all arguments: TypeError",
        ),
    ),
    "a header is required": Row(
        "extend",
        _parameter(
            "post", "/extend-authorization-time", name="X-Mode", required=True, **{"in": "header"}
        ),
        ("`verb extend_authorization_time`: is refused with all arguments: TypeError",),
    ),
    "an optional body is added to a verb without one": Row(
        "cancel",
        _body_on_cancel,
        (
            "`POST " + ORDER + "/cancel`: optional body added",
            "`verb cancel`: raises KeyError: 'json'",
        ),
    ),
    "a write takes no key any more": Row(
        "release",
        lambda document: _operation("post", "/release-remaining-authorization")(document)[
            "parameters"
        ].pop(),
        (
            "release-remaining-authorization`: header parameter Klarna-Idempotency-Key removed",
            "`verb release_remaining_authorization`: is refused with all arguments: InvalidRequest",
        ),
    ),
    "a field of a line is renamed": Row(
        "OrderLineDto",
        _renamed("OrderLineDto", "quantity_unit", "unit"),
        (
            "`OrderLineDto.quantity_unit`: field removed",
            "sends order\\_lines\\[\\].quantity\\_unit, which the document does not declare",
        ),
    ),
    # --- limits
    "a limit is tighter": Row(
        "UpdateMerchantReferencesDto",
        _field("UpdateMerchantReferencesDto", "merchant_reference1", {**TEXT, "maxLength": 9}),
        (
            "`UpdateMerchantReferencesDto.merchant_reference1`: maxLength 255 becomes 9",
            "`verb update_merchant_references`: refuses merchant\\_reference1 over maxLength 9",
        ),
    ),
    "a limit is wider": Row(
        "CaptureObjectDto",
        _field("CaptureObjectDto", "reference", {**TEXT, "maxLength": 300}),
        (
            "`CaptureObjectDto.reference`: maxLength 255 becomes 300",
            "`verb capture`: takes reference over maxLength 255",
        ),
    ),
    "a limited field moves into a part": Row(
        "CaptureObjectDto",
        _into_part("CaptureObjectDto", "captured_amount"),
        never="captured_amount",
        breaks_nothing=True,
    ),
    "a limited scalar moves into a component": Row(
        "CaptureObjectDto",
        _component("CaptureObjectDto", "captured_amount", "Amount"),
        never="captured_amount",
        breaks_nothing=True,
    ),
    "a limit stands in a union": Row(
        "CaptureObjectDto",
        _field("CaptureObjectDto", "description", {"anyOf": [{**TEXT, "maxLength": 255}, AMOUNT]}),
        (
            "`CaptureObjectDto.description`: maxLength 255 is not checked before sending",
            "`verb capture`: takes description over maxLength 255",
        ),
    ),
    "a limit is beyond what anybody sends": Row(
        "UpdateShippingInfoDto",
        lambda document: _schema("UpdateShippingInfoDto")(document)["properties"][
            "shipping_info"
        ].update(minItems=10**9, maxItems=10**10),
        (
            "`UpdateShippingInfoDto.shipping_info`: minItems 1 becomes 1000000000",
            "`verb add_shipping_info`: is refused with all arguments: InvalidRequest",
        ),
    ),
    "a body has no schema any more": Row(
        "UpdateConsumerDto",
        lambda document: _operation("patch", "/customer-details")(document)["requestBody"].update(
            content={"application/json": {}}
        ),
        (
            "customer-details, body: application/json has no schema; any value is taken",
            "`verb update_customer_details`: takes shipping\\_address.city over maxLength 200",
        ),
    ),
    "a text is the body of a verb without one": Row(
        "cancel",
        lambda document: _operation("post", "/cancel")(document).update(
            requestBody={"content": {"application/json": {"schema": TEXT}}}
        ),
        ("`verb cancel`: raises KeyError: 'json'",),
    ),
    # --- what a verb reads
    "a field of an answer goes": Row(
        "CaptureDto",
        _field("CaptureDto", "captured_at", None),
        (
            "`CaptureDto.captured_at`: field removed",
            "`verb get_capture`: returns no captured\\_at",
        ),
    ),
    "a field of an answer changes its type": Row(
        "RefundDto",
        _field("RefundDto", "refunded_amount", TEXT),
        (
            "`RefundDto.refunded_amount`: integer (int64) becomes string",
            "`verb get_refund`: returns refunded\\_amount as str, not int",
        ),
    ),
    "an answer has another schema": Row(
        "getCapture",
        lambda document: _operation("get", "/captures/{capture_id}")(document)["responses"][
            "200"
        ]["content"].update({"application/json": {"schema": ref("RefundDto")}}),
        (
            "`GET " + ORDER + "/captures/{capture_id}, response 200`: CaptureDto becomes RefundDto",
        ),
    ),
    "a number comes where an integer came": Row(
        "RefundDto",
        _field("RefundDto", "refunded_amount", {"type": "number"}),
        ("`verb get_refund`: returns refunded\\_amount as float, not int",),
    ),
    "a field goes that only a workflow reads": Row(
        "MerchantOrderDto",
        _field("MerchantOrderDto", "fraud_status", None),
        ("`verb ensure_capture`: raises AttributeError: 'MerchantOrder' object has no attribute",),
    ),
    "what a workflow finds an event by is no text": Row(
        "CaptureDto",
        _field("CaptureDto", "reference", {"type": "object", "properties": {"text": TEXT}}),
        ("`verb ensure_capture`: sends 6 requests, not 4, with all arguments, twice",),
    ),
    "the headers of something made go": Row(
        "captureOrder",
        lambda document: _operation(*CAPTURE)(document)["responses"]["201"].pop("headers"),
        ("`verb capture`: returns id as NoneType, not str",),
    ),
    "a success is declared for many statuses": Row(
        "getOrder",
        lambda document: _rename(_operation("get")(document)["responses"], "200", "2XX"),
        ("`GET " + ORDER + "`: response 2XX added",),
        never="`verb get_order`: is refused",
    ),
    # --- spellings that change nothing, or less than it looks
    "null is allowed by anyOf": Row(
        "RefundDto",
        _field("RefundDto", "description", {"anyOf": [TEXT, {"enum": [None]}]}),
        ("`RefundDto.description`: may be null now",),
        breaks_nothing=True,
    ),
    "an enum moves into a component": Row(
        "ErrorMessageDto",
        _component("ErrorMessageDto", "error_code", "Code"),
        ("`Code`: schema ErrorMessageDtoErrorCode becomes Code",),
        breaks_nothing=True,
    ),
    "a default is added": Row(
        "UpdateMerchantReferencesDto",
        _field(
            "UpdateMerchantReferencesDto",
            "merchant_reference2",
            {**TEXT, "maxLength": 255, "default": ""},
        ),
        ("`UpdateMerchantReferencesDto.merchant_reference2`: default none becomes ''",),
        never="`verb update_merchant_references`",
        breaks_nothing=True,
    ),
    "a schema is renamed, and something changes in it": Row(
        "InitialPaymentMethodDto",
        lambda document: (
            _field("InitialPaymentMethodDto", "number_of_installments", TEXT)(document),
            _rename_schema("InitialPaymentMethodDto", "PaymentMethod")(document),
        ),
        (
            "`PaymentMethod`: schema InitialPaymentMethodDto becomes PaymentMethod",
            "`PaymentMethod.number_of_installments`: integer (int32) becomes string",
            "raises the facade cannot be imported",
        ),
    ),
    # --- formal faults
    "a header has no schema": Row(
        "refundOrder",
        lambda document: _operation(*REFUND)(document)["responses"]["201"]["headers"].update(
            {"Refund-Id": {"description": "-"}}
        ),
        ("201, header Refund-Id: has no schema; it is text",),
    ),
    "a response has no description": Row(
        "captureOrder",
        lambda document: _operation(*CAPTURE)(document)["responses"]["201"].pop("description"),
        ("201: has no description",),
    ),
    "a parameter in a path is optional": Row(
        "getRefund",
        lambda document: _operation("get", "/refunds/{refund_id}")(document).update(
            parameters=[{"name": name, "in": "path"} for name in ("order_id", "refund_id")]
        ),
        (
            "parameter refund\\_id: is required, as every parameter in a path",
            "parameter refund\\_id: has no schema; it is text",
        ),
    ),
    "a limit is a whole fraction": Row(
        "ShippingInfoDto",
        _field("ShippingInfoDto", "tracking_number", {**TEXT, "maxLength": 1e2, "minLength": 0}),
        ("ShippingInfoDto.tracking\\_number: its maxLength 100.0 is the whole number 100",),
    ),
    "types are spelled as in 3.1": Row(
        "AddonDto",
        _field("AddonDto", "external_id", {"type": ["string", "null"], "examples": ["a"]}),
        (
            "AddonDto.external\\_id: its types string, null are spelled as in OpenAPI 3.0",
            "AddonDto.external\\_id: examples is no part of OpenAPI 3.0, and left out",
        ),
    ),
    "a form stands beside JSON": Row(
        "UpdateShippingInfoDto",
        lambda document: _operation("post", "/shipping-info")(document)["requestBody"][
            "content"
        ].update({"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}),
        (
            "body: is sent as application/json; application/x-www-form-urlencoded is left out",
        ),
    ),
    # --- the document as a whole
    "servers and security": Row(
        "document",
        lambda document: document.update(
            servers=[{"url": "https://new.example"}], security=[{"basic": []}]
        ),
        ("`servers`: https://new.example added", "`security`: what every operation asks for"),
    ),
    "servers of one operation": Row(
        "getCaptures",
        lambda document: document["paths"][ORDER + "/captures"].update(
            servers=[{"url": "https://read.example"}]
        ),
        ("captures`: servers None becomes \\['https://read.example'\\]",),
    ),
    "an operation is deprecated": Row(
        "getOrder",
        lambda document: _operation("get")(document).update(deprecated=True),
        ("`GET " + ORDER + "`: deprecated False becomes True",),
    ),
}  # fmt: skip


def _batches() -> list[list[str]]:
    """Return the rows in groups with no part twice. A row that breaks the import is alone."""
    batches: list[list[str]] = []
    for name, row in ROWS.items():
        alone = any("cannot be imported" in line for line in row.lines)
        for batch in batches if not alone else ():
            others = [ROWS[other] for other in batch]
            if row.part not in {other.part for other in others} and not any(
                "cannot be imported" in line for other in others for line in other.lines
            ):
                batch.append(name)
                break
        else:
            batches.append([name])
    return batches


def _report(
    new: Normalized,
    old: dict[str, Any],
    calls: list[probes.Probe],
    kept: Mapping[str, Any],
    scratch: Path,
    break_it: Callable[[Path], object] = lambda _: None,
) -> str:
    """Return the report of a document, for what its calls came to on the present bindings."""
    package = generator.build(new, scratch)
    break_it(package)
    found = examine(ROOT, package.parent, new.document, calls)
    require_counterparts(new.document, found)
    return Report(
        old="-",
        new="-",
        fixes=new.fixes,
        changes=comparison.compare(old, new.document),
        python=python_api.compare(kept, found, comparison.renamed(old, new.document)),
        verbs=probes.compare(calls, kept["outcomes"], found["outcomes"]),
    ).markdown()


@pytest.fixture(scope="module")
def reports(
    patched: dict[str, Any],
    normalized: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """Return the report for each row. The present bindings are tried once, with all calls."""
    news = []
    for batch in _batches():
        edited = deepcopy(patched)
        for name in batch:
            ROWS[name].edit(edited)
        news.append(prepare(edited, []))
    plans = [probes.plan(ROOT, normalized, new.document) for new in news]
    calls = [probe for plan in plans for probe in plan]
    kept = examine(ROOT, ROOT / "generated", normalized, calls)
    outcomes = iter(kept["outcomes"])
    told: dict[str, str] = {}
    for batch, new, plan in zip(_batches(), news, plans, strict=True):
        own = {**kept, "outcomes": list(islice(outcomes, len(plan)))}
        scratch = tmp_path_factory.mktemp("edited")
        told |= dict.fromkeys(batch, _report(new, normalized, plan, own, scratch))
    return told


@pytest.mark.parametrize("name", ROWS)
def test_an_edit_is_told(name: str, reports: dict[str, str]) -> None:
    """Each line that it must lead to is in the report."""
    for line in ROWS[name].lines:
        assert line in reports[name]
    assert not ROWS[name].never or ROWS[name].never not in reports[name]


def test_a_default_that_is_sent_is_told(
    patched: dict[str, Any], normalized: dict[str, Any], tmp_path: Path
) -> None:
    """Bindings that send a default by themselves are seen: the verb sends another body then."""

    def send_it(package: Path) -> None:
        model = package / "models" / "capture_object.py"
        text = model.read_text(encoding="utf-8")
        field = "shipping_delay: int | None = "
        assert f"{field}None" in text
        model.write_text(text.replace(f"{field}None", f"{field}0"), encoding="utf-8")

    edited = deepcopy(patched)
    ROWS["a default is added"].edit(edited)
    new = prepare(edited, [])
    calls = probes.plan(ROOT, normalized, new.document)
    kept = examine(ROOT, ROOT / "generated", normalized, calls)
    report = _report(new, normalized, calls, kept, tmp_path, send_it)
    assert "`verb capture`: sends another body" in report


@pytest.mark.parametrize("name", [name for name in ROWS if ROWS[name].breaks_nothing])
def test_an_edit_that_changes_nothing_breaks_nothing(
    name: str, patched: dict[str, Any], normalized: dict[str, Any]
) -> None:
    """Where it stands and how it is spelled is no change of the API that breaks."""
    edited = deepcopy(patched)
    ROWS[name].edit(edited)
    new = prepare(edited, []).document
    changes = comparison.compare(normalized, new)
    assert [change for change in changes if change.mark == "breaking"] == []


def test_no_two_edits_of_one_part_are_built_together() -> None:
    """Every row is in one group, and one edit does not hide another."""
    batches = _batches()
    assert sorted(name for batch in batches for name in batch) == sorted(ROWS)
    for batch in batches:
        assert len({ROWS[name].part for name in batch}) == len(batch)
