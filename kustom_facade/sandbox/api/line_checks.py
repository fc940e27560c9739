"""Checks that order lines add up, by the rules of checkout.

Checkout enforces these rules when an order is made. No refusal by order management is on record,
for captures, refunds or updates. So the sandbox checks lines only when it is told to.
That the response is a 400 is an assumption.
"""

from collections.abc import Iterator
from fractions import Fraction

from .wire import Json

_PERCENT = Fraction(1, 100)


def problems(body: Json) -> Iterator[str]:
    """Yield one message for each field of a body that does not fit the others.

    The total of a line may be off by its quantity. A rounded unit price does not multiply back
    to the total: 2 pieces for 1001 are 2 x 501. The tax may be off by 1.
    """
    lines: list[Json] = body.get("order_lines", [])
    order_amount = body.get("order_amount")
    lines_total = sum(line["total_amount"] for line in lines)
    if lines and order_amount is not None and lines_total != order_amount:
        yield "Bad value: order_amount"
    for index, line in enumerate(lines):
        total, quantity = line["total_amount"], line["quantity"]
        expected = quantity * line["unit_price"] - line.get("total_discount_amount", 0)
        if abs(total - expected) > quantity:
            yield f"Bad value: order_lines[{index}].total_amount"
        if "tax_rate" in line and "total_tax_amount" in line:
            # The rate is in hundredths of a percent.
            net = total / (1 + line["tax_rate"] * _PERCENT * _PERCENT)
            if abs(total - net - line["total_tax_amount"]) > 1:
                yield f"Bad value: order_lines[{index}].total_tax_amount"
