"""A sample of the matcher's work on our own files: who is drawn, and that labels change nothing else."""

import pytest

from accounts import doubts
from accounts.models import Account, Affiliation, Merge, Person
from audit.models import Entry
from imports import sampling
from imports.samples import Sample, SamplePair
from imports.sampling import SampleRefused
from tests import make
from tests.imports.conftest import *  # noqa: F403 - its fixtures
from tests.imports.conftest import NOW
from users.roles import Role


@pytest.fixture
def marketer(db):
    return make.user(Role.MARKETER)


def drawn(sample: Sample) -> set[tuple[str, str, str, str]]:
    return {(one.stratum, one.rule, one.facts.get("name", ""), str(one.account or "")) for one in sample.pairs.all()}


def test_links_between_sources_doubts_and_near_names_are_drawn(loaded, marketer):
    head = "会社名,法人番号,都道府県"
    loaded(
        "accounts",
        [head, "みどり商事,,東京都", "青葉工業株式会社,8700110005901,", "北斗電機,,", "双葉,,東京都"],
        source="sfa",
    )
    make.account("双葉", prefecture="大阪府")
    cards = [
        "会社名,氏名,法人番号",
        "株式会社みどり商事,山田,",
        "あおば,佐藤,8700110005901",
        "北斗電器,鈴木,",
        "双葉,田中,",
        "みどり商事㈱,森,",
    ]
    loaded("persons", ["会社名,氏名,法人番号", *cards], source="eight")
    sample = sampling.draw(by=marketer, now=NOW, seed=1)
    found = drawn(sample)
    assert ("LINKED", "COMPANY_KEY", "株式会社みどり商事", "みどり商事") in found
    assert ("LINKED", "CORPORATE_NUMBER", "あおば", "青葉工業株式会社") in found
    assert ("NEAR", "", "北斗電器", "北斗電機") in found
    assert {(stratum, rule, name) for stratum, rule, name, _account in found if name == "双葉"} == {
        ("DOUBT", "NAMESAKES", "双葉")
    }
    assert [pair.position for pair in sample.pairs.all()] == list(range(1, sample.pairs.count() + 1))


def test_what_a_source_finds_of_its_own_is_not_drawn(loaded, marketer):
    for _again in range(2):
        loaded("accounts", ["会社名", "みどり商事"], source="sfa")
    with pytest.raises(SampleRefused, match="nothing to compare"):
        sampling.draw(by=marketer, now=NOW)
    assert Sample.objects.count() == 0


def test_persons_asked_about_and_namesakes_are_drawn(marketer):
    company = make.account()
    asked = [make.person(company, "山田 太郎", last_name="山田") for _one in range(2)]
    make.person(company, "山田 花子", last_name="山田")
    doubts.raise_pair(*asked, rule="NAME_AND_ACCOUNT", score=9, by=marketer, now=NOW)
    pairs = list(sampling.draw(by=marketer, now=NOW, seed=1).pairs.all())
    assert sorted((pair.stratum, pair.rule) for pair in pairs) == [
        ("DOUBT", "NAME_AND_ACCOUNT"), ("NEAR", "SURNAME"), ("NEAR", "SURNAME"),
    ]  # fmt: skip


def test_each_rule_gives_so_many_and_each_stands_for_the_rest(loaded, marketer, monkeypatch):
    monkeypatch.setattr(sampling, "PER_RULE", 2)
    names = [f"{one}{one}工業" for one in "東西南北"]
    loaded("accounts", ["会社名", *names], source="sfa")
    loaded("persons", ["会社名,氏名", *(f"株式会社{name},山田" for name in names)], source="eight")
    pairs = list(sampling.draw(by=marketer, now=NOW, seed=1).pairs.filter(stratum="LINKED"))
    assert [pair.weight for pair in pairs] == [2.0, 2.0]


def test_a_label_is_only_a_label_and_may_be_said_anew(marketer):
    sample = Sample.objects.create(by=marketer, at=NOW, looked_at=1)
    pair = sample.pairs.create(position=1, stratum="LINKED", weight=1, account=make.account())
    before = [list(model.objects.values()) for model in (Account, Person, Affiliation, Merge)]
    sampling.label(pair, as_="DIFFERENT", by=marketer, now=NOW)
    pair = sampling.label(pair, as_="SAME", by=marketer, now=NOW)
    assert (pair.label, pair.labelled_by) == ("SAME", marketer)
    assert [list(model.objects.values()) for model in (Account, Person, Affiliation, Merge)] == before
    assert [entry.detail for entry in Entry.objects.filter(act="samples.label").order_by("pk")] == [
        {"label": "DIFFERENT"}, {"label": "SAME"},
    ]  # fmt: skip


def test_others_neither_draw_nor_label_and_words_are_checked(marketer):
    sample = Sample.objects.create(by=marketer, at=NOW, looked_at=1)
    pair = sample.pairs.create(position=1, stratum="LINKED", weight=1, account=make.account())
    rep = make.user(Role.REP)
    for act in (lambda: sampling.draw(by=rep, now=NOW), lambda: sampling.label(pair, as_="SAME", by=rep, now=NOW),
                lambda: sampling.label(pair, as_="", by=marketer, now=NOW)):  # fmt: skip
        with pytest.raises(SampleRefused):
            act()
    assert (Sample.objects.count(), SamplePair.objects.get().label, Entry.objects.count()) == (1, "", 0)
