"""Lists: whom both sides chose, version by version; drawing up, signing, renewing."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from abm.web import list_lines
from abm.web.answers import done, go, refused
from abm.web.list_forms import NewListForm
from abm.web.list_lines import version_of
from abm.web.requests import PageRequest
from targets import diff, lists, rules
from targets.enums import Side, VersionState
from targets.lists import ListRefused
from targets.models import TargetEntry, TargetList, TargetListVersion

PER_PAGE = 100


@require_safe
def index(request: PageRequest) -> HttpResponse:
    """All lists, with the version in force and the one in work."""
    found = (
        TargetList.objects.visible_to(request.user)
        .prefetch_related("versions__signatures__by")
        .annotate(wanted=Count("versions__entries", filter=Q(versions__state=VersionState.ACTIVE)))
    )
    return render(request, "lists/index.html", {"lists": found, "may_edit": rules.may_edit(request.user)})


def new(request: PageRequest) -> HttpResponse:
    """Starts a list."""
    form = NewListForm(request.POST or None)
    if form.is_valid():
        try:
            made = lists.create(by=request.user, now=timezone.now(), **form.cleaned_data)
        except ListRefused as why:
            form.add_error("name", str(why))
        else:
            return go(request, "list", made.public_id)
    return render(request, "lists/new.html", {"form": form})


@require_safe
def show(request: PageRequest, public_id: UUID) -> HttpResponse:
    """One version of a list: entries, signatures, what would change."""
    target_list = get_object_or_404(TargetList.objects.visible_to(request.user), public_id=public_id)
    version = _chosen(target_list, request.GET.get("version", ""))
    entries = version.entries.select_related("account", "department", "offering", "owner")
    context = {
        "list": target_list,
        "version": version,
        "tabs": _tabs(target_list, version),
        "page": Paginator(entries, PER_PAGE).get_page(request.GET.get("page")),
        **list_lines.waiting_on(version, request.user),
        "diff": diff.against_active(version) if version.number > 1 and version.is_in_work else None,
        **_rights(request, version),
    }
    return render(request, "lists/show.html", context)


def _chosen(target_list: TargetList, number: str) -> TargetListVersion:
    """The version asked for, else the one in work, else the newest."""
    versions = target_list.versions.prefetch_related("signatures__by")
    if number.isdecimal():
        return get_object_or_404(versions, number=int(number))
    return versions.order_by("-number")[0]


def _tabs(target_list: TargetList, current: TargetListVersion) -> list[dict[str, object]]:
    return [
        {"word": f"v{version.number}", "href": f"?version={version.number}", "current": version == current}
        for version in target_list.versions.order_by("-number")
    ]


def _rights(request: PageRequest, version: TargetListVersion) -> dict[str, object]:
    signed = {signature.side: signature for signature in version.signatures.all()}
    side = rules.side_of(request.user)
    in_work = version.is_in_work
    return {
        "sides": [(side_, signed.get(side_)) for side_ in Side],
        "may_change": rules.may_edit(request.user) and version.state == VersionState.DRAFT,
        "may_sign": in_work and side is not None and side not in signed,
        "may_send_back": side is not None and version.state == VersionState.SIGNING,
        "may_renew": rules.may_edit(request.user) and version.state == VersionState.ACTIVE,
    }


@require_POST
def remove(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Takes an entry off its draft."""
    entry = get_object_or_404(TargetEntry.objects.visible_to(request.user), public_id=public_id)
    to = entry.version.list.public_id
    try:
        lists.remove(entry, by=request.user, now=timezone.now())
    except ListRefused as why:
        return refused(request, why, "list", to)
    return done(request, _("%(account)s taken off.") % {"account": entry.account}, "list", to)


@require_POST
def sign(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Signs a version for the user's side."""
    version = version_of(request, public_id)
    try:
        lists.sign(version, by=request.user, now=timezone.now())
    except ListRefused as why:
        return refused(request, why, "list", version.list.public_id)
    version.refresh_from_db()
    active = version.state == VersionState.ACTIVE
    text = _("Signed by both sides: the list is in force.") if active else _("Signed. The other side signs next.")
    return done(request, text, "list", version.list.public_id)


@require_POST
def send_back(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Takes the one signature off again."""
    version = version_of(request, public_id)
    try:
        lists.send_back(version, by=request.user, now=timezone.now())
    except ListRefused as why:
        return refused(request, why, "list", version.list.public_id)
    return done(request, _("Sent back: the draft can be changed again."), "list", version.list.public_id)


@require_POST
def renew(request: PageRequest, public_id: UUID) -> HttpResponse:
    """Starts the next version."""
    target_list = get_object_or_404(TargetList.objects.visible_to(request.user), public_id=public_id)
    try:
        draft = lists.start_next(target_list, by=request.user, now=timezone.now())
    except ListRefused as why:
        return refused(request, why, "list", target_list.public_id)
    return done(request, _("Version %(number)s is started.") % {"number": draft.number}, "list", target_list.public_id)
