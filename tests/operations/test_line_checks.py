"""Lines that do not add up: what refuses a request, and what is only logged."""

import contextlib
import copy
import json
import pickle
from typing import Any

import attrs
import httpx
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from lines.goods import SEK
from support import ORDER, Client

from kustom_facade import (
    ConfigurationError,
    InvalidRequest,
    KustomClient,
    Money,
    OrderLine,
    TaxRate,
    lines,
)
from kustom_facade._operations import captures, orders as operations, refunds
from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox

GOOD = {
    "name": "a",
    "reference": "A",
    "quantity": 2,
    "unit_price": 500,
    "total_amount": 1000,
    "tax_rate": 2500,
    "total_tax_amount": 200,
}
BAD_TOTAL = {**GOOD, "total_amount": 997, "total_tax_amount": 199}
BAD_TAX = {**GOOD, "total_tax_amount": 202}


def test_each_finding_names_line_reference_expected_and_got() -> None:
    """All at once, together with what breaks a limit."""
    with pytest.raises(InvalidRequest) as caught:
        operations.update_authorization(
            ORDER,
            5,
            [GOOD, BAD_TOTAL, {**BAD_TAX, "reference": ""}],
            description="d" * 256,
            check="error",
        )
    assert caught.value.problems == (
        "description: 256 characters, at most 255 are allowed",
        "order_lines[1] (reference 'A').total_amount: expected 1000 "  # noqa: ISC004  # one problem
        "(quantity * unit_price - total_discount_amount, give or take 2), got 997",
        (
            "order_lines[2].total_tax_amount: expected 200 (the tax in 1000 at a "
            "tax_rate of 2500, give or take 1), got 202"
        ),
        "order_lines: expected total_amounts that sum up to 5 (order_amount), got 2997",
    )


VERBS: dict[str, Any] = {
    "capture": captures.capture,
    "refund": refunds.refund,
    "update_authorization": operations.update_authorization,
}
SIGN = {**GOOD, "type": "discount"}
EUR = lines.physical("a", Money(1000, "EUR"), tax_rate="25", reference="A")
#: What happens to each finding under "auto", by operation: the table of the documentation.
AUTO: dict[str, tuple[Any, list[Any], set[str]]] = {
    "total": (997, [BAD_TOTAL], set()),
    "tax": (1000, [BAD_TAX], set()),
    "sign": (1000, [SIGN], set()),
    "sum": (999, [GOOD], {"update_authorization"}),
    "currency": (Money(1000, SEK), [EUR], {"capture", "refund", "update_authorization"}),
}


@pytest.mark.parametrize("finding", AUTO)
@pytest.mark.parametrize("verb", ["capture", "refund", "update_authorization"])
def test_what_refuses_and_what_only_warns(finding: str, verb: str) -> None:
    """One finding each: under "auto" as in the table, and all or nothing under the other modes."""
    amount, order_lines, refuses = AUTO[finding]

    def build(check: Any) -> tuple[str, ...]:
        call: Any = VERBS[verb](ORDER, amount, order_lines=order_lines, check=check)
        remarks: tuple[str, ...] = call.remarks
        return remarks

    if verb in refuses:
        with pytest.raises(InvalidRequest):
            build("auto")
    else:
        assert len(build("auto")) == 1
    with pytest.raises(InvalidRequest):
        build("error")
    assert len(build("warn")) == 1
    assert build("off") == ()


def test_lines_that_add_up_are_no_finding() -> None:
    """Nor is a capture or refund that names no lines."""
    for verb in (captures.capture, refunds.refund, operations.update_authorization):
        assert verb(ORDER, 1000, order_lines=[GOOD], check="error").remarks == ()
    nothing: list[Any] = [None, []]
    for none in nothing:
        assert captures.capture(ORDER, 999, order_lines=none, check="error").remarks == ()


@pytest.mark.parametrize("off", [-2, -1, 0, 1, 2])
def test_a_total_may_be_off_by_the_quantity(off: int) -> None:
    """Shops that keep prices without tax cannot name a unit price
    that multiplies back (api-facts, section 7).
    """
    line = {**GOOD, "total_amount": 1000 + off}
    assert captures.capture(ORDER, 1000 + off, order_lines=[line], check="error").remarks == ()
    for beyond in (-3, 3):
        wrong = {**GOOD, "total_amount": 1000 + beyond}
        with pytest.raises(InvalidRequest, match="total_amount: expected 1000"):
            captures.capture(ORDER, 1000 + beyond, order_lines=[wrong], check="error")


def test_what_an_order_lists_can_be_sent_again() -> None:
    """A real one: its amount is 19, and its only line has a total of 20 (api-facts, section 4)."""
    odd = {"name": "a", "quantity": 1, "unit_price": 19, "total_amount": 20}
    sandbox = Sandbox()
    order_id = sandbox.add_order({"order_amount": 19, "order_lines": [odd]})
    with KustomClient("kco_test_x", transport=sandbox) as kustom:
        order = kustom.get_order(order_id)
        assert order.order_lines
        assert order.order_amount
        kustom.update_authorization(order_id, order.order_amount, order.order_lines)
        more = lines.physical("b", Money(5, SEK), tax_rate="0")
        kustom.update_authorization(order_id, 24, [*order.order_lines, more])
        with pytest.raises(InvalidRequest, match="sum up to 23"):
            kustom.update_authorization(order_id, 23, [*order.order_lines, more])
        kustom.capture(order_id, 19, order_lines=order.order_lines)
        kustom.refund(order_id, 19, order_lines=order.order_lines)


def test_a_line_that_was_read_knows_the_currency_of_its_order() -> None:
    """So that another one is found before anything is sent,
    also after copying, pickling and taking a part.
    """
    sandbox = Sandbox()
    order_id = sandbox.add_order({"order_amount": 1000, "purchase_currency": "EUR"})
    with KustomClient("kco_test_x", transport=sandbox) as kustom:
        (line,) = kustom.get_order(order_id).order_lines or []
        again = pickle.loads(pickle.dumps(line))  # noqa: S301  # our own bytes
        for same in (
            line,
            lines.take(line, 1),
            again,
            copy.copy(line),
            attrs.evolve(line, name="b"),
        ):
            for verb in (kustom.capture, kustom.refund):
                with pytest.raises(InvalidRequest, match="expected the currency SEK"):
                    verb(order_id, Money(1000, SEK), order_lines=[same])
        kustom.capture(order_id, Money(1000, "EUR"), order_lines=[line])
        (held,) = kustom.get_order(order_id).captures or []
        with pytest.raises(InvalidRequest, match="expected the currency SEK"):
            kustom.refund(order_id, Money(1000, SEK), order_lines=held.order_lines or [])


def test_tax_may_be_one_off() -> None:
    """The vendor takes it."""
    for tax in (199, 200, 201):
        assert (
            captures.capture(ORDER, 1000, order_lines=[{**GOOD, "total_tax_amount": tax}]).remarks
            == ()
        )


@pytest.mark.parametrize(
    ("change", "verb", "remark"),
    [
        (
            {"tax_rate": None},
            "capture",
            "order_lines[0] (reference 'A').tax_rate: expected, for the one without",
        ),
        (
            {"total_tax_amount": None},
            "capture",
            "order_lines[0] (reference 'A').total_tax_amount: expected, for",
        ),
        ({"tax_rate": 0, "total_tax_amount": None}, "capture", ""),
        (
            {"type": "discount"},
            "capture",
            "total_amount: expected 0 or less for a line of type discount, got 1000",
        ),
        (
            {
                "type": "physical",
                "unit_price": -500,
                "total_amount": -1000,
                "total_tax_amount": -200,
            },
            "capture",
            "total_amount: expected 0 or more for a line of type physical, got -1000",
        ),
        (
            {
                "type": "gift_card",
                "unit_price": -500,
                "total_amount": -1000,
                "total_tax_amount": -200,
            },
            "capture",
            "",
        ),
        (
            {"reference": ""},
            "refund",
            "order_lines[0]: expected a reference, by which a refund is matched",
        ),
        ({"reference": ""}, "capture", ""),
    ],
)
def test_what_is_only_odd_is_remarked_on(change: dict[str, Any], verb: str, remark: str) -> None:
    """The API would take it, and somebody may have meant something else."""
    line = {name: value for name, value in {**GOOD, **change}.items() if value is not None}
    call = VERBS[verb](ORDER, max(line["total_amount"], 0), order_lines=[line])
    odd = [remark for remark in call.remarks if "sum up to" not in remark]
    assert len(odd) == bool(remark)
    assert remark in "".join(odd)


def test_amounts_of_two_currencies_do_not_go_together() -> None:
    """As far as they know theirs: Money does, and lines that were built here."""
    line = lines.physical("a", quantity=1, unit_price=Money(100, "EUR"), tax_rate="25")
    with pytest.raises(InvalidRequest) as caught:
        captures.capture(ORDER, Money(100, SEK), order_lines=[line])
    assert caught.value.problems == (
        "order_lines[0]: expected the currency SEK (that of captured_amount), got EUR",
    )
    other = lines.physical(
        "a", quantity=1, unit_price=Money(100, SEK), tax_rate="25", reference="B"
    )
    with pytest.raises(InvalidRequest) as caught:
        refunds.refund(ORDER, 200, order_lines=[line, other])
    assert caught.value.problems == (
        (
            "order_lines[1] (reference 'B'): expected the currency EUR (that of the "
            "lines before), got SEK"
        ),
    )
    assert captures.capture(ORDER, Money(100, "EUR"), order_lines=[line]).remarks == ()


@settings(
    suppress_health_check=[HealthCheck.too_slow]
)  # on a busy machine the first example takes a second
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(
                [
                    "quantity",
                    "unit_price",
                    "total_amount",
                    "tax_rate",
                    "total_tax_amount",
                    "total_discount_amount",
                    "reference",
                ]
            ),
            st.integers() | st.text(max_size=3) | st.none() | st.booleans(),
            max_size=7,
        ),
        max_size=4,
    ),
    st.integers(),
)
def test_no_lines_break_the_check(order_lines: list[dict[str, Any]], amount: int) -> None:
    """Whatever they hold: a call, or an InvalidRequest."""
    with contextlib.suppress(InvalidRequest):
        assert captures.capture(
            ORDER, amount, order_lines=order_lines, check="warn"
        ).idempotency_key


@pytest.mark.parametrize("mode", ["sync", "async"])
def test_the_client_decides_how_strict_it_is(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    """Per client, also of one derived from it; remarks go to the log, once for all attempts."""
    sandbox = Sandbox(check_lines=False)
    strict, lax, blind = (
        Client(mode, transport=sandbox, check=check) for check in ("error", "auto", "off")
    )
    with pytest.raises(InvalidRequest):
        strict.capture(EXAMPLE_ORDER_ID, 1000, order_lines=[BAD_TAX])
    assert strict.client.with_options()._check == "error"
    lax.capture(EXAMPLE_ORDER_ID, 1000, order_lines=[BAD_TAX])
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "total_tax_amount: expected 200" in caplog.text
    blind.capture(EXAMPLE_ORDER_ID, 1000, order_lines=[BAD_TAX])
    assert len(caplog.records) == 1
    with pytest.raises(
        ConfigurationError, match="check must be one of 'auto', 'error', 'warn', 'off'"
    ):
        Client(mode, check="strict")
    for client in (strict, lax, blind):
        client.close()


def test_answers_are_never_checked() -> None:
    """An order whose amounts do not add up is read as it is, and nothing is logged about it."""
    odd = {
        "order_id": ORDER,
        "order_amount": 19,
        "order_lines": [{**BAD_TOTAL, "total_amount": 20}],
    }
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=odd))
    with KustomClient("kco_test_x", transport=transport) as kustom:
        assert kustom.get_order(ORDER).to_dict() == odd


def test_mistake_a_rate_computed_back_from_rounded_amounts() -> None:
    """10.25 with 2.05 of tax look like 25.06 %;
    a rate is given, never computed, and such a line is found out.
    """
    assert not [
        name
        for name in (*lines.__all__, *dir(TaxRate))
        if "from_amount" in name or "rate_of" in name
    ]
    line = {
        "name": "x",
        "quantity": 100,
        "unit_price": 99900,
        "total_amount": 9990000,
        "tax_rate": 2506,
        "total_tax_amount": 1998000,
    }
    with pytest.raises(InvalidRequest, match="total_tax_amount"):
        captures.capture(ORDER, 9990000, order_lines=[line], check="error")


def test_an_order_that_names_no_currency_blocks_nothing() -> None:
    """Empty texts are common on this wire (api-facts, section 4)."""
    body = {"order_id": ORDER, "purchase_currency": "", "order_lines": [{**GOOD}]}
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    with KustomClient("kco_test_x", transport=transport) as kustom:
        order_lines = kustom.get_order(ORDER).order_lines
    call = captures.capture(ORDER, Money(1000, SEK), order_lines=order_lines or [], check="error")
    assert call.remarks == ()


def test_no_lines_are_lines_that_sum_up_to_nothing() -> None:
    """An update replaces all lines:
    an empty list leaves an amount for nothing, which the API allows, and is remarked on.
    """
    assert operations.update_authorization(ORDER, 10000, []).remarks == (
        "order_lines: expected total_amounts that sum up to 10000 (order_amount), got 0",
    )
    assert operations.update_authorization(ORDER, 0, []).remarks == ()
    assert refunds.refund(ORDER, 100, order_lines=[]).remarks == ()


def test_whole_numbers_of_numpy_in_lines() -> None:
    """In mappings and models alike; its floats are still refused."""
    line: Any = {
        name: np.int64(value) if isinstance(value, int) else value for name, value in GOOD.items()
    }
    amount: Any = np.int64(1000)
    plain = captures.capture(ORDER, 1000, order_lines=[GOOD], idempotency_key="k").request
    for same in (line, OrderLine(**line)):
        call = captures.capture(ORDER, amount, order_lines=[same], idempotency_key="k")
        assert (json.loads(call.request.content or b""), call.remarks) == (
            json.loads(plain.content or b""),
            (),
        )
    assert lines.total([line]) == 1000
    with pytest.raises(InvalidRequest, match="must be a whole number, not float64"):
        captures.capture(ORDER, 1, order_lines=[{**GOOD, "quantity": np.float64(2)}])
