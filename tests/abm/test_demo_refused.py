"""Without a demo company: what is refused beside data of one's own, and where there is no demo."""

import pytest
from django.core.management import CommandError

from abm.demo.models import DemoCompany
from accounts.models import Account
from tests.abm.demo.conftest import demo
from users.models import User

pytestmark = pytest.mark.django_db


def test_building_is_refused_beside_data_of_ones_own() -> None:
    Account.objects.create(name="山田工業", key="山田工業")
    with pytest.raises(CommandError, match="1 accounts"):
        demo("build")
    assert Account.objects.count() == 1
    assert not DemoCompany.objects.exists()


def test_building_is_refused_beside_a_user_of_ones_own() -> None:
    User.objects.create_user("owner", "a long password", name="Owner", role="ADMIN")
    with pytest.raises(CommandError, match="1 users"):
        demo("build")
    assert not Account.objects.exists()


@pytest.mark.parametrize("what", ["wipe", "logins"])
def test_without_a_demo_there_is_nothing_to_wipe_or_to_sign_in_as(what: str) -> None:
    with pytest.raises(CommandError, match="no demo company"):
        demo(what)
