from __future__ import annotations

from ..types import *


@define
class InitialPaymentMethodDto(Undeclared):
    """How the customer chose to pay at the purchase.

    Attributes:
        description: Name of the payment method.
        number_of_installments: Number of installments, for methods that have them.
        type_: Code of the payment method; new ones appear.
    """

    description: str | Unset = UNSET
    number_of_installments: int | Unset = UNSET
    type_: str | Unset = UNSET


declare(InitialPaymentMethodDto, type_="type")
