"""法人番号: 13 digits, the first of which checks the other twelve.

Source: 法人番号の指定等に関する省令 (平成26年財務省令第70号) 第2条: 9 − (Σ Pn·Qn mod 9), n counted from the
last digit, Qn = 1 for odd n and 2 for even n.
"""

import re
import unicodedata
from enum import StrEnum

LENGTH = 13
_INVOICE_PREFIX = re.compile(r"^T(?=\d{13}$)")
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—―]")


class Problem(StrEnum):
    """Why a text is no 法人番号."""

    LENGTH = "LENGTH"
    CHECK_DIGIT = "CHECK_DIGIT"


class InvalidCorporateNumber(ValueError):
    """The text is no 法人番号; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def check_digit(twelve: str) -> int:
    """The digit (1–9) that stands before these twelve."""
    weighted = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(twelve)))
    return 9 - weighted % 9


def parse(text: str) -> str:
    """The 13 digits in `text`; full-width digits, spaces, hyphens and the invoice prefix T are forgiven."""
    digits = _INVOICE_PREFIX.sub("", _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper())
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        raise InvalidCorporateNumber(Problem.LENGTH)
    if int(digits[0]) != check_digit(digits[1:]):
        raise InvalidCorporateNumber(Problem.CHECK_DIGIT)
    return digits
