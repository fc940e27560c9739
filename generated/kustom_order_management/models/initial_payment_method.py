from __future__ import annotations

from attrs import define

from ..types import Model, register_fields


@define(repr=False)
class InitialPaymentMethod(Model):
    """How the customer chose to pay at the purchase.

    Attributes:
        description: Name of the payment method.
        number_of_installments: Number of installments, for methods that have them.
        type_: Code of the payment method; new ones appear.
    """

    description: str | None = None
    number_of_installments: int | None = None
    type_: str | None = None


register_fields(InitialPaymentMethod, type_="type")
