"""Texts of a cell → values. Whatever is wrong is said in words fit for the person who owns the file."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts import corporate_numbers

ISO_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y%m%d")
ISO_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")
MAX_INTEGER = 2_147_483_647
MAX_MINUTES = 7 * 24 * 60
YEARS = range(1900, 2200)
CURRENCY_SIGNS = {"円": "JPY", "¥": "JPY", "\\": "JPY", "日本円": "JPY", "$": "USD", "€": "EUR", "£": "GBP"}
MAX_AMOUNT = Decimal(10) ** 18
_PLAIN_MAILBOX = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*")
"""What most stand before the @; anything else is looked at more closely."""
_MANGLED = re.compile(r"^\d(?:\.\d+)?E\+\d{1,2}$", re.IGNORECASE)
_CURRENCY_SIGNS = re.compile(r"[¥￥$€£円\s]")
_TRUE = frozenset({"true", "yes", "y", "1", "t", "on", "○", "〇", "◯", "はい", "有", "あり", "済"})
_FALSE = frozenset({"false", "no", "n", "0", "f", "off", "×", "x", "-", "いいえ", "無", "なし", "未"})


class Unusable(ValueError):
    """A cell whose text cannot be used; the message says why."""


@dataclass(frozen=True)
class Formats:
    """How a file writes dates and numbers. Only unambiguous date formats are understood without being told."""

    dates: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ","
    zone: tzinfo = UTC


Parser = Callable[[str, Formats], Any]


def text(limit: int) -> Parser:
    """A parser for texts of up to `limit` characters."""

    def parse(cell: str, _formats: Formats) -> str:
        return _short_enough(" ".join(cell.split()), limit)

    return parse


def identifier(limit: int) -> Parser:
    """A parser for ids, codes and phone numbers: texts that Excel may have turned into rounded numbers."""

    def parse(cell: str, _formats: Formats) -> str:
        return _short_enough(_not_mangled(cell.strip()), limit)

    return parse


def corporate_number(cell: str, _formats: Formats) -> str:
    """A 法人番号 whose check digit is right. None ends in six zeros: that is a number Excel has rounded."""
    try:
        number = corporate_numbers.parse(_not_mangled(cell.strip()))
        return _not_mangled("1E+12" if number.endswith("000000") else number)
    except corporate_numbers.InvalidCorporateNumber as error:
        if error.problem is corporate_numbers.Problem.LENGTH:
            raise Unusable(_("A corporate number has 13 digits.")) from error
        raise Unusable(_("The check digit of this corporate number is wrong.")) from error


def email(cell: str, _formats: Formats) -> str:
    """A mail address, in small letters."""
    address = unicodedata.normalize("NFKC", cell).strip().lower()
    own, _at, its_domain = address.rpartition("@")
    if not (_PLAIN_MAILBOX.fullmatch(own) and _receives_mail(its_domain)):
        try:
            validate_email(address)
        except ValidationError as error:
            raise Unusable(_("This is not a mail address.")) from error
    return _short_enough(address, 254)


@lru_cache(maxsize=10_000)
def _receives_mail(its_domain: str) -> bool:
    """Whether it is the domain of a mail address; those of a file are few."""
    try:
        validate_email(f"mail@{its_domain}")
    except ValidationError:
        return False
    return True


def domain(cell: str, _formats: Formats) -> str:
    """The domain in a domain, web address or mail address, without `www.`."""
    found = re.sub(r"^[a-z]+://", "", unicodedata.normalize("NFKC", cell).strip().lower())
    found = re.split(r"[/?#:]", found)[0].rpartition("@")[2].removeprefix("www.").rstrip(".")
    if not re.fullmatch(r"[^\s.]+(\.[^\s.]+)+", found) or len(found) > 253:
        raise Unusable(_("This is not a web address."))
    return found


def amount(cell: str, formats: Formats) -> Decimal:
    """A number, as the file writes numbers; currency signs are ignored."""
    plain = _CURRENCY_SIGNS.sub("", unicodedata.normalize("NFKC", _not_mangled(cell.strip())))
    plain = plain.replace("▲", "-").replace("△", "-")
    if not _number_pattern(formats.thousands, formats.decimal).fullmatch(plain):
        raise Unusable(_("This is not a number."))
    number = Decimal(plain.replace(formats.thousands, "").replace(formats.decimal, "."))
    if abs(number) >= MAX_AMOUNT:
        raise Unusable(_("This number is out of range."))
    return number.quantize(Decimal("0.01"))


def minutes(cell: str, formats: Formats) -> Decimal:
    """A duration in minutes, up to a week."""
    number = amount(cell, formats)
    if not 0 <= number <= MAX_MINUTES:
        raise Unusable(_("This number is out of range."))
    return number


def currency(cell: str, _formats: Formats) -> str:
    """A currency's code of three letters, or a usual sign for it."""
    code = unicodedata.normalize("NFKC", cell).strip().upper()
    code = CURRENCY_SIGNS.get(code, code)
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise Unusable(_("This is no currency code, such as JPY or USD."))
    return code


def whole_number(cell: str, formats: Formats) -> int:
    """A whole number from 0 to 2,147,483,647."""
    number = amount(re.sub(r"[人名]$", "", cell.strip()), formats)
    if number != number.to_integral_value():
        raise Unusable(_("This is not a whole number."))
    if not 0 <= number <= MAX_INTEGER:
        raise Unusable(_("This number is out of range."))
    return int(number)


def boolean(cell: str, _formats: Formats) -> bool:
    """Yes or no, as people write them."""
    word = unicodedata.normalize("NFKC", cell).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise Unusable(_("This is neither yes nor no."))


def day(cell: str, formats: Formats) -> date:
    """A date; a time of day is dropped."""
    return moment(cell, formats).date()


def moment(cell: str, formats: Formats) -> datetime:
    """A point in time; without a time zone it is in the zone of `formats`, without a time of day it is midnight."""
    plain = unicodedata.normalize("NFKC", cell).strip()
    found = _first_format(plain, formats.dates) or _iso(plain) or _first_format(plain, ISO_DATES + ISO_TIMES)
    if found is None:
        raise Unusable(_("This date cannot be read; please choose how this file writes dates (“dates” in a mapping)."))
    if found.year not in YEARS:
        raise Unusable(_("This date lies too far away."))
    return found if found.tzinfo else found.replace(tzinfo=formats.zone)


@dataclass(frozen=True)
class Choice:
    """A parser for one of a closed set of words (case does not matter): `words`, in small letters → their values."""

    words: Mapping[str, Any]

    def __call__(self, cell: str, _formats: Formats) -> Any:
        word = unicodedata.normalize("NFKC", cell).strip().casefold()
        if word not in self.words:
            raise Unusable(_("“%(value)s” is none of %(allowed)s; translate it under “values” in the mapping.")
                           % {"value": cell.strip(), "allowed": ", ".join(self.allowed)})  # fmt: skip
        return self.words[word]

    @property
    def allowed(self) -> list[str]:
        """The values, each once."""
        return sorted({str(value) for value in self.words.values()})


def choice(words: Mapping[str, Any]) -> Choice:
    """A parser for one of a closed set of words."""
    return Choice(words)


@cache
def _number_pattern(thousands: str, decimal: str) -> re.Pattern[str]:
    """Thousands stand where thousands stand, so that 1.234,5 is never read as 1.2345."""
    return re.compile(rf"[+-]?(\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+|\d+)(?:{re.escape(decimal)}\d*)?", re.ASCII)


def _first_format(plain: str, formats: Sequence[str]) -> datetime | None:
    for date_format in formats:
        try:
            return datetime.strptime(plain, date_format)  # noqa: DTZ007 - the caller adds the zone
        except ValueError:
            continue
    return None


def _iso(plain: str) -> datetime | None:
    """ISO 8601 with its separators; bare digits are left to the listed formats."""
    if "-" not in plain:
        return None
    try:
        return datetime.fromisoformat(plain)
    except ValueError:
        return None


def _not_mangled(cell: str) -> str:
    if _MANGLED.match(cell):
        raise Unusable(_("Excel has rounded this number; its last digits are lost."))
    return cell


def _short_enough(value: str, limit: int) -> str:
    if len(value) > limit:
        raise Unusable(_("This is longer than %(limit)d characters.") % {"limit": limit})
    return value
