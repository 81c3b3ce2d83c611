"""How many attempts are handed out in advance."""

from jupyter_couture.executors.pace import MOMENT_SECONDS, PARCEL, Pace, parcels


def test_nothing_is_handed_out_in_advance_before_anything_has_ended() -> None:
    assert Pace().ahead(8, 100.0) == 0


def test_as_many_as_have_ended_a_moment_ago() -> None:
    pace = Pace()
    for at in (1.0, 1.01, 1.05):
        pace.ended(at)
    assert pace.ahead(8, 1.06) == 3
    assert pace.ahead(8, 1.005 + MOMENT_SECONDS) == 2
    assert pace.ahead(8, 2.0) == 0


def test_never_more_than_four_times_the_slots() -> None:
    pace = Pace()
    for _ in range(500):
        pace.ended(5.0)
    assert pace.ahead(4, 5.0) == 16
    assert pace.ahead(0, 5.0) == 0


def test_what_has_a_slot_goes_alone_and_the_rest_in_parcels() -> None:
    items = list(range(2 * PARCEL + 3))
    found = parcels(items, 2)
    assert [len(parcel) for parcel in found] == [1, 1, PARCEL, PARCEL, 1]
    assert [item for parcel in found for item in parcel] == items
    assert parcels([1, 2], 5) == [[1], [2]]
    assert parcels([], 0) == []
