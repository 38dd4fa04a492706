"""Data quality by API: the figures, their rows by `?gap=`, and who may."""

import pytest

from accounts import recounting
from tests import make
from tests.make import NOW
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


def test_kept_figures_are_counted_anew_on_demand(ask, world, monkeypatch, django_capture_on_commit_callbacks):
    woken: list[str] = []
    monkeypatch.setattr(recounting, "WORTH_KEEPING", 0.0)
    monkeypatch.setattr(recounting, "_wakes", [woken.append])
    recounting.run(now=NOW)
    for path, code in (("/data-quality/", "quality"), ("/dormant/", "dormant")):
        found = ask(world.marketer).get(path).json()
        assert (found["at"], found["is_awaited"]) == ("2026-11-18T01:00:00Z", False)
        with django_capture_on_commit_callbacks(execute=True):
            told = ask(world.marketer).post(f"{path}count/")
        assert (told.status_code, told.json()["is_awaited"], woken.pop()) == (202, True, code)
        assert ask(world.partner).post(f"{path}count/").status_code == 403
    assert ask(world.rep).post("/data-quality/count/").status_code == 403
    assert woken == []
