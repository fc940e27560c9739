"""The table of digests: as a dict, in less memory."""

from hypothesis import given, strategies as st

from kustom_facade._batch.table import Table, digest

WORDS = st.integers(1, 2**64 - 1)


@given(pairs=st.lists(st.tuples(WORDS, WORDS)), spread=st.sampled_from([1, 1024, 1 << 40]))
def test_it_is_a_dict(pairs: list[tuple[int, int]], spread: int) -> None:
    """Also for digests that all want the same place."""
    table, known = Table(), dict[int, int]()
    for word, value in pairs:
        key = word * spread % 2**64 or 1
        assert table.get(key) == known.get(key)
        if value % 2:
            table[key] = known[key] = value
        else:
            assert table.setdefault(key, value) == known.setdefault(key, value)
    assert len(table) == len(known)
    assert {key: table.get(key) for key in known} == known


def test_it_grows() -> None:
    """Far beyond its first size nothing is lost."""
    table = Table()
    for number in range(5000):
        table[digest(number)] = number
    assert [table.get(digest(number)) for number in range(5000)] == list(range(5000))


def test_a_digest_is_the_same_everywhere() -> None:
    """It stands for texts in any letters; a change would only cost requests."""
    assert digest("capture", "s-1") == digest("capture", "s-1") != digest("captures", "-1")
    assert digest("\ud800")
