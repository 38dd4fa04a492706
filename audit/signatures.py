"""Secrets of webhooks and the Standard Webhooks headers signed with them.

A secret is worked out from SECRET_KEY and the webhook's seed, so none lies in the database or its backups. A new
SECRET_KEY means new secrets; while the old one stands in SECRET_KEY_FALLBACKS both sign.
"""

import base64
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from django.conf import settings
from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook as Signer

SALT = "audit.webhooks"


def new_seed() -> str:
    """What makes a webhook's next secret another one."""
    return secrets.token_hex(16)


def secret(seed: str, key: str | bytes | None = None) -> str:
    """The secret as its receiver is told it: whsec_ and 32 bytes in base64."""
    digest = salted_hmac(SALT, seed, secret=key or settings.SECRET_KEY, algorithm="sha256").digest()
    return f"whsec_{base64.b64encode(digest).decode()}"


def headers(message_id: str, body: str, *, seeds: Iterable[str], at: datetime) -> dict[str, str]:
    """webhook-id, webhook-timestamp and webhook-signature: one signature per secret that is valid now."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    signers = [Signer(secret(seed, key)) for seed in seeds for key in keys]
    moment = at.astimezone(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signer.sign(message_id, moment, body) for signer in signers),
    }
