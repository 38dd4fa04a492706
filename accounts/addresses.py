"""Postal and mail addresses and telephone numbers → what they are compared by. Pure; no place is looked up."""

import re
import unicodedata

from accounts.readings import numerals
from accounts.spelling import HYPHENS, spelled

_PREFECTURE = re.compile("^(?:北海道|東京都|大阪府|京都府|[^\\W\\d]{2,3}県)")
_POSTCODE = re.compile(r"^〒?\s*\d{3}-?\d{4}\s*")
_OF_BLOCKS = re.compile(rf"(?<=\d)\s*(?:丁目|番地の?|番|号|の|[{HYPHENS}ー])\s*(?=\d)")
_LAST_BLOCK = re.compile(r"(?<=\d)(?:丁目|番地|番|号)")
_BLOCKS = re.compile(r"^(.*?\d+(?:-\d+)*)")
_NOT_DIGIT = re.compile(r"\D")
_PHONE_DIGITS = range(9, 12)


def address_key(address: str) -> str:
    """Town and block of a Japanese address, without prefecture, building and floor; "" when it has no number."""
    if not address:
        return ""
    text = re.sub(r"\s+", "", numerals(_POSTCODE.sub("", spelled(address))))
    text = _LAST_BLOCK.sub("", _OF_BLOCKS.sub("-", re.sub("[一二三四五六七八九](?=丁目)", _one_digit, text)))
    found = _BLOCKS.match(_PREFECTURE.sub("", text))
    return found.group(1) if found else ""


def phone_key(phone: str) -> str:
    """The digits of a Japanese telephone number with its leading 0; "" for what is none."""
    if not phone:
        return ""
    digits = _NOT_DIGIT.sub("", spelled(phone).replace("+81", "0").replace("(0)", ""))
    return digits if len(digits) in _PHONE_DIGITS and digits.startswith("0") else ""


def mail_key(address: str) -> str:
    """A mail address as it is compared: width and case do not matter."""
    return unicodedata.normalize("NFKC", address).strip().lower()


def _one_digit(found: re.Match[str]) -> str:
    return str("〇一二三四五六七八九".index(found.group()))
