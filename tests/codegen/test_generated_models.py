"""The generated models read tolerantly: nothing odd loses the rest of an answer."""

import copy
import datetime as dt
import inspect
import json
import pickle
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import pytest
from codegen import document as documents
from hypothesis import HealthCheck, given, settings, strategies as st
from kustom_order_management import models, types
from kustom_order_management.models import (
    Addon,
    Address,
    Capture,
    CaptureObject,
    ErrorMessage,
    ErrorMessageErrorCode,
    MerchantOrder,
    MerchantOrderStatus,
    OrderLine,
    OrderLineType,
    Refund,
    ShippingInfo,
    UpdateAuthorization,
)
from pydantic import ValidationError, validate_call

ROOT = Path(__file__).resolve().parents[2]
RECORDED = json.loads(
    (ROOT / "tests" / "document" / "recorded-order.json").read_text(encoding="utf-8")
)
SCHEMAS: dict[str, Any] = {
    name.removesuffix("Dto"): schema
    for name, schema in documents.load(ROOT / "openapi.yaml")["components"]["schemas"].items()
}
#: Changes a value into one that should be the same.
COPIES: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    *(
        lambda value, protocol=protocol: pickle.loads(  # noqa: S301  # made right here
            pickle.dumps(value, protocol)
        )
        for protocol in range(6)
    ),
]


def _json(value: Any) -> str:
    """Return a value as JSON text, in which 1, 1.0 and true differ."""
    return json.dumps(value, sort_keys=True)


def _in_iso(order: Any) -> Any:
    """Return an answer with its times as Python writes them: the same moments."""
    if isinstance(order, dict):
        return {
            key: dt.datetime.fromisoformat(value).isoformat()
            if key.endswith("_at")
            else _in_iso(value)
            for key, value in order.items()
        }
    return [_in_iso(item) for item in order] if isinstance(order, list) else order


# --- Enums


@pytest.mark.parametrize("raw", ["gift_wrap", "", "PHYSICAL", "a b\n'\"", "ünknown"])
def test_an_unknown_enum_value_keeps_its_raw_string(raw: str) -> None:
    """It compares, hashes, prints and is written as the string it came as."""
    line = OrderLine.from_dict({"type": raw})
    assert isinstance(line.type_, OrderLineType)
    assert line.type_ == raw
    assert line.type_ == OrderLineType(raw)
    assert line.type_ != OrderLineType.PHYSICAL
    assert hash(line.type_) == hash(raw)
    assert {raw: 1}[line.type_] == 1
    assert (str(line.type_), line.type_.value, line.type_.name) == (raw, raw, raw)
    assert repr(line.type_) == f"<OrderLineType.{raw}: {raw!r}>"
    assert _json(line.to_dict()) == _json({"type": raw})


@pytest.mark.parametrize("make", COPIES)
def test_an_unknown_enum_value_survives_copies(make: Callable[[Any], Any]) -> None:
    """Pickled or copied, alone or in a model, it is the same value of the same class."""
    line = OrderLine.from_dict({"type": "gift_wrap", "name": "x"})
    copied = make(line)
    assert copied == line
    assert (type(copied.type_), copied.type_) == (OrderLineType, "gift_wrap")
    assert make(line.type_) == "gift_wrap"


def test_an_unknown_value_does_not_become_known() -> None:
    """Reading one does not add a member to the enum."""
    before = list(OrderLineType)
    assert OrderLineType("gift_wrap") == "gift_wrap"
    assert list(OrderLineType) == before
    assert len(before) == 10


def test_a_known_enum_value_is_the_member() -> None:
    """Known values are the members themselves, for ``is`` and ``match``."""
    order = MerchantOrder.from_dict({"status": "PART_CAPTURED"})
    assert order.status is MerchantOrderStatus.PART_CAPTURED
    error = ErrorMessage.from_dict({"error_code": "NO_SUCH_ORDER"})
    assert error.error_code is ErrorMessageErrorCode.NO_SUCH_ORDER


def test_an_enum_refuses_what_is_no_string_in_code() -> None:
    """Tolerance is for answers; a caller's mistake is an error."""
    odd_value: Any = 5
    with pytest.raises(ValueError, match="5 is not a valid"):
        OrderLineType(odd_value)


@pytest.mark.parametrize("odd_value", [5, 1.5, True, [], ["physical"], {}, {"a": 1}])
def test_an_enum_field_keeps_what_is_no_string(odd_value: Any) -> None:
    """In an answer, a value of another type stays what it is."""
    line = OrderLine.from_dict({"type": odd_value, "name": "x"})
    assert _json(line.to_dict()) == _json({"type": odd_value, "name": "x"})


# --- Absent and null


def test_explicit_null_reads_as_absent() -> None:
    """Null in any declared field is as if it were not there, and is not written back."""
    nulls = dict.fromkeys(SCHEMAS["MerchantOrder"]["properties"])
    order = MerchantOrder.from_dict(nulls)
    assert order == MerchantOrder.from_dict({}) == MerchantOrder()
    assert order.status is None
    assert order.order_lines is None
    assert order.created_at is None
    assert order.billing_address is None
    assert order.order_amount is None
    assert order.to_dict() == {}


def test_a_missing_required_field_does_not_lose_the_order() -> None:
    """A line without any required field reads, and everything around it too."""
    answer = {"order_id": "x", "order_lines": [{"reference": "1"}, {"name": "n", "quantity": None}]}
    order = MerchantOrder.from_dict(answer)
    assert isinstance(order.order_lines, list)
    assert [line.reference for line in order.order_lines] == ["1", None]
    assert order.order_lines[0].quantity is None
    assert order.to_dict() == {"order_id": "x", "order_lines": [{"reference": "1"}, {"name": "n"}]}


def test_empty_and_zero_are_values() -> None:
    """``""``, ``0``, ``False``, ``[]`` and ``{}`` are neither absent nor left out."""
    answer = {"description": "", "refunded_amount": 0, "credit_invoice": False, "order_lines": []}
    assert _json(Refund.from_dict(answer).to_dict()) == _json(answer)
    assert (
        _json(OrderLine.from_dict({"product_identifiers": {}}).to_dict())
        == '{"product_identifiers": {}}'
    )


def test_writing_leaves_out_what_is_absent() -> None:
    """What is set in code is written; what was left out, or set to None, never becomes null."""
    body = CaptureObject(captured_amount=0, description="", reference=None)
    body.order_lines = None
    assert body.to_dict() == {"captured_amount": 0, "description": ""}


# --- What the document does not know


def test_undeclared_fields_are_kept_and_written_back() -> None:
    """At any depth, of any kind, null too."""
    answer = {
        "order_id": "x",
        "service_version": {"a": [1, None, {"b": 2.5}]},
        "nothing": None,
        "customer": {"type": "person", "loyalty": 3},
        "order_lines": [{"name": "n", "gift": True}],
    }
    order = MerchantOrder.from_dict(answer)
    assert order["service_version"] == {"a": [1, None, {"b": 2.5}]}
    assert order.additional_keys == ["service_version", "nothing"]
    assert "service_version" in order
    assert "order_id" not in order
    assert _json(order.to_dict()) == _json(answer)


def test_undeclared_fields_can_be_set_and_deleted() -> None:
    """A field that is newer than the bindings can be sent."""
    body = CaptureObject(captured_amount=1)
    body["newer"] = "x"
    assert body.to_dict() == {"captured_amount": 1, "newer": "x"}
    del body["newer"]
    assert body.to_dict() == {"captured_amount": 1}


def test_two_models_do_not_share_undeclared_fields() -> None:
    """Each instance has its own, also those that were read without any."""
    first, other = Address.from_dict({}), Address.from_dict({})
    first["x"] = 1
    assert "x" not in other


@pytest.mark.parametrize(
    "odd_value", [7, 7.5, "text", True, [1], [[]], {"a": 1}, [{"a": 1}], ["text", None], [], {}]
)
@pytest.mark.parametrize("field", list(SCHEMAS["MerchantOrder"]["properties"]))
def test_a_value_of_a_wrong_type_is_kept(field: str, odd_value: Any) -> None:
    """No field of an order fails on a value of whatever type, and none loses it."""
    answer = {field: odd_value, "order_id": "x"} if field != "order_id" else {field: odd_value}
    order = MerchantOrder.from_dict(answer)
    assert _json(order.to_dict()) == _json(answer)


def test_one_odd_item_of_a_list_leaves_the_others() -> None:
    """Beside a null and a number the other lines are lines."""
    answer = {"order_lines": [None, {"name": "a"}, 5, {"name": "b"}]}
    order = MerchantOrder.from_dict(answer)
    assert isinstance(order.order_lines, list)
    assert order.order_lines == [
        None,
        OrderLine.from_dict({"name": "a"}),
        5,
        OrderLine.from_dict({"name": "b"}),
    ]
    assert order.to_dict() == answer


# --- What a model shows of itself, and what is beside the wire

PERSONAL = {
    "given_name": "Astrid",
    "family_name": "Ek",
    "email": "a@example.com",
    "phone": "0701",
    "street_address": "Storgatan",
    "date_of_birth": "1941-03-21",
    "national_identification_number": "410321-9202",
    "attention": "Astrid",
}


def test_a_repr_shows_what_is_there() -> None:
    """Absent fields are left out, short lists are shown, long ones counted."""
    line = {"name": "Mug", "quantity": 0, "type": "physical"}
    assert repr(OrderLine.from_dict(line)) == (
        "OrderLine(name='Mug', quantity=0, type_=<OrderLineType.PHYSICAL: 'physical'>)"
    )
    assert repr(MerchantOrder.from_dict({})) == "MerchantOrder()"
    capture = {"order_lines": [{"name": "a"}]}
    assert repr(Capture.from_dict(capture)) == "Capture(order_lines=[OrderLine(name='a')])"
    assert repr(Capture.from_dict({"order_lines": [line] * 4})) == "Capture(order_lines=[4 items])"


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda person: person,
        lambda person: [person],
        lambda person: [person, 5],
        str,
        lambda person: {"deeper": person},
        lambda person: {"city": person},
    ],
)
def test_a_repr_shows_no_personal_data(wrapped: Callable[[Any], Any]) -> None:
    """Nor where the answer has it in another form, or in a field that nobody declared."""
    fields = ("billing_address", "shipping_address", "customer")
    answer = {
        **dict.fromkeys(fields, wrapped(PERSONAL)),
        "order_id": "x",
        "guest": wrapped(PERSONAL),
    }
    order = MerchantOrder.from_dict(answer)
    assert order.to_dict()["billing_address"]
    shown = f"{order!r} {order} {[order]}"
    assert "order_id='x'" in shown
    assert [value for value in PERSONAL.values() if value in shown] == []


def test_a_repr_says_that_something_personal_is_there() -> None:
    """As an ellipsis, in the model that holds it."""
    order = MerchantOrder.from_dict({"billing_address": PERSONAL, "customer": {"type": "person"}})
    assert repr(order) == "MerchantOrder(billing_address=Address(…), customer=Customer(…))"
    assert (
        repr(Addon(price=1, type_="door", user_input="code 1234"))
        == "Addon(price=1, type_='door', …)"
    )


@pytest.mark.parametrize("make", COPIES)
def test_the_origin_is_beside_the_wire(make: Callable[[Any], Any]) -> None:
    """It is nothing that is read, written, shown or compared, and goes along with copies."""
    line = OrderLine.from_dict({"name": "a", "origin": "the wire"})
    assert line.origin is None
    line.origin = "an order"
    assert line.to_dict() == {"name": "a", "origin": "the wire"}
    assert "an order" not in repr(line)
    assert line == OrderLine.from_dict({"name": "a", "origin": "the wire"})
    assert make(line).origin == attrs.evolve(line, name="b").origin == "an order"
    assert Address().origin is Address.from_dict({}).origin is None


# --- Whole answers


def test_the_recorded_order_reads_as_it_is() -> None:
    """Types where the document declares them, and every value."""
    order = MerchantOrder.from_dict(RECORDED)
    assert order.status is MerchantOrderStatus.CAPTURED
    assert order.created_at == dt.datetime(2020, 9, 29, 14, 39, 58, tzinfo=dt.UTC)
    assert order.customer is not None
    assert order.customer.date_of_birth == dt.date(1941, 3, 21)
    assert isinstance(order.captures, list)
    assert isinstance(order.captures[0].order_lines, list)
    assert order.captures[0].order_lines[0].type_ is OrderLineType.DIGITAL
    assert order.captures[0].shipping_info == []
    assert isinstance(order.refunds, list)
    assert order.refunds[0].refunded_amount == 9900
    assert order.additional_properties == {}


def test_the_recorded_order_round_trips() -> None:
    """Written again it is what came over the wire; times in another spelling of the same moment."""
    order = MerchantOrder.from_dict(RECORDED)
    assert _json(order.to_dict()) == _json(_in_iso(RECORDED))
    assert MerchantOrder.from_dict(order.to_dict()) == order


@pytest.mark.parametrize("make", COPIES)
def test_the_recorded_order_survives_copies(make: Callable[[Any], Any]) -> None:
    """A whole order can be cached, queued and compared."""
    order = MerchantOrder.from_dict(RECORDED)
    assert make(order) == order
    assert make(order).to_dict() == order.to_dict()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-09-29T14:39:58.000Z", dt.datetime(2020, 9, 29, 14, 39, 58, tzinfo=dt.UTC)),
        ("2020-09-29T14:39:58Z", dt.datetime(2020, 9, 29, 14, 39, 58, tzinfo=dt.UTC)),
        ("2020-09-29T14:39:58+00:00", dt.datetime(2020, 9, 29, 14, 39, 58, tzinfo=dt.UTC)),
        ("2020-09-29T16:39:58+02:00", dt.datetime(2020, 9, 29, 14, 39, 58, tzinfo=dt.UTC)),
        ("Sun Sep 06 02:00:00 CEST 1981", "Sun Sep 06 02:00:00 CEST 1981"),
        ("", ""),
    ],
)
def test_times_of_every_spelling_read(text: str, moment: Any) -> None:
    """The spellings that were seen are moments; what is none stays the text it is."""
    assert MerchantOrder.from_dict({"expires_at": text}).expires_at == moment


def test_numbers_that_look_like_strings_stay_strings() -> None:
    """Postal codes, references and tracking numbers keep their zeros and all their digits."""
    address = {"postal_code": "01234"}
    shipment = {"tracking_number": "63456415674545679874"}
    assert Address.from_dict(address).postal_code == "01234"
    assert ShippingInfo.from_dict(shipment).to_dict() == shipment


@pytest.mark.parametrize("answer", [[], "text", 5, None])
def test_what_is_no_object_is_no_model(answer: Any) -> None:
    """A caller that reads something else as a whole model gets an error, not an empty order."""
    with pytest.raises((AttributeError, TypeError)):
        MerchantOrder.from_dict(answer)


def test_required_fields_stay_required_in_code() -> None:
    """Tolerance is for answers: a request without a required field cannot be made."""
    with pytest.raises(TypeError, match="order_lines"):
        UpdateAuthorization(order_amount=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the point of the test


# --- What holds for every model and every JSON object

_SCALARS = (
    st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text("ab €", max_size=3)
)
_ANY = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=2)
    ),
    max_leaves=4,
)
_TIMES = st.datetimes(timezones=st.just(dt.UTC)).map(dt.datetime.isoformat)
_DATES = st.dates().map(dt.date.isoformat)


def _values(schema: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    """Values of a schema as an API would send them."""
    if "$ref" in schema:
        return _objects(schema["$ref"].rpartition("/")[2].removesuffix("Dto"), depth - 1)
    if schema["type"] == "array":
        return st.lists(_values(schema["items"], depth), max_size=2)
    if "enum" in schema:
        return st.sampled_from(schema["enum"]) | st.text("AB_", max_size=3)
    if "format" in schema and schema["type"] == "string":
        return _TIMES if schema["format"] == "date-time" else _DATES
    return {"integer": st.integers(), "boolean": st.booleans()}.get(
        schema["type"], st.text(max_size=5)
    )


def _objects(name: str, depth: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """Objects of a schema: fields there or not, of any type, and undeclared ones."""
    fields = SCHEMAS[name]["properties"] if depth else {}
    declared = {field: _values(schema, depth) | _ANY for field, schema in fields.items()}
    undeclared = st.dictionaries(st.sampled_from(["x-a", "newer", "Ü"]), _ANY, max_size=1)
    return st.builds(
        lambda declared, undeclared: {**undeclared, **declared},
        st.fixed_dictionaries({}, optional=declared),
        undeclared,
    )


@pytest.mark.parametrize("name", SCHEMAS)
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # on a noisy machine
@given(data=st.data())
def test_any_object_round_trips(name: str, data: st.DataObject) -> None:
    """Whatever is read is written back, and reads the same, for every model."""
    model = getattr(models, name)
    answer = data.draw(_objects(name))
    read = model.from_dict(answer)
    assert _json(read.to_dict()) == _json(answer)
    assert model.from_dict(read.to_dict()) == read


@pytest.mark.parametrize("name", SCHEMAS)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # on a noisy machine
@given(data=st.data())
def test_nulls_change_nothing_else(name: str, data: st.DataObject) -> None:
    """Nulls in declared fields are as if the fields were not there, whatever the others hold."""
    model = getattr(models, name)
    answer = data.draw(_objects(name, 1))
    nulls = data.draw(st.sets(st.sampled_from(sorted(SCHEMAS[name]["properties"]))))
    without = {field: value for field, value in answer.items() if field not in nulls}
    assert model.from_dict({**answer, **dict.fromkeys(nulls)}) == model.from_dict(without)


@pytest.mark.parametrize("name", sorted(set(SCHEMAS)))
def test_every_annotation_of_a_model_resolves(name: str) -> None:
    """For tools that inject, validate or structure: of the class, and of its constructor."""
    model = getattr(models, name)
    signature = inspect.signature(model, eval_str=True)
    assert signature == inspect.signature(model)
    hints = typing.get_type_hints(model)
    for field in attrs.fields(model):
        assert field.type == hints[field.name] == signature.parameters[field.alias].annotation
    assert typing.get_type_hints(model.__init__).keys() >= signature.parameters.keys()


def test_nothing_speaks_of_unset() -> None:
    """Absent is None, in the documentation of the endpoints too."""
    package = Path(types.__file__).parent
    texts = {path: path.read_text(encoding="utf-8").lower() for path in package.rglob("*.py")}
    assert [path for path, text in texts.items() if "unset" in text] == []


def test_every_schema_is_importable_by_its_name() -> None:
    """All names of the package's models are there."""
    assert set(SCHEMAS) <= set(vars(models)["__all__"])
    assert all(getattr(models, name).__name__ == name for name in vars(models)["__all__"])


# --- Kinds of schemas that the document does not have today


def test_numbers_of_an_enum(odd: ModuleType) -> None:
    """Known numbers are members, unknown ones stay the numbers that they are."""
    known, unknown = odd.Odd.from_dict({"count": 10}), odd.Odd.from_dict({"count": 11})
    assert known.count is odd.OddCount(10)
    assert isinstance(unknown.count, odd.OddCount)
    assert (unknown.count, hash(unknown.count), unknown.count + 1) == (11, hash(11), 12)
    for make in COPIES:
        assert make(unknown) == unknown
        assert type(make(unknown.count)) is odd.OddCount
    assert _json(unknown.to_dict()) == '{"count": 11}'
    with pytest.raises(ValueError, match="'x' is not a valid"):
        odd.OddCount("x")


@pytest.mark.parametrize("value", [True, False, 1.0, 1.5, "1", [], {"a": 1}])
def test_a_number_of_an_enum_is_a_number(odd: ModuleType, value: Any) -> None:
    """True and 1.0 are not 1 in JSON, and stay what they are."""
    assert _json(odd.Odd.from_dict({"count": value}).to_dict()) == _json({"count": value})


def test_kinds_within_kinds_are_read(odd: ModuleType) -> None:
    """Ids, dates, lists of lists and schemas that hold themselves."""
    uid = "7ce4ee13-973c-6f49-a30e-85a0bc675997"
    answer = {
        "uid": uid,
        "days": ["1941-03-21", "soon"],
        "grid": [[{"name": "a"}], 5],
        "inner": {"inner": {"x": 1}},
    }
    read = odd.Odd.from_dict(answer)
    assert str(read.uid) == uid
    assert not isinstance(read.uid, str)
    assert read.days == [dt.date(1941, 3, 21), "soon"]
    assert read.grid == [[odd.Leaf.from_dict({"name": "a"})], 5]
    assert read.inner.inner["x"] == 1
    assert read.to_dict() == answer


@pytest.mark.parametrize("value", [{}, {"a": 1}, [], ["a"], "", "text", 0, False])
def test_a_model_without_fields_keeps_everything(odd: ModuleType, value: Any) -> None:
    """Objects are read into it; what is no object, an empty list and "" too, stays what it is."""
    read = odd.Odd.from_dict({"nothing": value})
    assert isinstance(read.nothing, odd.Nothing) == isinstance(value, dict)
    assert _json(read.to_dict()) == _json({"nothing": value})


def test_one_of_several_kinds_is_the_first_that_fits(odd: ModuleType) -> None:
    """A text is a text, an object a model, a list a list of models, in any order."""
    leaf = odd.Leaf.from_dict({"name": "a"})
    assert odd.Odd.from_dict({"leaf_or_text": "a"}).leaf_or_text == "a"
    assert odd.Odd.from_dict({"leaf_or_text": {"name": "a"}}).leaf_or_text == leaf
    assert odd.Odd.from_dict({"color_or_leaf": "red"}).color_or_leaf is odd.Color.RED
    assert odd.Odd.from_dict({"color_or_leaf": {"name": "a"}}).color_or_leaf == leaf
    assert odd.Odd.from_dict({"leaves_or_leaf": [{"name": "a"}]}).leaves_or_leaf == [leaf]
    assert odd.Odd.from_dict({"leaves_or_leaf": {"name": "a"}}).leaves_or_leaf == leaf
    assert odd.Odd.from_dict({"leaves_or_leaf": 5}).leaves_or_leaf == 5
    assert not odd.Odd.from_dict({"color_or_null": None}).color_or_null
    assert odd.Odd.from_dict({"color_or_null": "green"}).to_dict() == {"color_or_null": "green"}


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "count",
                "uid",
                "grid",
                "inner",
                "nothing",
                "leaf_or_text",
                "color_or_leaf",
                "leaves_or_leaf",
                "newer",
            ]
        ),
        _ANY,
    )
)
@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # on a noisy machine
def test_any_object_round_trips_in_odd_models_too(odd: ModuleType, answer: dict[str, Any]) -> None:
    """Whatever is read is written back."""
    read = odd.Odd.from_dict(answer)
    assert _json(read.to_dict()) == _json(answer)
    assert odd.Odd.from_dict(read.to_dict()) == read


def test_the_odd_models_are_typed_like_the_others(odd_package: Path) -> None:
    """The package says that it is typed, and its shared module is the same for every document."""
    assert (odd_package / "py.typed").read_bytes() == b""
    assert (odd_package / "types.py").read_bytes() == Path(types.__file__).read_bytes()


def test_an_item_that_is_nested_too_deeply_leaves_the_others(odd: ModuleType) -> None:
    """A model that holds itself is read as far as Python can."""
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"inner": deep}
    read = odd.Odd.from_dict({"count": 1, "inner": deep})
    assert read.count == 1
    assert isinstance(read.inner, odd.Odd)


def test_pydantic_checks_that_a_model_is_one() -> None:
    """``validate_call`` needs no configuration, takes an instance as it is, and refuses others."""

    @validate_call
    def same(line: OrderLine | Mapping[str, Any]) -> Any:
        return line

    @validate_call
    def only(line: OrderLine) -> Any:
        return line

    line = OrderLine(name="a", quantity=1, unit_price=1, total_amount=1)
    assert same(line) is line
    assert only(line) is line
    assert same({"name": "b"}) == {"name": "b"}
    others: list[Any] = [{"name": "b"}, Refund(), 5]
    for odd_value in others:
        with pytest.raises(ValidationError, match="instance of OrderLine"):
            only(odd_value)


def test_a_copy_keeps_what_nobody_declared_and_has_its_own() -> None:
    """``attrs.evolve`` gives a copy; undeclared fields may also be given."""
    read = OrderLine.from_dict({"name": "a", "new_field": 1})
    copied = attrs.evolve(read, name="b")
    copied["new_field"] = 2
    assert (read.to_dict(), copied.to_dict()) == (
        {"name": "a", "new_field": 1},
        {"name": "b", "new_field": 2},
    )
    shipment = ShippingInfo(tracking_number="1", additional_properties={"x": 1})
    assert shipment.to_dict() == {"tracking_number": "1", "x": 1}
