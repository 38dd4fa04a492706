"""Words and shapes of the waterfall on pages: a stage never speaks by colour alone."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from funnel.enums import Flag, Stage
from users.roles import Role


@dataclass(frozen=True)
class Mark:
    """A word, its shape, and the ink class that goes with both."""

    word: StrOrPromise
    shape: str
    ink: str


STAGES: dict[str, Mark] = {
    Stage.NURTURE: Mark(_("Nurture"), "◌", "is-rejected"),
    Stage.MQL: Mark(_("MQL"), "◔", "is-waiting"),
    Stage.IGNORED: Mark(_("Ignored"), "●", "is-ignored"),
    Stage.SAL: Mark(_("SAL"), "✓", "is-accepted"),
    Stage.SQL: Mark(_("SQL"), "✓✓", "is-accepted"),
    Stage.PIPELINE: Mark(_("Pipeline"), "▶", "is-pipeline"),
    Stage.WON: Mark(_("Won"), "◆", "is-won"),
    Stage.LOST: Mark(_("Lost"), "◇", "is-lost"),
    Stage.REJECTED: Mark(_("Rejected"), "✕", "is-rejected"),
    Stage.RECYCLED: Mark(_("Recycled"), "↻", "is-rejected"),
    Stage.DISQUALIFIED: Mark(_("Disqualified"), "⊘", "is-rejected"),
    Stage.WITHDRAWN: Mark(_("Withdrawn"), "↩", "is-rejected"),
}

FLAGS: dict[str, Mark] = {
    Flag.QUESTION: Mark(_("Question open"), "?", "is-waiting"),
    Flag.AT_RISK: Mark(_("Due soon"), "◑", "is-won"),
    Flag.GHOST: Mark(_("No contact yet"), "○", "is-ignored"),
    Flag.APPEALED: Mark(_("Appealed"), "!", "is-pipeline"),
    Flag.OFF_LIST: Mark(_("Off list"), "∅", "is-rejected"),
}

ROLES: dict[str, StrOrPromise] = {
    Role.MARKETER: _("Marketer"),
    Role.MARKETING_LEAD: _("Marketing lead"),
    Role.REP: _("Sales rep"),
    Role.SALES_MANAGER: _("Sales manager"),
    Role.PARTNER: _("Partner"),
    Role.ANALYST: _("Analyst"),
    Role.ADMIN: _("Administrator"),
    Role.SYSTEM: pgettext_lazy("actor", "System"),
}
