"""Pasted lines that wait on a draft: which company is it, which department? Each decision puts its line on the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import doubts, editing
from accounts.doubts import DoubtRefused
from accounts.editing import EditRefused
from accounts.models import Account, Department
from accounts.querysets import REVIEWERS
from accounts.word_rules import Dictionary
from audit import log
from targets import aiming, lists, pasted_lines
from targets.aiming import Tree
from targets.enums import WaitingState
from targets.lists import ListRefused
from targets.models import TargetEntry, TargetListVersion, WaitingLine
from users.models import User


@dataclass(frozen=True)
class Question:
    """A line that waits, and whom it could mean: companies, or departments, each as it is written."""

    line: WaitingLine
    accounts: Sequence[Account] = ()
    departments: Sequence[tuple[Department, str]] = ()


def questions(lines: Sequence[WaitingLine]) -> list[Question]:
    """What is asked about lines `with_proposals`; a fixed number of queries."""
    asked = [line for line in lines if line.state == WaitingState.DEPARTMENT]
    trees = aiming.trees({line.company.pk for line in asked if line.company})
    words = aiming.words_for(line.department for line in asked)
    return [Question(line, _candidates(line), _departments(line, trees, words)) for line in lines]


def _candidates(line: WaitingLine) -> list[Account]:
    if line.doubt is None or line.state != WaitingState.COMPANY:
        return []
    return [one.account for one in line.doubt.candidates.all() if one.account]


def _departments(line: WaitingLine, trees: Mapping[int, Tree], words: Dictionary) -> list[tuple[Department, str]]:
    if line.company is None or line.state != WaitingState.DEPARTMENT:
        return []
    tree = trees.get(line.company.pk, Tree())
    return [(row, tree.written(row)) for row in tree.near(pasted_lines.path_of(line.department), words)]


@transaction.atomic
def it_is(line: WaitingLine, account: Account, *, by: User, now: datetime) -> list[TargetEntry]:
    """The line means this company, whenever it is pasted again, too. Raises ListRefused."""
    _take_up(line, by)
    _require_reviewer(by)
    if line.doubt is None or account.pk not in set(line.doubt.candidates.values_list("account_id", flat=True)):
        raise ListRefused(_("Please choose one of the candidates."))
    try:
        doubts.link(line.doubt, account, by=by, now=now)
    except DoubtRefused as why:
        raise ListRefused(str(why)) from why
    return _place(line.version, [line], by, now)


@transaction.atomic
def aim(line: WaitingLine, department: Department, *, by: User, now: datetime) -> list[TargetEntry]:
    """The line means this department. Raises ListRefused."""
    _take_up(line, by)
    company = _company_of(line)
    if department.account_id != company.pk:
        raise ListRefused(_("This department belongs to another account."))
    line.delete()
    return lists.add_aims(line.version, [(company, department)], by=by, now=now, tier=line.tier)


@transaction.atomic
def make(line: WaitingLine, *, by: User, now: datetime) -> list[TargetEntry]:
    """The company has such a department, which nobody told us of: it is made. Raises ListRefused."""
    _take_up(line, by)
    company, made = _company_of(line), None
    for name in pasted_lines.path_of(line.department):
        tree = aiming.trees([company.pk])[company.pk]
        try:
            made = tree.child(made, name) or editing.add_department(company, name=name, parent=made, by=by, now=now)
        except EditRefused as why:
            raise ListRefused(str(why)) from why
    line.delete()
    return lists.add_aims(line.version, [(company, made)], by=by, now=now, tier=line.tier)


@transaction.atomic
def leave_out(line: WaitingLine, *, by: User, now: datetime) -> None:
    """None of these: the line is forgotten; a company in doubt is not asked about again. Raises ListRefused."""
    _take_up(line, by)
    if line.doubt and line.state == WaitingState.COMPANY:
        _require_reviewer(by)
        doubts.dismiss(line.doubt, by=by, now=now)
    log.record("lists.leave_out", line.version, by=by, at=now, detail={"line": line.text})
    line.delete()


@transaction.atomic
def take_in(version: TargetListVersion, *, by: User, now: datetime) -> list[TargetEntry]:
    """Puts on the draft what was decided elsewhere meanwhile, and forgets what was left out. Raises ListRefused."""
    lists.require_draft(version, by=by)
    waiting = list(version.waiting.select_related("doubt__account", "account"))
    out = [line.pk for line in waiting if line.state == WaitingState.LEFT_OUT]
    WaitingLine.objects.filter(pk__in=out).delete()
    added = _place(version, [line for line in waiting if line.company], by, now)
    log.record("lists.take_in", version, by=by, at=now, detail={"lines": len(waiting), "added": len(added)})
    return added


def _place(version: TargetListVersion, lines: Sequence[WaitingLine], by: User, now: datetime) -> list[TargetEntry]:
    """Entries for lines whose company is known, if they name no department or one it has; the others wait on."""
    trees = aiming.trees({line.company.pk for line in lines if line.company and line.department})
    placed: dict[str, list[lists.Aim]] = {}
    for line in lines:
        if line.company and (aims := _aims(line, line.company, trees)):
            placed.setdefault(line.tier, []).append(aims[0])
            line.delete()
    return [entry for tier, aims in placed.items()
            for entry in lists.add_aims(version, aims, by=by, now=now, tier=tier)]  # fmt: skip


def _aims(line: WaitingLine, company: Account, trees: Mapping[int, Tree]) -> list[lists.Aim]:
    if not line.department:
        return [(company, None)]
    named = trees.get(company.pk, Tree()).named(pasted_lines.path_of(line.department))
    return [(company, named[0])] if len(named) == 1 else []


def _take_up(line: WaitingLine, by: User) -> None:
    """Locks the draft and with it its lines. Raises ListRefused."""
    lists.require_draft(line.version, by=by)
    if not WaitingLine.objects.filter(pk=line.pk).exists():
        raise ListRefused(_("Somebody has decided this already."))
    line.refresh_from_db()


def _company_of(line: WaitingLine) -> Account:
    if line.company is None or not line.department:
        raise ListRefused(_("First decide which company it is."))
    return line.company


def _require_reviewer(by: User) -> None:
    if by.role not in REVIEWERS:
        raise ListRefused(_("Marketing decides which company it is."))
