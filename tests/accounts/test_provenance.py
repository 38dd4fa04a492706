"""Where do we know this from?"""

from accounts import editing, provenance
from accounts.models import Account, Person, Telling, Trace
from tests import make
from tests.imports.conftest import *  # noqa: F403 - its fixtures
from tests.imports.conftest import NOW

HEAD = "会社名,氏名,e-mail,携帯電話"


def told(row) -> dict[str, str]:
    return {one.field: str(one.telling.source or one.telling.by) for one in provenance.origins_of(row)}


def test_each_field_knows_the_file_that_told_it_last(loaded):
    first = loaded("persons", [HEAD, "みどり,山田,a@m.example,090-1"], source="eight")
    second = loaded("persons", [HEAD, "みどり,山田,a@m.example,090-2"], source="sfa")
    origins = {one.field: one.telling for one in provenance.origins_of(Person.objects.get())}
    assert {name: (t.source.code, t.origin, t.at) for name, t in origins.items()} == {
        "name": ("eight", first.public_id, NOW),
        "email": ("eight", first.public_id, NOW),
        "mobile": ("sfa", second.public_id, NOW),
    }


def test_the_same_file_again_leaves_no_trace(loaded):
    for _again in range(2):
        loaded("persons", [HEAD, "みどり,山田,a@m.example,090-1"])
    assert sorted(Trace.objects.values_list("kind", flat=True)) == ["accounts.account", "accounts.person"]


def test_what_was_corrected_by_hand_says_by_whom(loaded, system):
    loaded("persons", [HEAD, "みどり,山田,a@m.example,090-1"], source="eight")
    rep = make.user("REP", name="営業 花子")
    editing.amend_person(Person.objects.get(), mobile="080", by=rep, now=NOW)
    editing.amend_account(Account.objects.get(), industry="食品", by=rep, now=NOW)
    assert told(Person.objects.get()) == {"name": "eight", "email": "eight", "mobile": str(rep)}
    assert told(Account.objects.get()) == {"name": "eight", "industry": str(rep)}


def test_an_act_that_changes_nothing_tells_nothing(loaded, system):
    loaded("persons", [HEAD, "みどり,山田,a@m.example,090-1"])
    editing.amend_person(Person.objects.get(), mobile="090-1", by=system, now=NOW)
    assert Telling.objects.count() == 1


def test_an_undone_file_is_no_longer_where_we_know_it_from(loaded, system):
    from imports import undoing

    loaded("persons", [HEAD, "みどり,山田,a@m.example,090-1"], source="eight")
    job = loaded("persons", [HEAD, "みどり,山田,a@m.example,090-2"], source="sfa")
    undoing.run(undoing.ask(job, by=system, now=NOW), now=NOW)
    assert told(Person.objects.get()) == {"name": "eight", "email": "eight", "mobile": "eight"}


def test_who_is_erased_leaves_no_traces(loaded):
    loaded("persons", [HEAD, "みどり,山田,a@m.example,090-1"])
    provenance.forget(Person.objects.get())
    assert provenance.origins_of(Person.objects.get()) == []


def test_a_file_tells_of_those_it_made_changed_and_only_confirmed(loaded):
    lines = [HEAD, "みどり,山田,a@m.example,090-1", "みどり,林,b@m.example,090-2"]
    loaded("persons", lines, source="eight")
    again = loaded("persons", [*lines, "みどり,森,c@m.example,"], source="sfa")
    other = loaded("persons", [HEAD, "あおば,木,d@m.example,"], source="sfa")
    names = {job: set(Person.objects.filter(provenance.told_by(Person, job.public_id)).values_list("name", flat=True))
             for job in (again, other)}  # fmt: skip
    assert names == {again: {"山田", "林", "森"}, other: {"木"}}
