"""The three fields of feedback, alike on the page and behind the link in a mail."""

from django import forms
from django.utils.translation import gettext_lazy as _

from abm.web import words
from funnel.enums import QUALITIES


class FeedbackForm(forms.Form):
    """Two clicks and, if there is something to say, a line."""

    progress = forms.ChoiceField(
        label=_("How is it going?"), choices=words.choices(words.PROGRESS), widget=forms.RadioSelect
    )
    quality = forms.TypedChoiceField(
        label=_("How good was the lead? (5 is best)"),
        coerce=int,
        choices=[(value, str(value)) for value in QUALITIES],
        widget=forms.RadioSelect(attrs={"class": "in-a-row"}),
    )
    note = forms.CharField(label=_("Anything else"), required=False, max_length=300)
