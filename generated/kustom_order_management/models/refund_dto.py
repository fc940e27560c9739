from __future__ import annotations

from ..types import *


@define
class RefundDto(Undeclared):
    """One refund of an order.

    Attributes:
        credit_invoice: Whether the refund was made by crediting an invoice.
        description: Text shown to the customer with the refund.
        order_lines: The lines that the refund is for.
        reference: The merchant's own reference for the refund.
        refund_id: The refund's id.
        refunded_amount: Amount of the refund, in minor units.
        refunded_at: When the refund was made (ISO 8601).
    """

    credit_invoice: bool | Unset = UNSET
    description: str | Unset = UNSET
    order_lines: list[OrderLineDto] | Unset = UNSET
    reference: str | Unset = UNSET
    refund_id: str | Unset = UNSET
    refunded_amount: int | Unset = UNSET
    refunded_at: datetime.datetime | Unset = UNSET

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.credit_invoice = ABSENT if (value := get("credit_invoice")) is None else value
        self.description = ABSENT if (value := get("description")) is None else value
        self.order_lines = read_list(get("order_lines"), OrderLineDto.from_dict)
        self.reference = ABSENT if (value := get("reference")) is None else value
        self.refund_id = ABSENT if (value := get("refund_id")) is None else value
        self.refunded_amount = ABSENT if (value := get("refunded_amount")) is None else value
        self.refunded_at = read(get("refunded_at"), datetime.datetime.fromisoformat)
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(RefundDto)

from ..models.order_line_dto import OrderLineDto  # noqa: E402
