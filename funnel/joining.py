"""What merging two accounts means for leads: they move with their whole history, and two open ones stay two."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts import joining
from funnel.models import Lead


def register() -> None:
    """Lets accounts be merged under their leads."""
    step = joining.Step(lock=lock, triggers=("funnel.LeadMove:append_only",), apart={Lead: two_open})
    joining.register(step)


def lock(accounts: Sequence[int]) -> None:
    """Leads before accounts, as every move does it: a move under way ends first, the next one finds the new account."""
    list(Lead.objects.filter(account__in=accounts).order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def two_open(kept: Lead, gone: Lead) -> str:
    """Two demands of one department for one offering, both under way: people settle which goes on."""
    text = _("%(department)s would have two open leads for %(offering)s (%(stage)s with %(who)s, %(other_stage)s with "
             "%(other)s): end one of them as a duplicate first.")  # fmt: skip
    return text % {"department": kept.department, "offering": kept.offering, "stage": kept.stage,
                   "who": kept.assignee or _("nobody"), "other_stage": gone.stage,
                   "other": gone.assignee or _("nobody")}  # fmt: skip
