"""Words of the review: what is in doubt, by which evidence, and what moves in a merge."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from accounts.enums import DoubtKind, DoubtState
from accounts.matching import Rule
from accounts.person_matching import PersonRule

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
