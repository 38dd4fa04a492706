"""Teaching what a department's name or a title means: rows that stand, rows to come, and taking it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from accounts import editing, teaching, unread, word_rules
from accounts.enums import Function, Naming, Rank
from accounts.models import Affiliation, Department, Telling, Trace, WordRule
from accounts.teaching import TeachingRefused
from audit.models import Entry
from imports import undoing
from tests import make
from tests.imports.conftest import *  # noqa: F403 - its fixtures
from tests.imports.conftest import NOW
from users.roles import Role

HEAD = "会社名,氏名,e-mail,部署名,役職"
CAPTAINS = [HEAD, "みどり,山田,a@m.example,なごみ課,隊長", "あおば,林,b@m.example,なごみ 課,副隊長",
            "あおば,森,c@m.example,営業部,隊　長"]  # fmt: skip


@pytest.fixture
def marketer():
    return make.user(Role.MARKETER, name="佐藤")


def taught(by: Any, text: str, meaning: str, **more: Any) -> WordRule:
    return teaching.teach(naming=Naming.TITLE, text=text, meaning=meaning, by=by, now=NOW, **more)


def ranks() -> dict[str, str]:
    return dict(Affiliation.objects.order_by("pk").values_list("person__name", "rank"))


@contextmanager
def nothing_changes() -> Iterator[None]:
    tables = (Department, Affiliation, WordRule, Telling, Trace, Entry)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    yield
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_a_title_means_at_once_what_was_taught_and_again_what_it_meant(loaded, marketer):
    loaded("persons", CAPTAINS)
    assert ranks() == {"山田": "UNKNOWN", "林": "UNKNOWN", "森": "UNKNOWN"}
    rule = taught(marketer, "隊長", Rank.MANAGER)
    assert (ranks(), rule.rows) == ({"山田": "MANAGER", "林": "UNKNOWN", "森": "MANAGER"}, 2)
    assert teaching.take_back(rule, by=marketer, now=NOW) == 2
    assert ranks() == {"山田": "UNKNOWN", "林": "UNKNOWN", "森": "UNKNOWN"}
    acts = [(one.act, one.detail["rows"]) for one in Entry.objects.filter(act__startswith="words.").order_by("pk")]
    assert acts == [("words.teach", 2), ("words.take_back", 2)]


def test_a_word_counts_wherever_it_stands_with_what_stands_beside_it(loaded, marketer):
    loaded("persons", CAPTAINS)
    taught(marketer, "隊長", Rank.MANAGER, is_word=True)
    assert ranks() == {"山田": "MANAGER", "林": "SECTION_CHIEF", "森": "MANAGER"}


def test_a_department_is_read_by_it_in_files_and_by_hand_from_then_on(loaded, marketer):
    teaching.teach(naming=Naming.DEPARTMENT, text="なごみ課", meaning=Function.HR, by=marketer, now=NOW)
    loaded("persons", CAPTAINS)
    added = editing.add_department(make.account(), name="ﾅｺﾞﾐ課".replace("ﾅｺﾞﾐ", "なごみ"), by=marketer, now=NOW)
    found = Department.objects.order_by("pk").values_list("name", "function")
    assert list(found) == [("なごみ課", "HR"), ("なごみ 課", "HR"), ("営業部", "SALES"), ("なごみ課", "HR")]
    rule = word_rules.in_force()
    assert rule.rule_of(rule.behind_function(added)) == WordRule.objects.get()


def test_what_somebody_said_otherwise_stays(loaded, marketer):
    make.account("みどり"), make.account("あおば")
    loaded("departments", ["会社名,部署名,職能", "みどり,なごみ課,LEGAL", "あおば,なごみ課,"])
    seen = teaching.preview(naming=Naming.DEPARTMENT, text="なごみ課", meaning=Function.HR, by=marketer)
    assert ([(one.text, one.was, one.becomes, one.rows) for one in seen.changes], seen.kept) == (
        [("なごみ課", "OTHER", "HR", 1)], 1)  # fmt: skip
    rule = teaching.teach(naming=Naming.DEPARTMENT, text="なごみ課", meaning=Function.HR, by=marketer, now=NOW)
    assert sorted(Department.objects.values_list("function", flat=True)) == ["HR", "LEGAL"]
    teaching.take_back(rule, by=marketer, now=NOW)
    assert sorted(Department.objects.values_list("function", flat=True)) == ["LEGAL", "OTHER"]


def test_a_preview_writes_nothing(loaded, marketer):
    loaded("persons", CAPTAINS)
    with nothing_changes():
        seen = teaching.preview(naming=Naming.TITLE, text="隊長", meaning=Rank.MANAGER, is_word=True, by=marketer)
    assert (seen.rows, [one.text for one in seen.changes]) == (3, ["副隊長", "隊 長", "隊長"])


def test_teaching_the_same_text_anew_ends_the_earlier_lesson(loaded, marketer):
    loaded("persons", CAPTAINS)
    first = taught(marketer, "隊長", Rank.MANAGER)
    second = taught(marketer, "隊長", Rank.DIRECTOR)
    assert list(WordRule.objects.in_force()) == [second]
    assert ranks()["山田"] == "DIRECTOR"
    with nothing_changes(), pytest.raises(TeachingRefused, match="taken back already"):
        teaching.take_back(first, by=marketer, now=NOW)


def test_each_row_knows_what_stood_there_and_by_whose_rule_it_changed(loaded, marketer):
    loaded("persons", CAPTAINS[:2])
    rule = taught(marketer, "隊長", Rank.MANAGER)
    trace = Trace.objects.get(telling__word_rule=rule)
    assert (trace.row_id, trace.was, trace.became) == (
        Affiliation.objects.get().pk, {"rank": "UNKNOWN"}, {"rank": "MANAGER"})  # fmt: skip
    assert (trace.telling.source, trace.telling.by) == (None, marketer)


def test_an_import_is_still_undone_as_a_whole(loaded, marketer, system):
    job = loaded("persons", CAPTAINS)
    taught(marketer, "隊長", Rank.MANAGER)
    undoing.run(undoing.ask(job, by=system, now=NOW), now=NOW)
    assert (Affiliation.objects.count(), Department.objects.count()) == (0, 0)


def test_a_rank_read_from_a_title_goes_back_with_it_when_its_file_is_undone(loaded, marketer, system):
    loaded("persons", [HEAD, "みどり,山田,a@m.example,営業部,主任"])
    job = loaded("persons", [HEAD, "みどり,山田,a@m.example,営業部,隊長"])
    rule = taught(marketer, "隊長", Rank.MANAGER)
    undoing.run(undoing.ask(job, by=system, now=NOW), now=NOW)
    assert Affiliation.objects.values_list("title", "rank").get() == ("主任", "SECTION_CHIEF")
    teaching.take_back(rule, by=marketer, now=NOW)
    assert Affiliation.objects.values_list("title", "rank").get() == ("主任", "SECTION_CHIEF")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"by_role": Role.REP}, "Marketing and administrators"),
        ({"text": "  "}, "two characters"),
        ({"text": "長", "is_word": True}, "two characters"),
        ({"text": "隊" * 121}, "that long"),
        ({"meaning": "HR"}, "choose what it means"),
        ({"text": "部長", "meaning": Rank.GENERAL_MANAGER}, "read so already"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(db, changes, why):
    by = make.user(changes.pop("by_role", Role.MARKETER))
    told = {"naming": Naming.TITLE, "text": "隊長", "meaning": Rank.MANAGER, **changes}
    with nothing_changes(), pytest.raises(TeachingRefused, match=why):
        teaching.teach(**told, by=by, now=NOW)


def test_a_text_taught_to_mean_nothing_in_particular_is_known(loaded, marketer):
    loaded("persons", CAPTAINS)
    rule = taught(marketer, "隊長", Rank.UNKNOWN)
    assert (rule.rows, ranks()["山田"]) == (0, "UNKNOWN")
    assert [one.text for one in unread.texts(Naming.TITLE, most=9).most] == ["副隊長"]
    with nothing_changes(), pytest.raises(TeachingRefused, match="read so already"):
        taught(marketer, "隊長", Rank.UNKNOWN)
