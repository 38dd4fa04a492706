"""Persons from cards, contacts and lists."""

from accounts.enums import Function, Rank
from accounts.models import Account, Affiliation, Department, Person
from engagement.enums import TouchKind
from engagement.models import Touch
from tests.imports.conftest import counts, field_refusals, refusals

HEAD = "会社名,部署名,役職,氏名,e-mail,携帯電話,名刺交換日"
TARO = "株式会社みどり,情報システム部,部長,山田太郎,taro@midori.example,090-0000-0001,2022/05/26"


def test_a_card_is_a_person_a_place_a_company_and_a_touch(twice):
    twice("persons", [HEAD, TARO])
    taro = Person.objects.get()
    place = taro.affiliations.get()
    assert (taro.name, taro.email, taro.mobile) == ("山田太郎", "taro@midori.example", "090-0000-0001")
    assert (place.account.name, place.title, place.rank) == ("株式会社みどり", "部長", Rank.GENERAL_MANAGER)
    assert (place.department.name, place.department.function) == ("情報システム部", Function.IT)
    touch = Touch.objects.get()
    assert (touch.kind, touch.person, touch.account, touch.two_way) == (TouchKind.CARD, taro, place.account, False)


def test_eights_preamble_is_passed_over(loaded):
    prose = ["名刺リストです。", "合計 1 件", "*注1", "*注2", "*注3", "", ""]
    job = loaded("persons", [*prose, HEAD, TARO])
    assert (job.report["header_line"], counts(job)) == (8, (1, 0, 0, 0))


def test_the_same_mail_address_is_the_same_person_whatever_the_source(loaded):
    loaded("persons", [HEAD, TARO])
    job = loaded(
        "persons", ["Id,Company,Name,Email,Title", "9,みどり,山田 太郎,TARO@midori.example,本部長"], source="crm"
    )
    assert counts(job) == (0, 1, 0, 0)
    assert Affiliation.objects.get().title == "本部長"


def test_one_mail_address_under_two_names_in_one_file_is_refused(twice):
    job = twice("persons", [HEAD, "みどり,,,山田太郎,info@midori.example,,", "みどり,,,鈴木花子,info@midori.example,,"])
    assert counts(job) == (1, 0, 0, 1)
    reason = "The mail address or id is 山田太郎's in an earlier row; who is it?"
    assert refusals(job) == [(3, "e-mail", reason)]


def test_a_name_at_a_company_is_no_proof(loaded):
    loaded("persons", [HEAD, TARO])
    assert counts(loaded("persons", [HEAD, "みどり,情報システム部,,山田太郎,,,"], source="drawer")) == (1, 0, 0, 0)
    assert Person.objects.filter(name="山田太郎").count() == 2


def test_without_id_and_mail_the_same_row_is_still_the_same_person(twice):
    twice("persons", [HEAD, "みどり,営業部,,山田太郎,,,", "みどり,設計部,,山田太郎,,,", "みどり,,,山田太郎,,090,"])
    assert Person.objects.count() == 3


def test_a_mail_address_given_up_may_be_the_next_ones(loaded):
    head = "Id,Company,Name,Email"
    loaded("persons", [head, "1,みどり,山田太郎,sales@midori.example"])
    job = loaded("persons", [head, "1,みどり,山田太郎,taro@midori.example", "2,みどり,鈴木花子,sales@midori.example"])
    assert counts(job) == (1, 1, 0, 0)
    assert dict(Person.objects.values_list("name", "email")) == {
        "山田太郎": "taro@midori.example",
        "鈴木花子": "sales@midori.example",
    }


def test_a_mail_address_that_belongs_to_somebody_is_refused_for_its_field(loaded):
    head = "Id,Company,Name,Email"
    loaded("persons", [head, "1,みどり,山田太郎,taro@midori.example", "2,みどり,鈴木花子,"])
    job = loaded("persons", [head, "2,みどり,鈴木花子,taro@midori.example"])
    assert field_refusals(job) == [("Email", "This mail address belongs to 山田太郎.", [2])]
    assert Person.objects.get(name="鈴木花子").email == ""


def test_two_posts_are_two_places(twice):
    twice("persons", [HEAD, TARO, TARO.replace("情報システム部,部長", "経営企画部,課長")])
    assert Person.objects.count() == 1
    assert sorted(Affiliation.objects.values_list("department__name", "title")) == [
        ("情報システム部", "部長"), ("経営企画部", "課長")
    ]  # fmt: skip


def test_a_place_without_department_is_filled_only_when_the_department_has_none(twice):
    rows = [TARO.replace("情報システム部", ""), TARO, TARO.replace("情報システム部", "設計部")]
    twice("persons", [HEAD, *rows, rows[0]])
    names = Affiliation.objects.values_list("department__name", flat=True)
    assert sorted(names) == ["情報システム部", "設計部"]


def test_a_closed_department_of_the_same_name_is_used_again(loaded):
    loaded("persons", [HEAD, TARO])
    Department.objects.update(valid_to="2020-01-01")
    loaded("persons", [HEAD, TARO.replace("taro", "jiro").replace("太郎", "次郎")])
    assert Department.objects.count() == 1


def test_a_department_is_one_whatever_its_width(loaded):
    loaded("persons", [HEAD, "みどり,ＩＴ 部,,山田,a@m.example,,", "みどり,IT部,,鈴木,b@m.example,,"])
    assert Department.objects.get().name == "ＩＴ 部"


def test_an_opt_out_is_taken_over_and_never_taken_back(loaded):
    head = "会社名,氏名,メールアドレス,オプトアウト"
    loaded("persons", [head, "みどり,山田,a@m.example,○"])
    opted_out_at = Person.objects.get().opted_out_at
    assert opted_out_at is not None
    assert counts(loaded("persons", [head, "みどり,山田,a@m.example,×"])) == (0, 0, 1, 0)
    assert Person.objects.get().opted_out_at == opted_out_at


def test_an_opt_out_that_cannot_be_read_refuses_the_row(loaded):
    job = loaded("persons", ["会社名,氏名,メールアドレス,オプトアウト", "みどり,山田,a@m.example,多分"])
    assert refusals(job) == [(2, "オプトアウト", "This is neither yes nor no.")]
    assert not Person.objects.exists()


def test_names_in_two_parts_are_put_together_as_their_language_writes_them(loaded):
    loaded("persons", ["Company,Last Name,First Name,Email", "M,Levy,Zane,z@m.example", "M,山田,太郎,t@m.example"])
    assert sorted(Person.objects.values_list("name", flat=True)) == ["Zane Levy", "山田 太郎"]


def test_a_contact_whose_company_is_not_here_is_refused(loaded):
    job = loaded("persons", ["Id,AccountId,Name", "1,A9,Zane"])
    assert refusals(job) == [(2, "AccountId", "No company has the id A9 here; load the companies first.")]
    assert (Person.objects.count(), Account.objects.count()) == (0, 0)


def test_a_card_exchanged_in_the_future_makes_no_touch(loaded):
    loaded("persons", [HEAD, TARO.replace("2022", "2122")])
    assert (Person.objects.count(), Touch.objects.count()) == (1, 0)


def test_a_thousand_cards_take_few_queries(queue, django_assert_max_num_queries):
    from imports import load
    from tests.imports.conftest import NOW

    rows = (f"社{i % 300},部{i % 5},課長,人{i},p{i}@m.example,,2022/05/26" for i in range(1000))
    job = queue("persons", [HEAD, *rows])
    with django_assert_max_num_queries(70):
        load.run(job, now=NOW)
