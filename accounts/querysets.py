"""Words for reading accounts, persons and offerings."""

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from accounts.enums import DoubtKind, DoubtState, MergeKind
from accounts.names import company_key
from users.roles import MARKETING, SALES, Role

if TYPE_CHECKING:
    from accounts.consent import Erasure, OptOut  # noqa: F401
    from accounts.identity import Doubt, Merge  # noqa: F401
    from accounts.models import Account, Contract, Department, Offering, Person, WordRule  # noqa: F401

REVIEWERS = MARKETING | {Role.ADMIN, Role.SYSTEM}
"""Who decides who is who."""
PATIENCE = timedelta(minutes=15)
"""How long an erasure may take before somebody has to look."""


def firms_of(user: Any) -> list[int]:
    """The partner firm of a partner's user; nobody's accounts are not the accounts of a user without a firm."""
    return [user.team_id] if user.team_id else []


@models.Field.register_lookup
@models.ForeignKey.register_lookup
class Among(models.Lookup):
    """`column__among=thousands`: as `__in`, but one parameter, and a plan that does not hang on what the table's
    statistics say of them."""

    lookup_name = "among"

    def get_prep_lookup(self) -> Any:
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*parameters, self.rhs)


def _tellings_with_basis() -> models.QuerySet[Any]:
    """What was told of the person of the outer query, on a known ground."""
    trace: Any = apps.get_model("accounts.trace")
    found: models.QuerySet[Any] = trace.objects.filter(kind="accounts.person", row_id=OuterRef("pk"))
    return found.exclude(telling__basis="").order_by()


class AccountQuerySet(models.QuerySet["Account"]):
    """Accounts."""

    def visible_to(self, user: Any) -> "AccountQuerySet":
        """All of us see all accounts; a partner sees those in its firm's care."""
        if user.role != Role.PARTNER:
            return self
        return self.filter(partner__in=firms_of(user))

    def search(self, text: str) -> "AccountQuerySet":
        """By name, whatever the legal form and width: 株式会社 and 全角 do not matter."""
        text = text.replace("\x00", "").strip()
        if not text:
            return self
        key = company_key(text)
        found = Q(name__icontains=text) | Q(name_kana__icontains=text) | Q(name_en__icontains=text)
        return self.filter(found | Q(key__contains=key) if key else found)


class DepartmentQuerySet(models.QuerySet["Department"]):
    """Departments of accounts."""

    def visible_to(self, user: Any) -> "DepartmentQuerySet":
        """As their accounts."""
        return self.filter(account__partner__in=firms_of(user)) if user.role == Role.PARTNER else self


class ContractQuerySet(models.QuerySet["Contract"]):
    """What accounts have bought."""

    def visible_to(self, user: Any) -> "ContractQuerySet":
        """As their accounts."""
        return self.filter(account__partner__in=firms_of(user)) if user.role == Role.PARTNER else self


class PersonQuerySet(models.QuerySet["Person"]):
    """Persons at accounts."""

    def visible_to(self, user: Any) -> "PersonQuerySet":
        """Those whose role needs persons see them; a partner only those at its own accounts."""
        if not user.sees_persons:
            return self.none()
        if user.role != Role.PARTNER:
            return self
        return self.filter(affiliations__account__partner__in=firms_of(user), affiliations__ended_on=None).distinct()

    def named(self, text: str) -> "PersonQuerySet":
        """Those of this name (spaces do not matter) or mail address, or a part of it; all for "".

        A person is found by a further address, too.
        """
        text = text.replace("\x00", "").strip()
        if not text:
            return self
        if "@" in text:
            return self.filter(Q(email__icontains=text) | Q(further_emails__email__iexact=text)).distinct()
        spelt = r"\s*".join(re.escape(letter) for letter in "".join(text.split()))
        return self.filter(Q(name__iregex=spelt) | Q(name_kana__iregex=spelt))

    def without_basis(self) -> "PersonQuerySet":
        """Those of whom no telling says on which ground we may use what we know."""
        return self.exclude(Exists(_tellings_with_basis()))

    def with_bases(self) -> "PersonQuerySet":
        """Each with `bases`: the grounds their tellings name."""
        return self.annotate(bases=ArraySubquery(_tellings_with_basis().values("telling__basis").distinct()))

    def staying(self) -> "PersonQuerySet":
        """Without those who are about to be erased: no file takes them out of the house any more."""
        return self.filter(erasure=None)

    def reachable(self) -> "PersonQuerySet":
        """Those we may write to and call: asked of the opt-outs themselves, so that nobody is let through by a race."""
        opt_outs: Any = self.model._meta.get_field("opt_outs").related_model
        standing = opt_outs.objects.standing().exclude(address="").filter(address=Lower(OuterRef("email")))
        return self.filter(opted_out_at=None).exclude(Exists(standing))


class OptOutQuerySet(models.QuerySet["OptOut"]):
    """Who wants no mails or calls."""

    def visible_to(self, user: Any) -> "OptOutQuerySet":
        """Those who would write or call; a partner knows it from its own persons."""
        return self if user.role in MARKETING | SALES | {Role.SYSTEM} else self.none()

    def standing(self) -> "OptOutQuerySet":
        """Those not lifted."""
        return self.filter(lifted_at=None)


class LivingPersons(models.Manager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Persons we know; of an erased one only an empty row is left, for what still refers to it."""

    def get_queryset(self) -> PersonQuerySet:
        found: PersonQuerySet = super().get_queryset().filter(erased_at=None)
        return found


class ErasureQuerySet(models.QuerySet["Erasure"]):
    """Who was erased, without a name."""

    def waiting(self) -> "ErasureQuerySet":
        """Asked for, not done yet."""
        return self.filter(done_at=None)

    def late(self, now: datetime) -> "ErasureQuerySet":
        """Not done although a worker has had the time for it: somebody has to look."""
        return self.waiting().filter(at__lt=now - PATIENCE)

    def visible_to(self, user: Any) -> "ErasureQuerySet":
        """Those who answer for it."""
        return self if user.role in {Role.MARKETING_LEAD, Role.ADMIN, Role.SYSTEM} else self.none()


class OfferingQuerySet(models.QuerySet["Offering"]):
    """Offerings."""

    def active(self) -> "OfferingQuerySet":
        """Those still sold."""
        return self.filter(is_active=True)


class DoubtQuerySet(models.QuerySet["Doubt"]):
    """Questions who is who."""

    def visible_to(self, user: Any) -> "DoubtQuerySet":
        """Those who decide them; doubts about persons only for those who see persons."""
        if user.role not in REVIEWERS:
            return self.none()
        return self if user.sees_persons else self.exclude(kind=DoubtKind.PERSONS)

    def open(self) -> "DoubtQuerySet":
        """Those nobody has decided."""
        return self.filter(state=DoubtState.OPEN)

    def of_import(self, import_id: UUID) -> "DoubtQuerySet":
        """Those that a file raised first."""
        return self.filter(import_id=import_id)

    def pairs(self) -> "DoubtQuerySet":
        """Those whether two are one."""
        return self.exclude(kind=DoubtKind.TOLD)


class MergeQuerySet(models.QuerySet["Merge"]):
    """What was merged."""

    def visible_to(self, user: Any) -> "MergeQuerySet":
        """As doubts."""
        if user.role not in REVIEWERS:
            return self.none()
        return self if user.sees_persons else self.exclude(kind=MergeKind.PERSON)

    def standing(self) -> "MergeQuerySet":
        """Those that were not taken back."""
        return self.filter(undone_at=None)


class WordRuleQuerySet(models.QuerySet["WordRule"]):
    """What people taught of departments and titles."""

    def visible_to(self, user: Any) -> "WordRuleQuerySet":
        """All of us see by which rule a text is read; a partner sees what comes of it."""
        return self.none() if user.role == Role.PARTNER else self

    def in_force(self) -> "WordRuleQuerySet":
        """Those nobody has taken back."""
        return self.filter(ended_at=None)
