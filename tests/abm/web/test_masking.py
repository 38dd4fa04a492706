"""The token of a link in a mail stands in no log line."""

import logging.config

import pytest
from django.conf import settings


@pytest.mark.django_db
def test_a_refused_link_is_logged_without_its_token(client, capsys):
    handlers = logging.getLogger().handlers[:]
    logging.config.dictConfig(settings.LOGGING)
    try:
        client.get("/answer/secret.seal/accept/")
    finally:
        logging.getLogger().handlers = handlers
    said = capsys.readouterr().err
    assert "Not Found: /answer/…/accept/" in said
    assert "secret" not in said
