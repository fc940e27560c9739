"""Orders as shops' plugins send them go through: none is refused, and parts add up (see
scripts/shops.py).

At length: scripts/shops.
"""

import os
import subprocess
import sys
from functools import cache
from itertools import islice
from typing import Final

import pytest
import shops
from shops import Figures, sales

#: A process carries so many through in about ten seconds.
AT_LENGTH: Final = 1_000


@cache
def figures_of_sales() -> Figures:
    """Return what the sales of a seed are like, before anything is done with them."""
    figures = Figures()
    for sale in islice(sales(seed=1), 5_000):
        figures.count(sale)
    return figures


@pytest.mark.parametrize("coupon", [False, True])
def test_net_prices_often_do_not_multiply_back(coupon: bool) -> None:
    """The sales are of the kind that a rule without a tolerance refuses."""
    assert figures_of_sales().share(coupon=coupon) > 0.3


def test_only_us_goods_before_the_coupon_are_beyond_the_tolerance() -> None:
    """Plus or minus the quantity holds for all others."""
    assert set(figures_of_sales().beyond) == {"US management, with coupon"}


def test_every_shop_is_there_and_most_of_its_sales_are_sound() -> None:
    """Neither is the strict half of the proof empty, nor the lenient one."""
    figures = figures_of_sales()
    assert len(figures.shops) == 6
    assert 0.5 < figures.sound / figures.shops.total() < 0.95


def test_a_seed_gives_the_same_sales_again() -> None:
    """What fails can be looked at again."""
    assert list(islice(sales(seed=7), 20)) == list(islice(sales(seed=7), 20))


def test_a_back_office_carries_sales_through() -> None:
    """Capture, refund and update with an order's own lines, each answer judged by the document."""
    figures = shops.run(60, seed=3)
    assert figures.captures > 60
    assert figures.refunds > figures.captures
    assert figures.updates


@pytest.mark.parametrize("seed", [1, 2])
def test_at_length(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for many sales, in a process of its own, where no answer is judged."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    command = [sys.executable, "-m", "shops", str(AT_LENGTH), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"{AT_LENGTH} sales" in done.stdout
