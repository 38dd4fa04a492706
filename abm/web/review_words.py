"""Words of the review: what is in doubt, by which evidence, and what moves in a merge."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from accounts.enums import DoubtKind, DoubtState
from accounts.matching import Rule
from accounts.person_matching import PersonRule
from imports.enums import Label, Stratum

KINDS: dict[str, StrOrPromise] = {
    DoubtKind.TOLD: _("Told of"),
    DoubtKind.ACCOUNTS: _("Two companies"),
    DoubtKind.PERSONS: _("Two persons"),
}
DECISIONS: dict[str, StrOrPromise] = {
    DoubtState.OPEN: _("Undecided"),
    DoubtState.LINKED: _("One and the same"),
    DoubtState.NEW: _("Registered as new"),
    DoubtState.DISMISSED: _("Kept apart"),
}
EVIDENCE: dict[str, StrOrPromise] = {
    Rule.NAMESAKES: _("Several bear this name"),
    Rule.KEY_AND_SITE: _("A branch of one of several"),
    Rule.LAPSED_NAME: _("A name given up before"),
    Rule.READING: _("Reads the same"),
    Rule.FUZZY: _("Names look alike"),
    Rule.ALIKE_AND_CONTACT: _("Names look alike, and a contact is shared"),
    Rule.DOMAIN: _("The same domain"),
    PersonRule.NAME_AND_ACCOUNT: _("The same name at one company"),
    PersonRule.TOGETHER: _("Much agrees"),
}
LINKED_BY: dict[str, StrOrPromise] = {
    Rule.EXTERNAL_ID: _("by its id there"),
    Rule.CORPORATE_NUMBER: _("by corporate number"),
    Rule.COMPANY_KEY: _("by name"),
    Rule.KEY_AND_CONTACT: _("by name and address, phone or domain"),
    Rule.FURTHER_NAME: _("by another of its names"),
    Rule.KEY_AND_SITE: _("by name and site"),
}
STRATA: dict[str, StrOrPromise] = {
    Stratum.LINKED: _("Linked by itself"),
    Stratum.DOUBT: _("Asked about"),
    Stratum.NEAR: _("Neither, though near"),
}
LABELS: dict[str, StrOrPromise] = {
    Label.SAME: _("Same"),
    Label.DIFFERENT: _("Different"),
    Label.UNSURE: _("Unsure"),
}


def rule_word(stratum: str, rule: str) -> str:
    """By what the matcher did it; nothing where it did nothing."""
    words = LINKED_BY if stratum == Stratum.LINKED else {**EVIDENCE, "SURNAME": _("One family name at one company")}
    return str(words.get(rule, rule))


SAID: dict[str, StrOrPromise] = {
    "name": _("Name"),
    "corporate_number": _("Corporate number"),
    "domain": _("Domain"),
    "address": _("Address"),
    "phone": _("Phone"),
    "mobile": _("Mobile"),
    "prefecture": _("Prefecture"),
    "industry": _("Industry"),
    "further_names": _("Further names"),
    "external_id": _("Ids elsewhere"),
    "owner": _("Owner"),
    "partner": _("Partner"),
    "name_kana": _("Kana"),
    "email": _("Mail address"),
    "place": _("Works at"),
}
ROWS: dict[str, StrOrPromise] = {
    "accounts.department": _("Departments"),
    "accounts.affiliation": pgettext_lazy("rows", "Persons"),
    "accounts.contract": _("Contracts"),
    "accounts.accountdomain": _("Domains"),
    "accounts.externalid": _("Ids elsewhere"),
    "engagement.touch": _("Touches"),
    "targets.targetentry": _("List entries"),
    "funnel.lead": _("Leads"),
    "funnel.deal": _("Deals"),
}
"""Rows that move, by model; what is only bookkeeping has no word and is not shown."""
