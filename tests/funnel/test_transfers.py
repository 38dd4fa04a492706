"""What partner firms were given of persons' data is on record, whichever way it came about."""

from datetime import date, timedelta

import pytest

from accounts import merging, provenance
from accounts.exporting import ExportRefused
from accounts.models import Account, Person
from accounts.sources import ensure
from audit.models import Access
from funnel import leads, transfers
from funnel.models import Lead, Transfer
from tests import make
from tests.funnel import people
from users.models import User

pytestmark = pytest.mark.django_db
NOW = people.NOW
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def world(db):
    made = people.build()
    people.sign_list(made)
    return made


def handed(world, person: Person, to: User) -> Lead:
    make.touch(world.account, department=world.department, at=NOW)
    lead = leads.create(
        account=world.account, department=world.department, by=world.marketer, now=NOW, persons=[person]
    )
    leads.qualify(lead, by=world.marketer, now=NOW, note="問い合わせ")
    leads.hand_over(lead, assignee=to, by=world.marketer, now=NOW)
    return lead


def test_a_lead_handed_to_a_partner_is_on_record_with_what_was_told_and_why_we_had_it(world):
    source = ensure("cards")
    source.basis = "CARD"
    with provenance.telling(source, by=world.marketer, at=NOW):
        person = make.person(world.account, "佐藤 美咲", email="sato@aoba.example", phone="03-1")
        provenance.made([person])
    make.touch(world.account, at=NOW, person=person)
    lead = handed(world, person, world.partner)
    assert transfers.record(now=LATER) == {"handed": 1, "cared_for": 0, "over": 0}
    assert transfers.record(now=LATER) == {"handed": 0, "cared_for": 0, "over": 0}
    row = Transfer.objects.get()
    assert (row.person, row.partner, row.user, row.at, row.handoff) == (
        person, world.partner.team, world.partner, NOW, lead.handoffs.get(),
    )  # fmt: skip
    assert (row.data, row.bases) == (["NAME", "MAIL", "PHONE", "PLACE", "TOUCHES"], ["CARD"])


def test_a_lead_handed_to_our_own_is_not_on_record(world):
    handed(world, make.person(world.account), world.rep)
    assert transfers.record(now=LATER) == {"handed": 0, "cared_for": 0, "over": 0}


def test_who_stands_at_an_account_in_a_partner_s_care_is_given_to_it_until_that_is_over(world):
    firm, person = world.partner.team, make.person(world.account)
    make.person(make.account("他社"))
    Account.objects.filter(pk=world.account.pk).update(partner=firm)
    assert transfers.record(now=NOW)["cared_for"] == 1
    newcomer = make.person(world.account, "新任")
    person.affiliations.update(ended_on=date(2026, 11, 24))
    assert transfers.record(now=LATER) == {"handed": 0, "cared_for": 1, "over": 1}
    Account.objects.filter(pk=world.account.pk).update(partner=None)
    assert transfers.record(now=LATER + timedelta(hours=1))["over"] == 1
    assert list(Transfer.objects.order_by("pk").values_list("person", "partner", "at", "until")) == [
        (person.pk, firm.pk, NOW, LATER), (newcomer.pk, firm.pk, LATER, LATER + timedelta(hours=1)),
    ]  # fmt: skip
    Account.objects.filter(pk=world.account.pk).update(partner=firm)
    assert transfers.record(now=LATER + timedelta(hours=2))["cared_for"] == 1


def test_a_period_finds_what_was_given_then_and_care_that_lasted_then(world):
    handed(world, make.person(world.account), world.partner)
    Account.objects.filter(pk=world.account.pk).update(partner=world.partner.team)
    transfers.record(now=NOW)
    first, last = NOW + timedelta(days=1), NOW + timedelta(days=2)
    assert [one.handoff for one in Transfer.objects.between(first, last)] == [None]
    assert (Transfer.objects.between(None, last).count(), Transfer.objects.between(NOW, None).count()) == (2, 2)
    assert not Transfer.objects.between(None, NOW - timedelta(seconds=1))


def test_it_survives_erasure_and_is_found_by_the_address_that_was(world):
    person = make.person(world.account, "佐藤 美咲", email="sato@aoba.example")
    handed(world, person, world.partner)
    make.erased(person, by=world.lead_marketer, now=LATER)
    row = Transfer.objects.get()
    assert (row.data, str(row.person)) == (["NAME", "MAIL", "PLACE"], "Erased person")
    assert list(Transfer.objects.about("SATO@aoba.example")) == [row]
    assert not Transfer.objects.about("佐藤")
    assert not Transfer.objects.about("other@aoba.example")


def test_it_survives_a_merge_and_its_taking_back(world):
    kept, gone = make.person(world.account, "佐藤"), make.person(world.account, "佐藤 美咲")
    lead = handed(world, kept, world.partner)
    lead.persons.add(gone)
    transfers.record(now=NOW)
    before = list(Transfer.objects.order_by("pk").values())
    done = merging.merge(kept, gone, by=world.marketer, now=NOW)
    assert Transfer.objects.get().person == kept
    merging.unmerge(done, by=world.marketer, now=NOW)
    assert list(Transfer.objects.order_by("pk").values()) == before


def test_it_leaves_as_a_file_that_no_spreadsheet_runs_once_it_is_said_what_for(world):
    handed(world, make.person(world.account, "=佐藤", email="sato@aoba.example"), world.partner)
    transfers.record(now=LATER)
    told = {"filters": {"partner": "Agency"}, "now": LATER}
    for by, purpose, why in (
        (world.admin, "開示請求", "head of marketing"),
        (world.lead_marketer, "x", "what the file"),
    ):
        with pytest.raises(ExportRefused, match=why):
            transfers.export(Transfer.objects.all(), by=by, purpose=purpose, **told)
    assert Access.objects.count() == 0
    lines = list(transfers.export(Transfer.objects.all(), by=world.lead_marketer, purpose="開示請求", **told))
    assert lines[1].split(",")[2:8] == [
        "Agency", "Partner", "A lead handed over", "青葉精機", "'=佐藤", "sato@aoba.example",
    ]  # fmt: skip
    noted = Access.objects.get()
    assert (noted.what, noted.rows, noted.kind, noted.filters) == ("transfers", 1, "EXPORT", {"partner": "Agency"})
