"""Files of opt-outs: known addresses and unknown ones; what files say later takes nothing back."""

import pytest
from django.core.files.base import ContentFile

from accounts.consent import OptOut
from accounts.models import Person
from imports import drafts, undoing
from imports.models import ImportJob
from tests import make
from tests.imports.conftest import NOW, counts, refusals

pytestmark = pytest.mark.django_db

MA = "メールアドレス,配信停止日,受付経路,理由\nTARO@example.jp,2026-11-01,フォーム,頻度が多い\nnew@example.jp,,,\n"
CARDS = "会社名,氏名,メールアドレス,配信停止\n青葉精機,山田 太郎,taro@example.jp,{}\n青葉精機,佐藤,new@example.jp,\n"


def opted_out() -> dict[str, bool]:
    return {one.email: one.opted_out_at is not None for one in Person.objects.all()}


def test_addresses_known_and_unknown_are_opted_out(twice):
    make.person(make.account(), email="Taro@example.jp")
    assert counts(twice("opt_outs", MA)) == (2, 0, 0, 0)
    one, other = OptOut.objects.order_by("pk")
    assert (one.person, f"{one.at:%m-%d}", one.channel, one.evidence) == (
        Person.objects.get(), "10-31", "フォーム", "頻度が多い",
    )  # fmt: skip
    assert (other.person, other.at, other.source.code) == (None, NOW, "sfa")


@pytest.mark.parametrize("word", ["", "いいえ", "0", "はい"])
def test_no_later_file_takes_it_back(loaded, word):
    loaded("opt_outs", MA)
    for _ in range(2):
        job = loaded("persons", CARDS.format(word))
        assert opted_out() == {"taro@example.jp": True, "new@example.jp": True}
    assert counts(job) == (0, 0, 2, 0)


def test_a_file_that_says_no_opt_out_is_none_and_takes_none_back(loaded):
    job = loaded("opt_outs", ["e-mail,オプトアウト", "taro@example.jp,0", "x@example.jp,1"])
    assert (counts(job), list(OptOut.objects.values_list("address", flat=True))) == ((1, 0, 1, 0), ["x@example.jp"])
    job = loaded("opt_outs", ["e-mail,オプトアウト", "x@example.jp,0"])
    assert (counts(job), OptOut.objects.standing().count()) == ((0, 0, 1, 0), 1)


def test_what_is_no_address_or_lies_ahead_is_refused_alone(loaded):
    job = loaded("opt_outs", ["e-mail,配信停止日", "nobody,", "a@example.jp,2027-01-01", "b@example.jp,"])
    assert (counts(job), OptOut.objects.get().address) == ((1, 0, 0, 2), "b@example.jp")
    assert refusals(job) == [
        (2, "e-mail", "This is not a mail address."), (3, "配信停止日", "This lies in the future."),
    ]  # fmt: skip


def test_undoing_persons_leaves_the_opt_out(loaded, system):
    loaded("opt_outs", MA)
    undoing.ask(loaded("persons", CARDS.format("")), by=system, now=NOW)
    undoing.run(ImportJob.objects.get(kind="persons"), now=NOW)
    assert (set(opted_out().values()), OptOut.objects.standing().count()) == ({True}, 2)


def test_a_file_of_opt_outs_is_not_undone(loaded, system):
    job = loaded("opt_outs", MA)
    with pytest.raises(undoing.CannotUndo, match="never taken back"):
        undoing.ask(job, by=system, now=NOW)
    assert OptOut.objects.standing().count() == 2


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("メールアドレス,配信停止日", "opt_outs"), ("Email,Unsubscribed", "opt_outs"),
        ("会社名,氏名,メールアドレス,配信停止", "persons"),
    ],
)  # fmt: skip
def test_it_is_proposed_only_where_the_header_speaks_of_it(system, header, kind):
    file = ContentFile(f"{header}\na@example.jp,2026-01-01\n".encode())
    assert drafts.draft(file, file_name="a.csv", by=system, now=NOW).kind == kind


def test_a_mere_list_of_people_is_never_taken_for_one(system):
    file = ContentFile("氏名,メールアドレス\n山田,a@example.jp\n".encode())
    assert drafts.draft(file, file_name="a.csv", by=system, now=NOW).kind != "opt_outs"
