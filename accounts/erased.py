"""Who was erased: known again by keyed digests alone, so that nobody brings them back unnoticed.

The digests are keyed with SECRET_KEY (and those of SECRET_KEY_FALLBACKS are tried too): who has only the tables cannot
try addresses against them. Whoever changes the key keeps the old one among the fallbacks.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.addresses import mail_key
from accounts.consent import ErasedKey, Erasure
from accounts.models import Person, Source

SALT = "accounts.erased"


def of_address(address: str) -> str:
    """What a mail address is remembered by."""
    return f"mail:{mail_key(address)}"


def of_id(source: Source, external_id: str) -> str:
    """What a source's own id is remembered by."""
    return f"id:{source.code}:{external_id}"


def digest(key: str, secret: str | bytes | None = None) -> str:
    """The keyed digest that is stored."""
    return salted_hmac(SALT, key, secret=secret, algorithm="sha256").hexdigest()


def digests_of(key: str) -> list[str]:
    """With the present secret key and with those before it."""
    return [digest(key, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def among(keys: Iterable[str]) -> dict[str, datetime]:
    """Those of these keys whose person was erased → when. Where nobody ever was, they are not even looked at."""
    if not ErasedKey.objects.exists():
        return {}
    by_digest = {one: key for key in keys for one in digests_of(key)}
    found = ErasedKey.objects.filter(digest__in=by_digest).values_list("digest", "erasure__at")
    return {by_digest[told]: at for told, at in found}


def persons_of(address: str) -> list[int]:
    """The empty rows of whoever had this address and was erased; whoever consents anew is another person."""
    erasures = Erasure.objects.filter(keys__digest__in=digests_of(of_address(address)), person__isnull=False)
    return [pk for pk in erasures.values_list("person", flat=True) if pk]


def is_asked_for(*persons: Person | None) -> bool:
    """Whether one of them is about to be erased: then nothing about them is changed any more."""
    return Erasure.objects.waiting().filter(person__in=[one for one in persons if one]).exists()


def reason(at: datetime) -> str:
    """Why such a person is not taken, in words for whoever told of them."""
    text = _("This person was erased on %(day)s at their wish and is taken again only once they consent anew.")
    return text % {"day": f"{at:%Y-%m-%d}"}
