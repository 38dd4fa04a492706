"""A person: who is this, may we write, and where do we know each field from? (An account's: on its own page.)"""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from abm.web import words
from abm.web.requests import PageRequest
from abm.web.teaching import may_teach
from accounts import opt_outs, provenance, rules, word_rules
from accounts.consent import Erasure
from accounts.models import Account, Person
from accounts.provenance import Origin
from imports.models import ImportJob


@require_safe
def person(request: PageRequest, public_id: UUID) -> HttpResponse:
    """One person: places and addresses, whether we may write, and where each field is known from."""
    someone = get_object_or_404(Person.objects.visible_to(request.user), public_id=public_id)
    at = someone.affiliations.filter(account__in=Account.objects.visible_to(request.user))
    context = {
        "person": someone,
        "places": at.select_related("account", "department").order_by("ended_on", "pk"),
        "further": someone.further_emails.all(),
        "opt_out": opt_outs.standing_for(someone),
        "may_edit": rules.may_edit(request.user),
        "may_erase": rules.may_erase(request.user),
        "erasure": Erasure.objects.filter(person=someone).first(),
        "origins": told(someone),
        "dictionary": word_rules.in_force(),
        "may_teach": may_teach(request.user),
    }
    return render(request, "accounts/person_origins.html", context)


def told(row: Account | Person) -> list[tuple[str, Origin, ImportJob | None]]:
    """(field in words, its origin, the import if it was one)."""
    found = provenance.origins_of(row)
    files = {origin.telling.origin for origin in found if origin.telling.origin}
    jobs = {job.public_id: job for job in ImportJob.objects.filter(public_id__in=files)} if files else {}
    return [
        (str(words.FIELDS[one.field]), one, jobs.get(one.telling.origin) if one.telling.origin else None)
        for one in found
    ]
