from __future__ import annotations

from attrs import define

from ..types import Model, register_fields


@define(repr=False)
class UpdateMerchantReferences(Model):
    """New references; one that is present overwrites the old one.

    Attributes:
        merchant_reference1: Replaces the first merchant reference when present.
        merchant_reference2: Replaces the second merchant reference when present.
    """

    merchant_reference1: str | None = None
    merchant_reference2: str | None = None


register_fields(UpdateMerchantReferences)
