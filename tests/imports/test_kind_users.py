"""Our own people from files."""

from tests.imports.conftest import counts, field_refusals, refusals
from users.models import Team, User

HEAD = "Sales Agent,Manager,Regional Office"


def test_agents_managers_and_teams_come_from_one_file(twice):
    job = twice("users", [HEAD, "Zane Levy,Summer Sewald,West", "Carl Lin,Summer Sewald,West", "Anna,Cara Losch,East"])
    assert counts(job) == (3, 0, 0, 0)
    people = {u.name: (u.role, u.team.name, u.manager and u.manager.name) for u in User.objects.exclude(role="SYSTEM")}
    assert people == {
        "Zane Levy": ("REP", "West", "Summer Sewald"),
        "Carl Lin": ("REP", "West", "Summer Sewald"),
        "Anna": ("REP", "East", "Cara Losch"),
        "Summer Sewald": ("SALES_MANAGER", "West", None),
        "Cara Losch": ("SALES_MANAGER", "East", None),
    }
    assert set(Team.objects.filter(name__in=["West", "East"]).values_list("kind", flat=True)) == {"SALES"}


def test_nobody_gets_a_password(loaded):
    loaded("users", ["氏名,メールアドレス,役割", "山田,taro@us.example,マーケター"])
    taro = User.objects.get(name="山田")
    assert (taro.username, taro.role, taro.has_usable_password()) == ("taro@us.example", "MARKETER", False)


def test_users_are_found_by_login_and_namesakes_are_two(loaded):
    loaded("users", ["氏名,ユーザー名", "山田,taro", "山田,jiro"])
    job = loaded("users", ["氏名,ユーザー名,チーム", "山田,TARO,東京"])
    assert counts(job) == (0, 1, 0, 0)
    assert User.objects.filter(name="山田").count() == 2
    assert User.objects.get(username="taro").team.name == "東京"


def test_a_second_namesake_without_login_gets_a_login_of_its_own(loaded):
    loaded("users", ["氏名,社員番号", "Zane Levy,1", "Zane Levy,2"])
    assert sorted(User.objects.filter(name="Zane Levy").values_list("username", flat=True)) == [
        "zane.levy", "zane.levy.2"
    ]  # fmt: skip


def test_nobody_becomes_an_administrator_and_none_is_changed(loaded):
    User.objects.create_user("root", role="ADMIN", name="Root")
    job = loaded("users", ["氏名,ユーザー名,役割", "Eve,eve,ADMIN", "Eve,eve,SYSTEM", "Root,root,REP"])
    assert [reason for _row, _column, reason in refusals(job)] == [
        "Nobody becomes ADMIN by an import.",
        "Nobody becomes SYSTEM by an import.",
        "An administrator is not changed by an import.",
    ]
    assert User.objects.get(username="root").role == "ADMIN"
    assert not User.objects.filter(username="eve").exists()


def test_an_unknown_role_refuses_the_row(loaded):
    job = loaded("users", ["氏名,役割", "山田,王様"])
    assert counts(job) == (0, 0, 0, 1)
    assert "“王様” is none of" in refusals(job)[0][2]


def test_a_mail_address_that_belongs_to_somebody_is_refused_for_its_field(loaded):
    loaded("users", ["氏名,社員番号,メールアドレス", "山田,1,taro@us.example", "鈴木,2,hanako@us.example"])
    job = loaded("users", ["氏名,社員番号,メールアドレス", "鈴木,2,taro@us.example"])
    assert field_refusals(job) == [("メールアドレス", "This mail address belongs to 山田.", [2])]
    assert User.objects.get(name="鈴木").email == "hanako@us.example"
