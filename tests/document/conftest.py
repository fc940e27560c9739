"""What the tests of the document share: the document as published, and as the overlay mends it."""

import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))  # regeneration is a package of the scripts, not of the wheel


@pytest.fixture(scope="session")
def published() -> dict[str, Any]:
    """openapi.yaml as it stands."""
    from regeneration import reading  # noqa: PLC0415  # needs the path above

    return reading.load(ROOT / "openapi.yaml")


@pytest.fixture(scope="session")
def fixes() -> dict[str, Any]:
    """The overlay as it stands."""
    from regeneration import reading  # noqa: PLC0415  # needs the path above

    return reading.load(ROOT / "scripts" / "overlay.yaml")


@pytest.fixture(scope="session")
def mended(published: dict[str, Any], fixes: dict[str, Any]) -> dict[str, Any]:
    """The document with the overlay applied."""
    from regeneration import overlay  # noqa: PLC0415  # needs the path above

    return overlay.apply(published, fixes)
