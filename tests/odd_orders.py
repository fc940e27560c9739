"""Orders as no API should send them: any field may be absent, or hold anything."""

from typing import Any

from hypothesis import strategies as st

from kustom_facade import MerchantOrder

_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([10**39, 10**40, -(10**41), 10**400]),
    st.just(0).map(lambda _: 10**5000),  # which hypothesis could not print
    st.floats(),
    st.text(max_size=3),
    st.sampled_from(["SEK", "XAU", "CLOSED", "A", "return_fee"]),
)
#: JSON data of any type.
VALUES = st.recursive(
    _SCALARS,
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.dictionaries(st.sampled_from(["reference", "total_amount", "x"]), parts, max_size=3)
    ),
    max_leaves=5,
)
AMOUNTS = st.integers(-5, 99)


def _objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {}, optional={name: field | VALUES for name, field in fields.items()}
    )


_LINES = st.lists(
    _objects(
        name=st.just("Tomatoes"),
        reference=st.sampled_from(["A", "B"]),
        type=st.sampled_from(["physical", "discount", "return_fee"]),
        quantity=st.integers(0, 9),
        unit_price=AMOUNTS,
        total_amount=AMOUNTS,
        total_tax_amount=AMOUNTS,
        tax_rate=st.integers(0, 3_000),
        total_discount_amount=AMOUNTS,
    )
    | VALUES,
    max_size=3,
)
_CAPTURES = st.lists(
    _objects(
        capture_id=st.sampled_from(["c-1", "c-2"]),
        captured_amount=AMOUNTS,
        refunded_amount=AMOUNTS,
        order_lines=_LINES,
    )
    | VALUES,
    max_size=3,
)
_REFUNDS = st.lists(
    _objects(refund_id=st.just("r-1"), refunded_amount=AMOUNTS, order_lines=_LINES) | VALUES,
    max_size=3,
)
ORDERS = _objects(
    purchase_currency=st.sampled_from(["SEK", "sek", "XAU", "BGN", ""]),
    status=st.sampled_from(["AUTHORIZED", "PART_CAPTURED", "CAPTURED", "CLOSED"]),
    fraud_status=st.just("ACCEPTED"),
    order_amount=AMOUNTS,
    remaining_authorized_amount=AMOUNTS,
    captured_amount=AMOUNTS,
    refunded_amount=AMOUNTS,
    captures=_CAPTURES,
    refunds=_REFUNDS,
    order_lines=_LINES,
).map(MerchantOrder.from_dict)
