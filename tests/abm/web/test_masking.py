"""The token of a link in a mail stands in no log line."""

import logging.config

import pytest
from django.conf import settings


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "seen"), [("/answer/secret.seal/accept/", "/answer/…/accept/"),
                                            ("/drawer/secret.1.seal/", "/drawer/…/")])  # fmt: skip
def test_a_refused_link_is_logged_without_its_token(client, capsys, path, seen):
    handlers = logging.getLogger().handlers[:]
    logging.config.dictConfig(settings.LOGGING)
    try:
        client.get(path)
    finally:
        logging.getLogger().handlers = handlers
    said = capsys.readouterr().err
    assert f"Not Found: {seen}" in said
    assert "secret" not in said
