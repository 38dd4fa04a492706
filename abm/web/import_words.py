"""Words of the import wizard: fields, rules by which somebody was found, and what became of a row."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from abm.web.words import Mark
from audit.effects import Effect

FIELDS: dict[str, StrOrPromise] = {
    "account": _("Company"),
    "account_id": _("Company’s id there"),
    "accepted_at": _("Accepted on"),
    "amount": _("Amount"),
    "address": _("Address"),
    "at": _("When"),
    "attended": _("Attended"),
    "card_on": _("Card exchanged on"),
    "category": _("Category"),
    "closed_on": _("Closed on"),
    "code": _("Code"),
    "corporate_number": _("Corporate number"),
    "created_at": _("Created on"),
    "currency": _("Currency"),
    "deal_id": _("Deal’s id there"),
    "department": _("Department"),
    "direction": _("Direction"),
    "domain": _("Web address"),
    "due_at": _("Answer due on"),
    "email": _("Mail address"),
    "employees": _("Employees"),
    "ended_on": _("Ended on"),
    "expected_on": _("Expected on"),
    "external_id": _("Its id there"),
    "first_name": _("Given name"),
    "function": _("Function"),
    "handed_over_at": _("Handed over on"),
    "held_at": _("Held on"),
    "industry": _("Industry"),
    "job_title": pgettext_lazy("person", "Job title"),
    "kind": pgettext_lazy("touch", "Kind"),
    "last_name": _("Family name"),
    "list_price": _("List price"),
    "listed": _("Listed on an exchange"),
    "lost_at": _("Lost on"),
    "manager": pgettext_lazy("person", "Manager"),
    "minutes": _("Minutes"),
    "mobile": _("Mobile phone"),
    "mql_at": _("MQL on"),
    "name": _("Name"),
    "name_en": _("English name"),
    "name_kana": _("Name in kana"),
    "occurred_at": _("Happened on"),
    "offering": _("Offering"),
    "opened_on": _("Opened on"),
    "opted_out": _("Opted out"),
    "opted_out_at": _("Opted out on"),
    "owner": _("Owner"),
    "parent": _("Belongs to"),
    "phone": _("Phone"),
    "pipeline_at": _("Pipeline on"),
    "prefecture": _("Prefecture"),
    "rank": _("Rank"),
    "registered": _("Registered"),
    "reject_reason": _("Reason of rejecting"),
    "rejected_at": _("Rejected on"),
    "revenue": _("Revenue"),
    "revenue_currency": _("Currency of the revenue"),
    "role": _("Role"),
    "sql_at": _("SQL on"),
    "stage": _("Stage"),
    "stage_name": _("Stage’s name there"),
    "started_on": _("Started on"),
    "status": pgettext_lazy("deal", "Status"),
    "team": _("Team"),
    "title": _("Title"),
    "two_way": _("Both talked"),
    "user": _("Our person"),
    "username": _("User name"),
    "won_at": _("Won on"),
}

RULES: dict[str, StrOrPromise] = {
    "EXTERNAL_ID": _("by its id there"),
    "CORPORATE_NUMBER": _("by corporate number"),
    "COMPANY_KEY": _("by name"),
    "KEY_AND_CONTACT": _("by name and address, phone or domain"),
    "FURTHER_NAME": _("by another of its names"),
    "KEY_AND_SITE": _("by name and site"),
    "ALIKE_AND_CONTACT": _("by a like name and address, phone or domain"),
    "EMAIL": _("by mail address"),
}

SUBJECTS: dict[str, StrOrPromise] = {"account": _("Company"), "self": ""}

EFFECTS: dict[str, Mark] = {
    Effect.CREATED: Mark(pgettext_lazy("row", "New"), "＋", "is-accepted"),
    Effect.UPDATED: Mark(pgettext_lazy("row", "Known, adds to it"), "✓", "is-waiting"),
    Effect.UNCHANGED: Mark(pgettext_lazy("row", "Known, nothing new"), "=", "is-rejected"),
    Effect.REFUSED: Mark(pgettext_lazy("row", "Refused"), "✕", "is-ignored"),
}
DOUBT = Mark(pgettext_lazy("row", "Several could be meant"), "?", "is-won")


def field_word(name: str) -> str:
    """A field as people call it."""
    return str(FIELDS.get(name, name))


def found_words(found: dict[str, str]) -> str:
    """How company and person were found."""
    told = [(str(SUBJECTS.get(what, "")), str(RULES.get(rule, rule))) for what, rule in found.items()]
    return " · ".join(f"{what} {rule}".strip() for what, rule in told)
