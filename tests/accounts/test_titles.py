"""What departments do and how high titles stand, by their names."""

import pytest

from accounts.domains import company_domain
from accounts.enums import Function, Rank
from accounts.titles import function_of, rank_of


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("情シス", Function.IT),
        ("情報システム部", Function.IT),
        ("ＩＴ部", Function.IT),
        ("DX推進室", Function.IT),
        ("生産技術部", Function.PRODUCTION_ENGINEERING),
        ("品質保証課", Function.QUALITY),
        ("第二設計部", Function.DESIGN),
        ("研究開発部門", Function.RESEARCH),
        ("購買部", Function.PURCHASING),
        ("経営企画室", Function.PLANNING),
        ("Human Resources", Function.HR),
        ("なごみ課", Function.OTHER),
    ],
)
def test_a_department_is_known_by_what_it_is_called(name, function):
    assert function_of(name) == function


@pytest.mark.parametrize(
    ("title", "rank"),
    [
        ("代表取締役社長", Rank.EXECUTIVE),
        ("CFO", Rank.EXECUTIVE),
        ("事業本部長", Rank.DIRECTOR),
        ("部長", Rank.GENERAL_MANAGER),
        ("部長代理", Rank.MANAGER),
        ("課長", Rank.MANAGER),
        ("主任", Rank.SECTION_CHIEF),
        ("営業担当", Rank.STAFF),
        ("Director of Vendor Relations", Rank.GENERAL_MANAGER),
        ("Warehouse Director", Rank.GENERAL_MANAGER),
        ("VP, Facilities", Rank.DIRECTOR),
        ("Sales Manager", Rank.MANAGER),
        ("隊長", Rank.UNKNOWN),
    ],
)
def test_a_title_stands_where_its_words_say(title, rank):
    assert rank_of(title) == rank


@pytest.mark.parametrize(
    ("address", "domain"),
    [("a@Midori.example", "midori.example"), ("midori.example", "midori.example"), ("a@gmail.com", ""), ("", "")],
)
def test_a_free_mail_domain_is_no_companys(address, domain):
    assert company_domain(address) == domain
