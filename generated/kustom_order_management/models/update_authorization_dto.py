from __future__ import annotations

from ..types import *


@define
class UpdateAuthorizationDto(Undeclared):
    """A new total and a new set of lines for the order.

    Attributes:
        order_amount: The new order total, in minor units.
        order_lines: The lines that replace the order's lines.
        description: Why the order is changed.
    """

    order_amount: int
    order_lines: list[OrderLineDto]
    description: str | Unset = UNSET

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        get = src_dict.get
        self = new(cls)
        self.order_amount = ABSENT if (value := get("order_amount")) is None else value
        self.order_lines = read_list(get("order_lines"), OrderLineDto.from_dict)
        self.description = ABSENT if (value := get("description")) is None else value
        self.origin = None
        self.additional_properties = (
            {} if _DECLARED.issuperset(src_dict) else read_undeclared(src_dict, _DECLARED)
        )
        return self


_DECLARED = declare(UpdateAuthorizationDto)

from ..models.order_line_dto import OrderLineDto  # noqa: E402
