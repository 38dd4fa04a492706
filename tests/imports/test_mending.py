"""Every kind: tried without a trace, loaded with its refused rows as a file, mended, brought in again, undone."""

from dataclasses import dataclass

import pytest
from django.core.files.base import ContentFile

from accounts.models import Account
from imports import drafts, load, undoing
from imports.enums import KindName
from imports.kinds import KINDS
from imports.models import ImportJob
from imports.undoing import CannotUndo
from tests import make
from tests.imports.conftest import NOW, counts
from users.roles import Role


@dataclass(frozen=True)
class File:
    """A header, a row that fits, one that does not, and what mends it (wrong cell, right cell)."""

    header: str
    good: str
    bad: str
    mend: tuple[str, str]
    keeps: str = ""


LEADS_STAY = "The history of leads is never deleted"
FILES = {
    KindName.ACCOUNTS: File(
        "会社名,取引先ID,業種",
        "新会社,A1,卸売", ",,小売", (",,小売", "別会社,A2,小売")),
    KindName.OFFERINGS: File(
        "商品コード,商品名,カテゴリ",
        "P1,測定器,機器", ",,機器", (",,機器", "P2,計測器,機器")),
    KindName.USERS: File(
        "氏名,メールアドレス,役割",
        "山田,y@our.test,REP", "林,h@our.test,不明", ("不明", "REP"),
                         keeps="Users are not removed"),
    KindName.DEALS: File(
        "商談ID,取引先名,状態,受注日",
        "D1,みどり,受注,2026-01-02", "D2,みどり,不明,", ("不明", "失注")),
    KindName.PERSONS: File(
        "会社名,氏名,e-mail",
        "みどり,森,m@midori.test", "みどり,,k@midori.test", ("みどり,,k", "みどり,木,k")),
    KindName.LEADS: File(
        "リードID,会社名,氏名,MQL日",
        "L1,みどり,森,2026-01-02", "L2,みどり,木,不明", ("不明", "2026-01-03"),
                         keeps=LEADS_STAY),
    KindName.TOUCHES: File(
        "種別,日時,会社名",
        "電話,2026-01-02 10:00,みどり", "不明,2026-01-03 10:00,みどり", ("不明", "訪問")),
    KindName.SEMINARS: File(
        "セミナー名,開催日,会社名,氏名,参加",
        "入門,2026-01-02,みどり,森,○", "入門,2026-01-02,みどり,,○", ("みどり,,○", "みどり,木,○")),
    KindName.DEPARTMENTS: File(
        "会社名,部署名,上位部署",
        "みどり,設計部,", "知らぬ,設計課,設計部", ("知らぬ", "みどり")),
    KindName.CONTRACTS: File(
        "会社名,商品名,契約開始日,契約金額",
        "みどり,測定器,2026-01-02,100", "みどり,測定器,2026-01-03,", ("2026-01-03,", "2026-01-03,200")),
    KindName.STAGE_HISTORY: File(
        "商談ID,フェーズ,変更日時",
        "D9,提案,2026-01-02 10:00", "D9,不明,2026-01-03 10:00", ("不明", "受注"), keeps=LEADS_STAY),
    KindName.OPT_OUTS: File(
        "メールアドレス,配信停止,停止日",
        "a@midori.test,1,2026-01-02", "b@midori.test,不明,2026-01-02", ("不明", "1"),
        keeps="An opt-out is never taken back",
    ),
}  # fmt: skip


def test_every_kind_is_tried_here():
    assert set(FILES) == set(KINDS)


@pytest.fixture
def admin(db, settings, tmp_path):
    """Who may bring in every kind, where a company, a product and a deal are known."""
    settings.MEDIA_ROOT = tmp_path
    make.offering("測定器")
    return make.user(Role.ADMIN)


def brought(text, kind, admin, *, dry_run=False) -> ImportJob:
    job = drafts.draft(ContentFile(text.encode()), file_name="a.csv", kind=kind, source="sfa", by=admin, now=NOW)
    drafts.start(job, by=admin, now=NOW, dry_run=dry_run, wake=False)
    return load.run(job, now=NOW)


@pytest.mark.parametrize("kind", FILES)
def test_a_kind_comes_in_is_mended_and_undone(admin, kind):
    make.account("みどり")
    file = FILES[kind]
    if kind == KindName.STAGE_HISTORY:
        brought("商談ID,取引先名,状態\nD9,みどり,OPEN\n", KindName.DEALS, admin)
    text = f"{file.header}\n{file.good}\n{file.bad}\n"
    tried = brought(text, kind, admin, dry_run=True)
    done = brought(text, kind, admin)
    assert counts(tried) == counts(done)
    assert (done.created + done.updated, done.refused) == (1, 1)
    refused = done.error_file.read().decode("utf-8-sig")
    assert refused.splitlines()[0].startswith(file.header)
    mended = brought(refused.replace(*file.mend), kind, admin)
    assert (mended.created + mended.updated, mended.refused) == (1, 0)
    if file.keeps:
        with pytest.raises(CannotUndo, match=file.keeps):
            undoing.ask(mended, by=admin, now=NOW)
        return
    for job in (mended, done):
        undone = undoing.run(undoing.ask(job, by=admin, now=NOW), now=NOW)
        assert undone.undo_report["kept"] == {}
        assert sum(undone.undo_report["removed"].values()) > 0
    assert list(Account.objects.values_list("name", flat=True)) == ["みどり"]


def test_a_file_of_refused_rows_is_understood_as_the_file_it_comes_from_was_corrected(admin):
    make.account("みどり")
    job = drafts.draft(
        ContentFile(b"who,what\n,x\n"), file_name="a.csv", kind="accounts", source="sfa", by=admin, now=NOW
    )
    drafts.correct(job, mapping={"columns": {"who": "name", "what": "industry"}}, by=admin, now=NOW)
    drafts.start(job, by=admin, now=NOW, wake=False)
    refused = load.run(job, now=NOW).error_file.read()
    again = drafts.draft(ContentFile(refused), file_name="a.csv", by=admin, now=NOW)
    assert (again.kind, again.source.code, again.mapping["columns"]) == (
        "accounts", "sfa", {"who": "name", "what": "industry"})  # fmt: skip
