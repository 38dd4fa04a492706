"""A draft: what a file holds is proposed, corrected, remembered; nothing is loaded before somebody starts it."""

import pytest
from django.core.files.base import ContentFile

from accounts.models import Account, Person
from audit.models import Entry
from imports import drafts, load, previews, templates
from imports.drafts import NotADraft
from imports.enums import JobState
from imports.jobs import ImportRefused
from imports.models import ImportJob, MappingTemplate
from tests.imports import books
from tests.imports.conftest import NOW, counts
from users.models import User

EIGHT = [
    "02月08日23時00分 JST にEightで生成された名刺リストです。",
    "合計 2 件",
    "",
    "会社名,部署名,役職,氏名,e-mail,郵便番号,住所,TEL会社,TEL部門,TEL直通,Fax,携帯電話,URL,名刺交換日,Eightでつながっている人,再データ化中の名刺,'?'を含んだデータ",
    'みどり商事,設計部,部長,近藤五郎,goro@midori.test,105,東京都,03-1,"","","",090-2,http://midori.test,2022/05/26,1,"",""',
]
CONTACT = [
    "Id,IsDeleted,AccountId,LastName,FirstName,Phone,MobilePhone,Email,Title,Department,Name",
    "003,FALSE,001,Rose,Ann,1,2,ann@edge.test,CFO,Finance,Ann Rose",
]
PIPELINE = ["deal_no,who,result,closed", "D1,みどり,Engaging,20-12-31", "D2,みどり,Won,21-12-31"]


@pytest.fixture(autouse=True)
def _places(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def draft(system):
    """`draft(lines, …)`: the file waiting for somebody to look at its columns."""

    def drafted(lines, **options):
        content = lines if isinstance(lines, bytes) else ("\n".join(lines) + "\n").encode()
        options = {"by": system, "now": NOW, "file_name": "given.csv"} | options
        return drafts.draft(ContentFile(content), **options)

    return drafted


def meant(job):
    return {column.name: column.fields for column in drafts.understood(job).columns if column.fields}


def test_an_eight_export_is_recognised_by_its_header(draft):
    job = draft(EIGHT)
    assert (job.state, job.kind, job.source.code, job.report["preset"]) == ("DRAFT", "persons", "eight", "Eight")
    assert {"会社名": ("account",), "e-mail": ("email",), "名刺交換日": ("card_on",)}.items() <= meant(job).items()
    assert drafts.understood(job).table.header_line == 4
    assert not Person.objects.exists()


def test_a_salesforce_contact_is_told_from_an_account_and_its_full_name_left_out(draft):
    job = draft(CONTACT)
    assert (job.kind, job.source.code) == ("persons", "salesforce")
    assert meant(job)["AccountId"] == ("account_id",)
    assert "Name" not in meant(job)


def test_a_header_nobody_knows_is_understood_by_its_words(draft):
    job = draft(["商号,資本金,業種", "みどり,1,卸売"])
    assert (job.kind, job.source.code, job.report["preset"]) == ("accounts", "files", "")
    assert meant(job) == {"商号": ("name",), "業種": ("industry",)}


def test_a_column_that_means_two_things_says_both_unless_another_says_the_second(draft):
    deals = "Deal ID,Account Name,Deal Stage,Close Date"
    assert meant(draft([deals, "1,a,Won,2026-01-02"])) == {
        "Deal ID": ("external_id",), "Account Name": ("account",), "Deal Stage": ("status", "stage_name"),
        "Close Date": ("expected_on", "closed_on"),
    }  # fmt: skip
    assert meant(draft([f"{deals},Closed Date", "1,a,Won,2026-01-02,2026-01-03"]))["Close Date"] == ("expected_on",)


@pytest.mark.parametrize(
    ("header", "kind", "columns"),
    [
        ("会社名(法人名),部署1,お役職,姓名,携帯1,連絡用メール", "persons",
         ["account", "department", "title", "name", "mobile", "email"]),
        ("Prospect First Name,Prospect Last Name,Account Name,Prospect Email,Account Owner,Owner Email", "persons",
         ["first_name", "last_name", "account", "email", "", ""]),
        ("商号,売上(百万円),HQ State,会社名カナ,代表者氏名,Fax Number", "accounts",
         ["name", "revenue", "prefecture", "name_kana", "", ""]),
        ("案件番号,顧客会社名,ステータス,Value (USD),契約商品,主担当", "deals",
         ["external_id", "account", "status", "amount", "offering", "owner"]),
    ],
)  # fmt: skip
def test_a_compound_means_what_its_last_word_means_unless_it_is_somebody_elses(draft, header, kind, columns):
    job = draft([header, ",".join("x" for _column in columns)])
    found = meant(job)
    assert (job.kind, [found.get(name, ("",))[0] for name in header.split(",")]) == (kind, columns)


def test_mail_addresses_are_known_by_what_they_are_unless_they_are_the_owners(draft):
    head = "会社名,氏名,連絡先"
    assert meant(draft([head, "a,b,b@a.test", "a,c,c@a.test"]))["連絡先"] == ("email",)
    assert "連絡先" not in meant(draft([head, "a,b,b@a.test", "a,c,ない"]))
    assert "連絡先" not in meant(draft([head, "a,b,us@our.test", "a,c,us@our.test"]))


def test_a_date_format_without_doubt_is_proposed_and_a_doubtful_one_is_not(draft):
    head = "会社名,氏名,e-mail,名刺交換日"
    assert draft([head, "a,b,,12/31/2025", "a,c,,1/2/2025"]).mapping["dates"] == ["%m/%d/%Y"]
    assert "dates" not in draft([head, "a,b,,1/2/2025"]).mapping


def test_what_is_missing_is_named_with_samples_beside_it(draft, system):
    job = draft(PIPELINE, kind="deals")
    understood = drafts.understood(job)
    assert ("external_id",) in understood.missing
    assert understood.columns[0].samples == ("D1", "D2")
    with pytest.raises(ImportRefused, match="No column gives"):
        drafts.start(job, by=system, now=NOW)
    job.refresh_from_db()
    assert job.state == JobState.DRAFT
    assert not MappingTemplate.objects.exists()


def test_a_correction_is_loaded_and_the_same_header_comes_as_last_corrected(draft, system):
    columns = {"deal_no": "external_id", "result": ["status", "stage_name"], "closed": "closed_on"}
    mapping = {"columns": columns, "values": {"status": {"Engaging": "OPEN"}}, "dates": ["%y-%m-%d"]}
    job = drafts.correct(draft(PIPELINE, kind="deals"), by=system, now=NOW, mapping=mapping, source="sfa")
    job = load.run(drafts.start(job, by=system, now=NOW), now=NOW)
    assert counts(job) == (2, 0, 0, 0)
    again = draft([PIPELINE[0].upper(), "D3,みどり,Engaging,22-12-31"])
    assert (again.kind, again.source.code, again.mapping) == ("deals", "sfa", mapping)
    assert again.report["template"] == "given.csv"


def test_words_nobody_knows_are_asked_for(draft):
    job = draft(["商談ID,フェーズ", "D1,Engaging", "D2,受注"], kind="deals")
    assert drafts.understood(job).words == {"status": ["Engaging"]}
    many = [f"D{n},受注" for n in range(400)]
    far = draft(["商談ID,フェーズ", *many, "D,Prospecting"], kind="deals")
    assert drafts.understood(far).words == {"status": ["Prospecting"]}


def test_a_forgotten_template_proposes_nothing(draft, system):
    drafts.start(draft(["商号,備考", "みどり,x"]), by=system, now=NOW)
    templates.forget(MappingTemplate.objects.get(), by=system, now=NOW)
    assert not MappingTemplate.objects.exists()
    assert draft(["商号,備考", "みどり,x"]).report["template"] == ""
    assert Entry.objects.filter(act="imports.forget").count() == 1


def test_it_can_be_said_to_hold_something_else_or_to_be_written_otherwise(draft, system, tmp_path):
    job = draft(["会社名,氏名", "みどり,山田"])
    assert job.kind == "persons"
    assert drafts.reread(job, by=system, now=NOW, kind="accounts").kind == "accounts"
    pages = {"x": books.sheet([["会社名", "電話"], ["a", "1"]]), "y": books.sheet([["氏名", "会社名"], ["b", "c"]])}
    book = draft(books.write(tmp_path / "b.xlsx", pages).read_bytes())
    assert (book.kind, drafts.reread(book, by=system, now=NOW, sheet="y").kind) == ("accounts", "persons")


def test_a_started_draft_is_changed_no_more(draft, system):
    job = drafts.start(draft(["商号", "みどり"]), by=system, now=NOW)
    for change in (lambda: drafts.start(job, by=system, now=NOW), lambda: drafts.reread(job, by=system, now=NOW)):
        with pytest.raises(NotADraft):
            change()
    assert ImportJob.objects.get().state == JobState.QUEUED


def test_a_draft_is_not_loaded_by_itself(draft):
    job = draft(["商号", "みどり"])
    assert load.run(job, now=NOW).state == JobState.DRAFT
    assert not Account.objects.exists()


def test_an_unreadable_file_leaves_no_draft(draft):
    with pytest.raises(ImportRefused, match="damaged"):
        draft(b"PK\x03\x04" + bytes(100))
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(("role", "kind"), [("REP", ""), ("PARTNER", ""), ("MARKETER", "users")])
def test_drafts_are_for_those_who_may_bring_files_in(draft, role, kind):
    with pytest.raises(ImportRefused):
        draft(["氏名", "山田"], kind=kind, by=User.objects.create_user("x", role=role))
    assert not ImportJob.objects.exists()


def test_a_preview_tells_the_verdict_of_each_row_and_leaves_nothing(draft, loaded, system):
    loaded("accounts", ["会社名,取引先ID,法人番号", "みどり,1,8700110005901", "みどり商店,2,", "みどり商店,3,"])
    job = draft(["会社名,法人番号,従業員数", "緑,8700110005901,5", "あおば,,", "みどり商店,,", ",,9", "みどり,,x"])
    before = Account.objects.count()
    rows = previews.preview(job, by=system, now=NOW)
    assert [(row.number, row.effect, row.found, row.is_doubt) for row in rows] == [
        (2, "updated", {"self": "CORPORATE_NUMBER"}, False),
        (3, "created", {}, False),
        (4, "refused", {}, True),
        (5, "refused", {}, False),
        (6, "unchanged", {"self": "COMPANY_KEY"}, False),
    ]
    assert rows[3].reasons == ("会社名: This is missing.",)
    assert rows[4].reasons == ("従業員数: This is not a number.",)
    assert Account.objects.count() == before
    assert not Account.objects.filter(employees=5).exists()


def test_a_preview_says_by_what_a_person_and_its_company_were_found(draft, loaded, system):
    loaded("persons", ["会社名,氏名,メール", "みどり,山田,y@midori.test"])
    job = draft(["会社名,氏名,メール", "みどり,山田,y@midori.test"])
    (row,) = previews.preview(job, by=system, now=NOW)
    assert (row.effect, row.found) == ("unchanged", {"account": "COMPANY_KEY", "self": "EMAIL"})
