"""Who exists: accounts, their departments and persons; what we offer and what they have bought."""

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.consent import OPT_OUT_TRIGGERS, ErasedKey, Erasure, OptOut  # noqa: F401 - models too, in a file of their own
from accounts.enums import AccountKind, Basis, Function, NameKind, Naming, Rank, Relation, SourceKind
from accounts.identity import Doubt, DoubtCandidate, Merge, PersonEmail  # noqa: F401 - models too, in a file of their own
from accounts.kept import KeptFigures  # noqa: F401 - a model too, in a file of its own
from accounts.ledger import SourceCost  # noqa: F401 - a model too, in a file of its own
from accounts.querysets import (
    AccountQuerySet,
    ContractQuerySet,
    DepartmentQuerySet,
    LivingPersons,
    OfferingQuerySet,
    WordRuleQuerySet,
)
from audit.public_ids import public_id_field
from users.models import Team

if TYPE_CHECKING:
    from users.models import User  # noqa: F401


class Source(models.Model):
    """Where information came from: an MA, an SFA, a seminar, a drawer of cards.

    `basis`, `purpose`: on which ground we may use what it tells of persons, and for what, unless a telling says else.
    """

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=[(k, k) for k in SourceKind], default=SourceKind.OTHER)
    basis = models.CharField(max_length=10, choices=[(b, b) for b in Basis], blank=True, default="")
    purpose = models.CharField(max_length=200, blank=True, default="")
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """A company (or site, or household) we know. `key` is what names are compared by (accounts.names).

    `listed` says whether its shares are traded on an exchange (上場); None: nobody has told.
    """

    public_id = public_id_field()
    kind = models.CharField(max_length=10, choices=[(k, k) for k in AccountKind], default=AccountKind.ENTITY)
    name = models.CharField(max_length=255)
    name_kana = models.CharField(max_length=255, blank=True)
    name_en = models.CharField(max_length=255, blank=True)
    key = models.CharField(max_length=255)
    corporate_number = models.CharField(max_length=13, null=True, blank=True, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    industry = models.CharField(max_length=120, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    revenue = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    revenue_currency = models.CharField(max_length=3, blank=True)
    prefecture = models.CharField(max_length=60, blank=True)
    address = models.CharField(max_length=400, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    listed = models.BooleanField(null=True, blank=True)
    relation = models.CharField(max_length=8, choices=[(r, r) for r in Relation], default=Relation.NONE)
    relation_since = models.DateField(null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_accounts"
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts")
    partner = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="partner_accounts")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        indexes: ClassVar = [
            models.Index(fields=["key"], name="account_key"),
            models.Index(fields=["name", "id"], name="account_name"),
            GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="account_name_trgm"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="account_corporate_number",
                condition=Q(corporate_number=None) | Q(corporate_number__regex=r"^[1-9][0-9]{12}$"),
                violation_error_message="A corporate number has 13 digits.",
            ),
            models.CheckConstraint(name="account_not_own_parent", condition=Q(parent=None) | ~Q(parent=F("id"))),
        ]

    def __str__(self) -> str:
        return self.name


class AccountName(models.Model):
    """A further name of an account: former, alias, kana, English; former names carry dates."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=8, choices=[(k, k) for k in NameKind])
    name = models.CharField(max_length=255)
    key = models.CharField(max_length=255, db_index=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "kind", "key"], name="account_name_once")]

    def __str__(self) -> str:
        return self.name


class AccountDomain(models.Model):
    """A mail or web domain an account uses; group companies may share one. Never a free-mail domain."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "domain"], name="account_domain_once")]

    def __str__(self) -> str:
        return self.domain


class Department(models.Model):
    """A department in an account's tree; `function` says what it does whatever it is called."""

    public_id = public_id_field()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="departments")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=160)
    key = models.CharField(max_length=160)
    function = models.CharField(max_length=24, choices=[(f, f) for f in Function], default=Function.OTHER)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["account_id", "name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "parent", "key"], name="department_once", nulls_distinct=False),
            models.CheckConstraint(name="department_not_own_parent", condition=Q(parent=None) | ~Q(parent=F("id"))),
        ]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Someone at an account. Where they work and worked are Affiliations, never overwritten.

    `opted_out_at` follows from the OptOuts that stand: the database sets it and lets nobody clear it by the way.
    `erased_at`: only this empty row is left of them, so that leads, touches and their numbers stay (accounts.erasing).
    """

    public_id = public_id_field()
    name = models.CharField(max_length=160)
    last_name = models.CharField(max_length=80, blank=True)
    first_name = models.CharField(max_length=80, blank=True)
    name_kana = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    mobile = models.CharField(max_length=40, blank=True)
    opted_out_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = LivingPersons()

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="person_email"),
        ]
        indexes: ClassVar = [GinIndex(fields=["name"], opclasses=["gin_trgm_ops"], name="person_name_trgm")]
        triggers: ClassVar = OPT_OUT_TRIGGERS

    def __str__(self) -> str:
        return _("Erased person") if self.erased_at else self.name


class Affiliation(models.Model):
    """A person's place at an account: 兼務, 異動 and 転職 are rows."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="affiliations")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="affiliations")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.SET_NULL, related_name="affiliations"
    )
    title = models.CharField(max_length=120, blank=True)
    rank = models.CharField(max_length=16, choices=[(r, r) for r in Rank], default=Rank.UNKNOWN)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    source = models.ForeignKey(Source, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "account", "department"],
                condition=Q(ended_on=None),
                name="affiliation_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} @ {self.account}"


class ExternalId(models.Model):
    """How another system names an account or a person: (source, external id) is unique per kind."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="external_ids")
    external_id = models.CharField(max_length=200)
    account = models.ForeignKey(Account, null=True, blank=True, on_delete=models.CASCADE, related_name="external_ids")
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="external_ids")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(account=None), name="external_id_account"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(person=None), name="external_id_person"
            ),
            models.CheckConstraint(
                name="external_id_of_one",
                condition=Q(account=None, person__isnull=False) | Q(person=None, account__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.external_id}"


class Offering(models.Model):
    """Something we sell (商材), in a tree of categories."""

    public_id = public_id_field()
    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    category = models.CharField(max_length=120, blank=True)
    list_price = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    is_active = models.BooleanField(default=True)

    objects = OfferingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.name


class Contract(models.Model):
    """What an account owns: an offering, for a department where known, over a time."""

    public_id = public_id_field()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="contracts")
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="contracts"
    )
    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="contracts")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=2)
    currency = models.CharField(max_length=3)
    margin = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=120, blank=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-started_on", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="contract_amount_positive", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="contract_dates", condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on"))
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="contract_external_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.offering}"


class WordRule(models.Model):
    """What somebody taught: departments so called do this, persons with this title have this rank.

    `key` is what texts are compared by (accounts.titles.plain). `is_word`: wherever the word stands in a text; else
    only the whole text counts. `rows`: how many departments or places read otherwise at once. Taken back, it stays.
    """

    public_id = public_id_field()
    naming = models.CharField(max_length=10, choices=[(n, n) for n in Naming])
    text = models.CharField(max_length=160)
    key = models.CharField(max_length=160)
    is_word = models.BooleanField(default=False)
    meaning = models.CharField(max_length=24)
    rows = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = WordRuleQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["naming", "key", "is_word"], condition=Q(ended_at=None), name="word_rule_once"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Telling(models.Model):
    """One telling about accounts and persons: a file, a request, a correction by hand (then without a source).

    `origin`: the import's public id, where it was one. `basis` and `purpose`: on which ground we may use
    it and for what, where told.
    `word_rule`: what was taught or taken back, where that made texts read otherwise; nobody told of the rows then.
    """

    source = models.ForeignKey(Source, null=True, on_delete=models.PROTECT, related_name="tellings")
    origin = models.UUIDField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    basis = models.CharField(max_length=10, choices=[(b, b) for b in Basis], blank=True)
    purpose = models.CharField(max_length=200, blank=True, db_default="", default="")
    word_rule = models.ForeignKey(WordRule, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["origin"], condition=~Q(origin=None), name="telling_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.source or self.by} {self.at:%Y-%m-%d}"


class Trace(models.Model):
    """What a telling did to one row (`kind` is its table's label): made it (`was` is null), or changed columns of it.

    `was` and `became` hold the changed columns' values before and after. The values are forgotten after
    `provenance.KEPT`, the names of the columns stay. What belongs to a person or account that the same telling made
    (places, ids, further names) has no trace of its own.
    """

    telling = models.ForeignKey(Telling, on_delete=models.CASCADE, related_name="traces")
    kind = models.CharField(max_length=40)
    row_id = models.BigIntegerField()
    was = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    became = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["row_id", "kind"], name="trace_row")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"


class Confirmation(models.Model):
    """Rows a telling told of, too, with nothing new to say: some hundreds of ids in one row."""

    telling = models.ForeignKey(Telling, on_delete=models.CASCADE, related_name="confirmations")
    kind = models.CharField(max_length=40)
    row_ids = ArrayField(models.BigIntegerField())

    def __str__(self) -> str:
        return f"{self.kind} {len(self.row_ids)}"
