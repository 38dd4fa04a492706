"""What other systems hear of target lists."""

import pytest

from tests import make
from tests.stories.told import assert_tells_no_more, listen, told

pytestmark = pytest.mark.django_db


def test_a_list_in_force_is_told() -> None:
    listen()
    signed = make.active_list(make.account(), make.account())
    (data,) = told("list.signed")
    version = signed.versions.get()
    assert (data["list"], data["version"]) == (str(signed.public_id), str(version.public_id))
    assert (data["number"], data["entries"]) == (1, 2)
    assert_tells_no_more(data, signed.name)
