"""What departments do and how high titles stand, by their names."""

import pytest

from accounts.domains import company_domain
from accounts.enums import Function, Rank
from accounts.titles import function_of, rank_of, read_department, read_title


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
    ("title", "rank", "rule"),
    [
        ("部長", Rank.GENERAL_MANAGER, "部長"),
        ("部　長", Rank.GENERAL_MANAGER, "部長"),
        ("部長代理", Rank.MANAGER, "部長 + 代理"),
        ("部長代行", Rank.GENERAL_MANAGER, "部長"),
        ("副部長", Rank.MANAGER, "部長 + 副"),
        ("課長補佐", Rank.SECTION_CHIEF, "課長 + 補佐"),
        ("係長補佐", Rank.STAFF, "係長 + 補佐"),
        ("副本部長", Rank.GENERAL_MANAGER, "本部長 + 副"),
        ("副社長", Rank.EXECUTIVE, "社長"),
        ("元部長", Rank.UNKNOWN, "部長 + 元"),
        ("Former CEO", Rank.UNKNOWN, "ceo + former"),
        ("取締役 兼 工場長", Rank.EXECUTIVE, "取締役"),
        ("係長・チームリーダー", Rank.SECTION_CHIEF, "係長"),
        ("執行役員営業部長", Rank.EXECUTIVE, "執行役員"),
        ("社長室長", Rank.MANAGER, "室長"),
        ("社長秘書", Rank.STAFF, "秘書"),
        ("大阪支社長", Rank.GENERAL_MANAGER, "支社長"),
        ("元町支店長", Rank.GENERAL_MANAGER, "支店長"),
        ("President", Rank.EXECUTIVE, "president"),
        ("Vice President", Rank.DIRECTOR, "vice president"),
        ("Senior Vice President", Rank.EXECUTIVE, "senior vice president"),
        ("Director", Rank.GENERAL_MANAGER, "director"),
        ("Deputy General Manager", Rank.MANAGER, "general manager + deputy"),
        ("Assistant Manager", Rank.SECTION_CHIEF, "manager + assistant"),
        ("Assistant to the CEO", Rank.STAFF, "assistant to"),
        ("Manager and Director", Rank.GENERAL_MANAGER, "director"),
        ("ＶＰ， Facilities", Rank.DIRECTOR, "vp"),
        ("隊長", Rank.UNKNOWN, ""),
        ("", Rank.UNKNOWN, ""),
    ],
)
def test_a_title_is_read_by_a_word_that_is_shown(title, rank, rule):
    found = read_title(title)
    assert (found.meaning, found.rule) == (rank, rule)


@pytest.mark.parametrize(
    ("name", "function", "rule"),
    [
        ("情シス", Function.IT, "情シス"),
        ("情報　システム部", Function.IT, "情報システム"),
        ("DX推進室", Function.IT, "dx"),
        ("生産技術部", Function.PRODUCTION_ENGINEERING, "生産技術"),
        ("なごみ課", Function.OTHER, ""),
    ],
)
def test_a_department_is_read_by_a_word_that_is_shown(name, function, rule):
    found = read_department(name)
    assert (found.meaning, found.rule) == (function, rule)


@pytest.mark.parametrize(
    ("address", "domain"),
    [("a@Midori.example", "midori.example"), ("midori.example", "midori.example"), ("a@gmail.com", ""), ("", "")],
)
def test_a_free_mail_domain_is_no_companys(address, domain):
    assert company_domain(address) == domain
