from __future__ import annotations

from ..types import *


@define
class RefundObjectDto(Undeclared):
    """A new refund.

    Attributes:
        refunded_amount: Amount to refund, in minor units.
        description: Text shown to the customer with the refund.
        order_lines: The lines that the refund is for.
        reference: The merchant's own reference for the refund.
    """

    refunded_amount: int
    description: str | Unset = UNSET
    order_lines: list[OrderLineDto] | Unset = UNSET
    reference: str | Unset = UNSET

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.refunded_amount = ABSENT if (value := get("refunded_amount")) is None else value
        self.description = ABSENT if (value := get("description")) is None else value
        self.order_lines = read_list(get("order_lines"), OrderLineDto.from_dict)
        self.reference = ABSENT if (value := get("reference")) is None else value
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(RefundObjectDto)

from ..models.order_line_dto import OrderLineDto  # noqa: E402
