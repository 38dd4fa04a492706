"""Department and title words: what does a text mean? Those nobody knows; teaching them, previewed; taking it back."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from abm.web import words
from abm.web.answers import done, refused
from abm.web.requests import PageRequest
from accounts import teaching, unread
from accounts.enums import Naming
from accounts.models import WordRule
from accounts.querysets import REVIEWERS
from accounts.teaching import TeachingRefused
from users.models import User

MOST = 100
"""So many of the most frequent texts are shown."""
NAMINGS = {Naming.DEPARTMENT: gettext_lazy("Departments"), Naming.TITLE: gettext_lazy("Titles")}
MEANINGS: dict[str, Any] = {Naming.DEPARTMENT: words.FUNCTIONS, Naming.TITLE: words.RANKS}


class NamingForm(forms.Form):
    """Departments (unless said otherwise) or titles."""

    naming = forms.ChoiceField(choices=list(NAMINGS.items()), required=False)

    @property
    def chosen(self) -> Naming:
        """What the address asks for."""
        return Naming(self.cleaned_data.get("naming") or Naming.DEPARTMENT) if self.is_valid() else Naming.DEPARTMENT


class TeachForm(forms.Form):
    """A text and what it means; `naming` says which meanings there are."""

    naming = forms.ChoiceField(choices=list(NAMINGS.items()), widget=forms.HiddenInput)
    text = forms.CharField(label=gettext_lazy("As it is written"), max_length=160)
    meaning = forms.ChoiceField(label=gettext_lazy("Means"))
    is_word = forms.BooleanField(
        label=gettext_lazy("Wherever this word stands, not only as the whole text"), required=False
    )

    def __init__(self, *args: Any, naming: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meaning"].choices = [("", ""), *words.choices(MEANINGS[naming])]  # type: ignore[attr-defined]


def may_teach(user: User) -> bool:
    """Who teaches words."""
    return user.role in REVIEWERS


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """The most frequent texts nobody knows, and what was taught."""
    _require_right(request)
    naming = NamingForm(request.GET).chosen
    found = unread.texts(naming, most=MOST)
    context = {
        "naming": naming,
        "tabs": _tabs(naming),
        "unread": found,
        "rules": WordRule.objects.visible_to(request.user).in_force().filter(naming=naming).select_related("by"),
        "meanings": words.choices(MEANINGS[naming]),
    }
    return render(request, "accounts/words.html", context)


def _tabs(naming: Naming) -> list[dict[str, Any]]:
    return [
        {"word": word, "href": f"{reverse('words')}?naming={one}", "current": one == naming}
        for one, word in NAMINGS.items()
    ]


def teach(request: PageRequest) -> HttpResponse:
    """What teaching a text would change; and teaching it."""
    _require_right(request)
    naming = NamingForm(request.GET).chosen
    form = TeachForm(request.POST or request.GET, naming=naming)
    context: dict[str, Any] = {"naming": naming, "form": form}
    if form.is_valid():
        try:
            if request.method == "POST":
                return _taught(request, form.cleaned_data)
            context["seen"] = teaching.preview(**form.cleaned_data, by=request.user)
        except TeachingRefused as why:
            form.add_error(None, str(why))
    elif form.errors.keys() == {"meaning"} and "meaning" not in form.data:
        context["form"] = TeachForm(initial=form.cleaned_data, naming=naming)
    return render(request, "accounts/teach.html", context)


def _taught(request: PageRequest, told: dict[str, Any]) -> HttpResponse:
    rule = teaching.teach(**told, by=request.user, now=timezone.now())
    text = ngettext("“%(text)s” is known now; %(n)s row reads so.", "“%(text)s” is known now; %(n)s rows read so.",
                    rule.rows) % {"text": rule.text, "n": rule.rows}  # fmt: skip
    return done(request, text, f"{reverse('words')}?naming={rule.naming}")


@require_POST
def take_back(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Texts are read as before it was taught."""
    _require_right(request)
    rule = get_object_or_404(WordRule.objects.visible_to(request.user), public_id=public_id)
    to = f"{reverse('words')}?naming={rule.naming}"
    try:
        rows = teaching.take_back(rule, by=request.user, now=timezone.now())
    except TeachingRefused as why:
        return refused(request, why, to)
    said = ngettext("Taken back; %(n)s row reads as before.", "Taken back; %(n)s rows read as before.", rows)
    return done(request, said % {"n": rows}, to)


def _require_right(request: PageRequest) -> None:
    if not may_teach(request.user):
        raise PermissionDenied
