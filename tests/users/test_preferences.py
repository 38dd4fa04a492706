"""Language and theme."""

import pytest

from tests import make
from tests.make import NOW
from users import preferences
from users.preferences import PreferenceRefused

pytestmark = pytest.mark.django_db


def test_a_user_chooses_language_and_theme():
    user = make.user()
    preferences.choose(user, now=NOW, language="ja", theme="DARK")
    user.refresh_from_db()
    assert (user.language, user.theme) == ("ja", "DARK")


@pytest.mark.parametrize("choice", [{"language": "fr"}, {"theme": "PINK"}])
def test_an_unknown_choice_is_refused(choice):
    user = make.user()
    with pytest.raises(PreferenceRefused, match="Please choose"):
        preferences.choose(user, now=NOW, **choice)
    user.refresh_from_db()
    assert (user.language, user.theme) == ("", "AUTO")
