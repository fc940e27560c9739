"""Whether order lines add up, by the vendor's rules, computed in the sandbox's own way.

That the API answers 400 to lines that do not is an assumption: the rules say "must", and no answer is on record.
"""

from collections.abc import Iterator
from fractions import Fraction

from ._wire import Json

_PERCENT = Fraction(1, 100)


def problems(body: Json) -> Iterator[str]:
    """One message for each field of a body that is not what the others make it."""
    lines: list[Json] = body.get("order_lines", [])
    if (
        lines
        and "order_amount" in body
        and sum(line["total_amount"] for line in lines) != body["order_amount"]
    ):
        yield "Bad value: order_amount"
    for number, line in enumerate(lines):
        total = line["total_amount"]
        if line["quantity"] * line["unit_price"] != total + line.get("total_discount_amount", 0):
            yield f"Bad value: order_lines[{number}].total_amount"
        if "tax_rate" in line and "total_tax_amount" in line:
            # The rate is in hundredths of a percent; what is not tax is the amount divided by 1 + rate.
            net = total / (1 + line["tax_rate"] * _PERCENT * _PERCENT)
            if abs(total - net - line["total_tax_amount"]) > 1:
                yield f"Bad value: order_lines[{number}].total_tax_amount"
