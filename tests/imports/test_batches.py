"""However a file is cut into batches, the same comes of it; and the same file again changes nothing."""

from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import Account, Affiliation, Department, ExternalId, Person, Trace
from imports import load
from imports.models import ImportJob
from tests.imports.conftest import counts

HEAD = "ID,会社名,部署名,役職,氏名,e-mail,電話番号,オプトアウト,名刺交換日"
ROW = st.tuples(
    st.sampled_from(("", "1", "2")),
    st.sampled_from(("みどり", "㈱みどり", "有限会社みどり", "みどり青葉支店", "")),
    st.sampled_from(("", "設計部", "設 計部", "営業部")),
    st.sampled_from(("", "部長", "課長")),
    st.sampled_from(("山田", "山 田", "鈴木")),
    st.sampled_from(("", "a@m.example", "A@m.example", "b@m.example", "@")),
    st.sampled_from(("", "03")),
    st.sampled_from(("", "○", "?")),
    st.sampled_from(("", "2026/04/01")),
)
KNOWN = [HEAD, "2,みどり,設計部,課長,鈴木,b@m.example,,,"]


def what_came_of(loaded: Any, lines: list[str], batch: int, monkeypatch: Any) -> tuple[Any, ...]:
    """Everything the file left behind, whatever its ids; then it is taken away again."""
    monkeypatch.setattr(load, "BATCH", batch)
    with transaction.atomic():
        loaded("persons", KNOWN)
        job = loaded("persons", lines)
        left = _left(job)
        again = loaded("persons", lines)
        assert (again.created, again.updated) == (0, 0)
        transaction.set_rollback(True)
    return left


def _left(job: ImportJob) -> tuple[Any, ...]:
    persons = Person.objects.values_list("name", "email", "phone", "opted_out_at")
    places = Affiliation.objects.values_list("person__name", "account__name", "department__name", "title", "rank")
    ids = ExternalId.objects.exclude(external_id__startswith="row:").values_list("external_id", "person__email")
    departments = Department.objects.values_list("account__name", "name")
    made = Trace.objects.filter(telling__origin=job.public_id, was=None).values_list("kind").distinct()
    accounts = Account.objects.values_list("name")
    rows = (sorted(map(str, found)) for found in (persons, places, ids, departments, made, accounts))
    return counts(job), job.report["refusals"], *rows


@given(st.lists(ROW, min_size=2, max_size=6))
@settings(
    max_examples=25, phases=[Phase.generate], deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_row_by_row_and_all_at_once_come_to_the_same(loaded, monkeypatch, rows):
    lines = [HEAD, *(",".join(row) for row in rows)]
    assert what_came_of(loaded, lines, 1, monkeypatch) == what_came_of(loaded, lines, 100, monkeypatch)
