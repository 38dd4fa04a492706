"""Words and shapes of the waterfall on pages: a stage never speaks by colour alone."""

from dataclasses import dataclass

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.enums import CostKind, Function, Rank, Relation, SourceKind
from audit.enums import AccessKind, Door, RunState, SendState
from engagement.enums import TouchKind
from funnel.enums import DealStatus, Disposition, Flag, MoveName, Outcome, Progress, Stage
from imports.enums import JobState, KindName
from surface.enums import AccountClass, CellState
from targets.enums import Horizon, PlannedState, Side, Tier, VersionState
from users.enums import Channel
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

TIERS: dict[str, StrOrPromise] = {
    Tier.ONE_TO_ONE: _("1:1"),
    Tier.ONE_TO_FEW: _("1:few"),
    Tier.ONE_TO_MANY: _("1:many"),
}

HORIZONS: dict[str, StrOrPromise] = {
    Horizon.NOW: _("This period"),
    Horizon.NEXT: _("Next period"),
    Horizon.LATER: _("Later"),
}

VERSION_STATES: dict[str, Mark] = {
    VersionState.DRAFT: Mark(_("Draft"), "◌", "is-rejected"),
    VersionState.SIGNING: Mark(_("Being signed"), "◔", "is-waiting"),
    VersionState.ACTIVE: Mark(_("In force"), "✓", "is-accepted"),
    VersionState.SUPERSEDED: Mark(_("Replaced"), "↩", "is-rejected"),
}

PLANNED_STATES: dict[str, Mark] = {
    PlannedState.WAITING: Mark(_("Not touched yet"), "◌", "is-waiting"),
    PlannedState.TOUCHED: Mark(_("Touched again"), "✓", "is-accepted"),
    PlannedState.OPTED_OUT: Mark(_("Opted out"), "⊘", "is-rejected"),
    PlannedState.ERASED: Mark(_("Erased"), "∅", "is-rejected"),
}

SIDES: dict[str, StrOrPromise] = {
    Side.MARKETING: pgettext_lazy("side", "Marketing"),
    Side.SALES: pgettext_lazy("side", "Sales"),
}

RELATIONS: dict[str, StrOrPromise] = {
    Relation.CUSTOMER: _("Customer"),
    Relation.PROSPECT: _("In approach"),
    Relation.NONE: _("No relation yet"),
}

OUTCOMES: dict[str, StrOrPromise] = {
    Outcome.ACCEPTED: _("Accepted"),
    Outcome.REJECTED: _("Rejected"),
    Outcome.IGNORED: _("Ignored"),
    Outcome.WITHDRAWN: _("Withdrawn"),
    Outcome.REASSIGNED: _("Given to somebody else"),
}

TOUCH_KINDS: dict[str, StrOrPromise] = {
    TouchKind.MAIL_OPEN: _("Opened a mail"),
    TouchKind.MAIL_CLICK: _("Clicked in a mail"),
    TouchKind.MAIL_SENT: _("Mail sent"),
    TouchKind.PAGE_VIEW: _("Viewed a page"),
    TouchKind.FORM: _("Sent a form"),
    TouchKind.DOWNLOAD: _("Downloaded"),
    TouchKind.SEMINAR_REGISTERED: _("Registered for a seminar"),
    TouchKind.SEMINAR_ATTENDED: _("Attended a seminar"),
    TouchKind.EXHIBITION: _("Exhibition booth"),
    TouchKind.CARD: _("Exchanged cards"),
    TouchKind.CALL: _("Call"),
    TouchKind.MEETING: _("Meeting"),
    TouchKind.VISIT: _("Visit"),
}

RANKS: dict[str, StrOrPromise] = {
    Rank.EXECUTIVE: _("Executive"),
    Rank.DIRECTOR: _("Director"),
    Rank.GENERAL_MANAGER: _("General manager"),
    Rank.MANAGER: pgettext_lazy("rank", "Manager"),
    Rank.SECTION_CHIEF: _("Section chief"),
    Rank.STAFF: _("Staff"),
    Rank.UNKNOWN: _("Unknown rank"),
}

FUNCTIONS: dict[str, StrOrPromise] = {
    Function.MANAGEMENT: _("Management"),
    Function.PLANNING: _("Corporate planning"),
    Function.RESEARCH: _("Research and development"),
    Function.DESIGN: _("Design"),
    Function.PRODUCTION: _("Production"),
    Function.PRODUCTION_ENGINEERING: _("Production engineering"),
    Function.QUALITY: pgettext_lazy("function", "Quality"),
    Function.PURCHASING: _("Purchasing"),
    Function.LOGISTICS: _("Logistics"),
    Function.SALES: pgettext_lazy("function", "Sales"),
    Function.MARKETING: pgettext_lazy("function", "Marketing"),
    Function.SERVICE: _("Service"),
    Function.IT: _("IT"),
    Function.HR: _("Human resources"),
    Function.FINANCE: _("Finance"),
    Function.LEGAL: _("Legal"),
    Function.GENERAL_AFFAIRS: _("General affairs"),
    Function.PUBLIC_RELATIONS: _("Public relations"),
    Function.FACILITIES: _("Facilities"),
    Function.OTHER: pgettext_lazy("function", "Other"),
}

MOVES: dict[str, StrOrPromise] = {
    MoveName.QUALIFY: _("Qualified"),
    MoveName.QUALIFY_OFF_LIST: _("Qualified off the list"),
    MoveName.UNQUALIFY: _("Qualification withdrawn"),
    MoveName.HAND_OVER: _("Handed over"),
    MoveName.RECALL: _("Recalled"),
    MoveName.ASK: _("Asked"),
    MoveName.ANSWER: _("Answered"),
    MoveName.ACCEPT: _("Accepted"),
    MoveName.REJECT: _("Rejected"),
    MoveName.IGNORE: _("Ignored"),
    MoveName.REASSIGN: _("Reassigned"),
    MoveName.GIVE_UP: _("Given up"),
    MoveName.REQUEUE: _("Delivered anew"),
    MoveName.REPAIR: _("Repaired"),
    MoveName.APPEAL: _("Appealed"),
    MoveName.RECYCLE: _("Recycled"),
    MoveName.DISQUALIFY: _("Disqualified"),
    MoveName.MERGE_DUPLICATE: _("Merged as a duplicate"),
    MoveName.RECLAIM: _("Reclaimed"),
    MoveName.CONFIRM: _("Need confirmed"),
    MoveName.REGISTER: _("Deal registered"),
    MoveName.UNREGISTER: _("Deal taken back"),
    MoveName.WIN: _("Won"),
    MoveName.LOSE: _("Lost"),
    MoveName.REOPEN: _("Reopened"),
    MoveName.SELF_SOURCE: _("Found by sales"),
    MoveName.RECODE: _("True reason named"),
    MoveName.UNDO: _("Undone"),
}

PROGRESS: dict[str, StrOrPromise] = {
    Progress.IN_CONTACT: _("In contact"),
    Progress.MEETING_SET: _("Meeting set"),
    Progress.PROPOSAL: _("Proposal made"),
    Progress.NO_CONTACT: _("No contact any more"),
    Progress.WRONG_LEAD: _("Wrong lead"),
}

DEAL_STATUSES: dict[str, StrOrPromise] = {
    DealStatus.OPEN: pgettext_lazy("deal", "Open"),
    DealStatus.WON: _("Won"),
    DealStatus.LOST: _("Lost"),
}

KINDS: dict[str, StrOrPromise] = {
    KindName.ACCOUNTS: _("Companies"),
    KindName.PERSONS: _("Persons and cards"),
    KindName.OFFERINGS: _("Offerings"),
    KindName.USERS: _("Our people"),
    KindName.DEALS: _("Deals"),
    KindName.LEADS: _("Leads"),
    KindName.TOUCHES: _("Touches"),
    KindName.SEMINARS: _("Seminar lists"),
    KindName.DEPARTMENTS: _("Departments"),
    KindName.CONTRACTS: _("Contracts"),
    KindName.STAGE_HISTORY: _("Stages of leads and deals"),
    KindName.OPT_OUTS: _("Opt-outs"),
}

TABLES: dict[str, StrOrPromise] = {
    "accounts.account": _("Companies"),
    "accounts.accountname": _("Further names of companies"),
    "accounts.accountdomain": _("Domains of companies"),
    "accounts.department": _("Departments"),
    "accounts.person": _("Persons"),
    "accounts.affiliation": _("Where persons work"),
    "accounts.externalid": _("Ids of other systems"),
    "accounts.offering": _("Offerings"),
    "accounts.contract": _("Contracts"),
    "engagement.touch": _("Touches"),
    "funnel.deal": _("Deals"),
    "funnel.lead": _("Leads"),
    "funnel.lead_persons": _("Leads"),
    "funnel.transfer": _("Transfer records"),
    "targets.targetentry": _("Entries of target lists"),
    "targets.targetentry_persons": _("Entries of target lists"),
    "targets.plannedperson": _("Revival plans"),
}

FIELDS: dict[str, StrOrPromise] = {
    "name": _("Name"),
    "name_kana": _("Reading"),
    "name_en": _("English name"),
    "email": _("Mail address"),
    "phone": _("Phone"),
    "mobile": _("Mobile phone"),
    "opted_out_at": _("Opt-out"),
    "corporate_number": _("Corporate number"),
    "parent_id": _("Group"),
    "industry": _("Industry"),
    "employees": _("Employees"),
    "revenue": _("Revenue"),
    "prefecture": _("Prefecture"),
    "address": _("Address"),
}

SOURCE_KINDS: dict[str, StrOrPromise] = {
    SourceKind.MA: "MA",
    SourceKind.SFA: "SFA",
    SourceKind.CRM: "CRM",
    SourceKind.SEMINAR: _("Seminar"),
    SourceKind.EXHIBITION: _("Exhibition"),
    SourceKind.CARDS: _("Business cards"),
    SourceKind.WEB: _("Web"),
    SourceKind.REGISTER: _("Register"),
    SourceKind.OTHER: _("Other"),
}

COST_KINDS: dict[str, StrOrPromise] = {
    CostKind.PER_CARD: _("Each card"),
    CostKind.PER_SEMINAR: _("Each seminar"),
    CostKind.FLAT: _("The whole"),
}

ACCESSES: dict[str, StrOrPromise] = {
    AccessKind.READ: _("Read in bulk"),
    AccessKind.EXPORT: _("Taken out as a file"),
    AccessKind.DISCLOSE: _("Everything told about one"),
}

DOORS: dict[str, StrOrPromise] = {
    Door.PAGE: _("on a page"),
    Door.API: _("by API"),
    Door.TASK: _("in the background"),
    Door.COMMAND: _("by command"),
    Door.IMPORT: _("by import"),
    Door.MAIL: _("by mail"),
}

WHY_KEPT: dict[str, StrOrPromise] = {
    "changed": _("Changed since"),
    "told": _("A later file told of it, too"),
    "opted_out": _("An opt-out is never taken back"),
}


def why_kept(reason: str) -> str:
    """Why something of an import stays when the import is undone."""
    what, _sign, user = reason.partition(":")
    if user:
        return gettext("In use: %(what)s") % {"what": TABLES.get(user, user)}
    return str(WHY_KEPT.get(what, what))


JOB_STATES: dict[str, Mark] = {
    JobState.DRAFT: Mark(pgettext_lazy("import", "Draft"), "◌", "is-rejected"),
    JobState.QUEUED: Mark(_("Waiting"), "◌", "is-waiting"),
    JobState.RUNNING: Mark(_("Loading"), "◔", "is-waiting"),
    JobState.DONE: Mark(_("Done"), "✓", "is-accepted"),
    JobState.FAILED: Mark(_("Refused"), "✕", "is-ignored"),
    JobState.CANCELLED: Mark(_("Stopped"), "⊘", "is-rejected"),
}

RUN_STATES: dict[str, Mark] = {
    RunState.RUNNING: Mark(_("Running"), "◔", "is-waiting"),
    RunState.DONE: Mark(_("Done"), "✓", "is-accepted"),
    RunState.FAILED: Mark(_("Failed"), "✕", "is-ignored"),
}

SEND_STATES: dict[str, Mark] = {
    SendState.WAITING: Mark(_("Waits"), "◔", "is-waiting"),
    SendState.SENT: Mark(_("Sent"), "✓", "is-accepted"),
    SendState.FAILED: Mark(_("Given up"), "✕", "is-ignored"),
}
WEBHOOK_STATES: dict[str, Mark] = {
    "on": Mark(pgettext_lazy("switch", "On"), "✓", "is-accepted"),
    "failing": Mark(_("Failing"), "◔", "is-waiting"),
    "off": Mark(_("Off"), "◌", "is-rejected"),
    "stopped": Mark(_("Stopped"), "✕", "is-ignored"),
}

DISPOSITIONS: dict[str, StrOrPromise] = {
    Disposition.DISQUALIFY: _("Disqualifies it"),
    Disposition.REPAIR: _("Repairs the data"),
    Disposition.RECYCLE: _("Lets it come back later"),
    Disposition.MERGE_DUPLICATE: _("Joins it with the other"),
    Disposition.REQUEUE: _("Delivers it to someone else"),
    Disposition.RECODE: _("Finds the true reason"),
}

CALENDARS: dict[str, StrOrPromise] = {"Standard": pgettext_lazy("calendar", "Standard")}
"""The calendar every installation begins with; others are named by the company."""

CELLS: dict[str, Mark] = {
    CellState.OWNED: Mark(_("Contract"), "■", "cell-owned"),
    CellState.DEAL: Mark(_("Open deal"), "▣", "cell-deal"),
    CellState.LEAD: Mark(_("Open lead"), "▦", "cell-lead"),
    CellState.TWO_WAY: Mark(_("In talks"), "▤", "cell-two-way"),
    CellState.REACHED: Mark(_("Reached"), "▥", "cell-reached"),
    CellState.KNOWN: Mark(_("A card"), "▢", "cell-known"),
    CellState.UNKNOWN: Mark(_("Nothing known"), "·", "cell-unknown"),
}

CLASSES: dict[str, Mark] = {
    AccountClass.NONE: Mark(_("No contact yet"), "·", "is-rejected"),
    AccountClass.POINT: Mark(_("Point"), "●", "is-rejected"),
    AccountClass.LINE: Mark(_("Line"), "━", "is-waiting"),
    AccountClass.BETWEEN: Mark(_("On the way to a surface"), "◪", "is-waiting"),
    AccountClass.SURFACE: Mark(pgettext_lazy("class", "Surface"), "■", "is-accepted"),
}


def choices(words: dict[str, StrOrPromise]) -> list[tuple[str, StrOrPromise]]:
    """A form field's choices."""
    return list(words.items())


CHANNELS: dict[str, StrOrPromise] = {
    Channel.MAIL: _("Mail"),
    Channel.CHAT: _("Chat"),
    Channel.TEAM_CHAT: _("Team's channel"),
}
