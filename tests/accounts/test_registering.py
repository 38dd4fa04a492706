"""Registering companies: whatever is told in whatever order, telling it again changes nothing and nobody is merged."""

from datetime import UTC, datetime

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import sources
from accounts.models import Account, ExternalId
from accounts.registering import AccountFacts, AccountRegistrar
from audit.effects import Effect

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
NUMBERS = ("8700110005901", "5070001000715")

facts = st.builds(
    AccountFacts,
    name=st.sampled_from(["株式会社みどり", "みどり", "㈲みどり", "あおば", "翠ホールディングス"]),
    external_id=st.sampled_from(["", "1", "2", "3"]),
    corporate_number=st.sampled_from(["", "", *NUMBERS]),
    domain=st.sampled_from(["", "midori.example"]),
    details=st.fixed_dictionaries(
        {},
        optional={
            "industry": st.sampled_from(["化学", "鉄鋼"]),
            "name_en": st.sampled_from(["Midori Inc.", "Aoba"]),
            "name_kana": st.sampled_from(["ミドリ", "アオバ"]),
        },
    ),
)
tellings = st.lists(facts, max_size=8)


def tell(told, source="sfa", batch=3):
    registrar = AccountRegistrar(sources.ensure(source), now=NOW)
    batches = [told[start : start + batch] for start in range(0, len(told), batch)]
    return [one for part in batches for one in registrar.register(part)]


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(tellings, tellings, st.integers(1, 4))
def test_telling_it_again_changes_nothing(one, other, batch):
    with transaction.atomic():
        tell(one), tell(other, "crm")
        first = tell(one, batch=3)
        effects = [told.effect for told in tell(one, batch=batch)]
        assert set(effects) <= {Effect.UNCHANGED, Effect.REFUSED}
        assert effects.count(Effect.REFUSED) == [told.effect for told in first].count(Effect.REFUSED)
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(tellings)
def test_no_company_ever_bears_what_two_numbers_told(told):
    with transaction.atomic():
        for fact, result in zip(told, tell(told), strict=True):
            refused_number = any(name == "corporate_number" for name, _reason in result.field_refusals)
            if fact.corporate_number and result.subject and not refused_number:
                assert Account.objects.get(pk=result.subject.pk).corporate_number == fact.corporate_number
        known = set(ExternalId.objects.values_list("external_id", flat=True))
        assert known <= {fact.external_id for fact in told}
        transaction.set_rollback(True)


def test_finding_alters_nobody(db):
    source = sources.ensure("sfa")
    tell([AccountFacts(name="みどり", external_id="1")])
    registrar = AccountRegistrar(source, now=NOW)
    (found,) = registrar.find([AccountFacts(name="翠", external_id="1", details={"industry": "化学"})])
    account = Account.objects.get()
    assert (found.effect, found.subject, account.name, account.industry) == (Effect.UNCHANGED, account, "みどり", "")


def test_looking_up_creates_nobody(db):
    registrar = AccountRegistrar(sources.ensure("sfa"), now=NOW)
    (told,) = registrar.look_up([AccountFacts(name="みどり")])
    assert (told.effect, told.reason) == (Effect.REFUSED, "No company is called みどり.")
    assert not Account.objects.exists()


@pytest.mark.django_db
def test_a_company_is_found_by_its_english_name_and_asked_about_by_its_reading():
    names = {"name_en": "Subaru Co., Ltd.", "name_kana": "カブシキガイシャスバル"}
    (first,) = tell([AccountFacts(name="株式会社昴", external_id="1", details=names)])
    assert set(first.subject.names.values_list("kind", "name")) == {
        ("ENGLISH", "Subaru Co., Ltd."), ("KANA", "カブシキガイシャスバル")
    }  # fmt: skip
    told = tell([AccountFacts(name="SUBARU CO.,LTD."), AccountFacts(name="株式会社スバル")], "cards")
    assert [(one.effect, one.subject == first.subject) for one in told] == [
        (Effect.UNCHANGED, True), (Effect.CREATED, False)
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_company_may_take_its_english_name_as_its_own():
    tell([AccountFacts(name="昴", external_id="1", details={"name_en": "SUBARU"})])
    (renamed,) = tell([AccountFacts(name="株式会社SUBARU", external_id="1", details={"name_en": "SUBARU"})])
    assert (renamed.effect, renamed.subject.name) == (Effect.UPDATED, "株式会社SUBARU")
    (again,) = tell([AccountFacts(name="株式会社SUBARU", external_id="1", details={"name_en": "SUBARU"})])
    assert (again.effect, Account.objects.count()) == (Effect.UNCHANGED, 1)
