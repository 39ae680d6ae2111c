"""The list of removals fits the program, so that `make prove` can be run at any time."""

from prove import misfits, read


def test_every_removal_fits() -> None:
    """Each passage stands in its file exactly once, and each test that must turn red is there."""
    assert misfits(read()) == []
