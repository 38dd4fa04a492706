"""点・線・面: definitions and their edges."""

from datetime import date

import pytest

from surface import classes
from surface.classes import Width, classify
from surface.enums import AccountClass
from tests import make

NONE, POINT, LINE, BETWEEN, SURFACE = AccountClass
TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        (Width(0, 0, 0, 0), NONE),
        (Width(1, 0, 0, 0), POINT),
        (Width(1, 1, 1, 1), POINT),
        (Width(1, 2, 1, 1), LINE),
        (Width(1, 1, 2, 1), LINE),
        (Width(1, 1, 1, 2), LINE),
        (Width(1, 9, 9, 9), LINE),
        (Width(2, 2, 9, 9), BETWEEN),
        (Width(3, 1, 9, 2), BETWEEN),
        (Width(3, 2, 9, 1), BETWEEN),
        (Width(3, 2, 3, 2), SURFACE),
        (Width(5, 3, 9, 4), SURFACE),
    ],
)
def test_the_class_follows_from_the_width(width: Width, expected: AccountClass) -> None:
    assert classify(width) == expected


@pytest.mark.django_db
def test_an_account_never_met_has_no_class() -> None:
    assert classes.of_account(make.account(), on=TODAY) == NONE


@pytest.mark.django_db
def test_a_card_in_a_drawer_is_no_contact() -> None:
    account = make.account()
    make.person(account, in_department=make.department(account))
    assert classes.of_account(account, on=TODAY) == NONE


@pytest.mark.django_db
def test_an_account_grows_from_point_to_surface() -> None:
    account = make.account()
    ours = [make.user(), make.user()]
    places = [make.department(account, name) for name in ("設計部", "購買部", "製造部")]
    items = [make.offering(), make.offering()]
    steps = []
    for place, item, user in [(0, 0, 0), (0, 1, 0), (1, 1, 1), (2, 0, 1)]:
        make.touch(account, department=places[place], offering=items[item], user=ours[user], two_way=True)
        steps.append(classes.of_account(account, on=TODAY))
    assert steps == [POINT, LINE, BETWEEN, SURFACE]


@pytest.mark.django_db
def test_a_contact_of_no_known_department_stands_for_one() -> None:
    account = make.account()
    make.touch(account)
    assert classes.of_account(account, on=TODAY) == POINT
