"""What is typed on the list screens."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from abm.web import words
from accounts.models import Account, Department, Offering
from targets.enums import Horizon, Tier, VersionState
from targets.models import TargetList, TargetListVersion
from users.models import User


class NewListForm(forms.Form):
    """A list's name and purpose."""

    name = forms.CharField(label=_("Name"), max_length=160)
    purpose = forms.CharField(label=_("What it is for"), max_length=400, required=False)


class PasteForm(forms.Form):
    """Companies and spears, one per line."""

    names = forms.CharField(
        label=_("Companies, one per line"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Legal forms and full-width letters do not matter. A department stands behind its company after a tab, "
            "▸ or >. What could mean several, or is not written quite so, is asked back."
        ),
    )
    tier = forms.ChoiceField(label=_("Tier"), choices=words.choices(words.TIERS), initial=Tier.ONE_TO_MANY)


class TargetForm(forms.Form):
    """One account on a draft; with a department it is a spear."""

    version = forms.ModelChoiceField(label=_("List"), queryset=TargetListVersion.objects.none())
    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.none(), required=False)
    offering = forms.ModelChoiceField(label=_("Offering"), queryset=Offering.objects.none(), required=False)
    tier = forms.ChoiceField(label=_("Tier"), choices=words.choices(words.TIERS), initial=Tier.ONE_TO_FEW)
    horizon = forms.ChoiceField(label=_("When"), choices=words.choices(words.HORIZONS), initial=Horizon.NOW)
    wanted_rank = forms.IntegerField(label=_("Wanted rank"), min_value=1, max_value=9999, required=False)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none(), required=False)
    path = forms.CharField(label=_("Way in"), max_length=300, required=False)
    visit_goal = forms.CharField(label=_("Goal of the visit"), max_length=300, required=False)

    def __init__(self, *args: Any, account: Account, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = TargetList.objects.visible_to(user)
        drafts = TargetListVersion.objects.filter(list__in=visible, state=VersionState.DRAFT)
        self.fields["version"].queryset = drafts.select_related("list")  # type: ignore[attr-defined]
        self.fields["department"].queryset = account.departments.all()  # type: ignore[attr-defined]
        self.fields["offering"].queryset = Offering.objects.active()  # type: ignore[attr-defined]
        self.fields["owner"].queryset = User.objects.visible_to(user).deciders()  # type: ignore[attr-defined]
        self.fields["owner"].initial = account.owner_id
