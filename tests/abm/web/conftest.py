"""People who look at the pages."""

from collections.abc import Callable

import pytest

from users.models import User
from users.roles import Role


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes a user of a role."""

    def make(role: Role = Role.REP, **fields: object) -> User:
        return User.objects.create_user(
            f"{role.lower()}-1", "long-enough-1", **{"name": "田中 恵", "role": role, **fields}
        )

    return make
