"""The access log: who read persons in bulk or took them out; who was erased; taking somebody erased back."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from abm.web.answers import done
from abm.web.requests import PageRequest
from accounts import erasing, rules
from accounts.consent import Erasure
from accounts.erasing import ErasureRefused
from audit.models import Access

PER_PAGE = 50
PARTS = {
    "settings_access": gettext_lazy("Access log"),
    "transfers": gettext_lazy("Given to partners"),
    "leak_report": gettext_lazy("Leak report"),
}
"""What stands beside the log, for the same readers."""
REMOVED = {
    "texts": gettext_lazy("Texts cleaned"),
    "files": gettext_lazy("Files taken away"),
    "traces": gettext_lazy("Traces of tellings"),
    "merges": gettext_lazy("Merges that can no longer be taken back"),
    "opt_outs": gettext_lazy("Opt-outs"),
    "answers": gettext_lazy("Kept answers of the API"),
}
"""What an erasure removed, in words, in the order it is shown."""


def parts(here: str) -> list[dict[str, Any]]:
    """The log and what stands beside it, as tabs."""
    return [{"word": word, "href": reverse(name), "current": name == here} for name, word in PARTS.items()]


class ReadmitForm(forms.Form):
    """Somebody who was erased consents anew."""

    address = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254)
    because = forms.CharField(label=gettext_lazy("How was consent given anew?"), max_length=500)


@require_safe
def erasure(request: PageRequest, public_id: UUID) -> HttpResponse:
    """How far an erasure is: being done, or what it removed. It does not say who."""
    visible = Erasure.objects.visible_to(request.user).select_related("by")
    made = get_object_or_404(visible, public_id=public_id)
    removed = [(REMOVED[name], made.counts[name]) for name in REMOVED if name in made.counts]
    late = made in Erasure.objects.late(timezone.now())
    return render(request, "rights/erasure.html", {"erasure": made, "removed": removed, "late": late})


def log(request: PageRequest) -> HttpResponse:
    """Who read persons in bulk or took them out; who was erased; taking somebody erased back."""
    form = ReadmitForm(request.POST or None) if rules.may_erase(request.user) else None
    if form and form.is_valid():
        try:
            erasing.readmit(by=request.user, now=timezone.now(), **form.cleaned_data)
        except ErasureRefused as why:
            form.add_error(None, str(why))
        else:
            return done(request, _("May be told of again."), "settings_access")
    found = Access.objects.visible_to(request.user)
    context = {
        "form": form,
        "parts": parts("settings_access"),
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "erasures": Erasure.objects.visible_to(request.user).select_related("by")[:PER_PAGE],
    }
    return render(request, "settings/access.html", context)
