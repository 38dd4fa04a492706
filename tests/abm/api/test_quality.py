"""Data quality by API: the figures, their rows by `?gap=`, and who may."""

import pytest

from tests import make
from users.roles import Role

pytestmark = pytest.mark.django_db


def test_figures_and_their_rows_agree(ask, world):
    make.person(world.account, email="")
    client = ask(world.marketer)
    found = client.get("/data-quality/").json()
    for kind in ("accounts", "persons"):
        for gap in found[kind]:
            rows = client.get(f"/{kind}/?gap={gap['code']}&count=exact")
            assert rows.json()["count"] == gap["missing"], gap
    assert client.get("/persons/?gap=stale&count=exact").json()["count"] == found["troubles"][1]["missing"] == 0
    assert client.get("/persons/?gap=x").status_code == 400


@pytest.mark.parametrize("role", [Role.REP, Role.PARTNER, Role.ANALYST])
def test_only_those_who_decide_who_is_who_see_it(ask, world, role):
    assert ask(make.user(role)).get("/data-quality/").status_code == 403
