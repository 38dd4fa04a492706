"""Company keys: one name however it is spelled, never two."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.names import LegalForm, company_key, legal_form

SPELLINGS = [
    ("株式会社みどり商店", "みどり商店株式会社"),
    ("株式会社みどり商店", "㈱みどり商店"),
    ("株式会社みどり商店", "（株）みどり　商店"),
    ("株式会社みどり商店", "みどり商店"),
    ("株式會社みどり商店", "株式会社みどり商店"),
    ("有限会社アオバ", "ｱｵﾊﾞ(有)"),
    ("合同会社あけぼの", "あけぼの(同)"),
    ("髙橋邊工業", "高橋辺工業"),
    ("キヤノン販売所", "キャノン販売所"),
    ("山手サ-ビス", "山手サービス"),
    ("北斗・システム", "北斗システム"),
    ("みなとホールディングス株式会社", "みなとHD"),
    ("ＡＢＣ株式会社", "abc K.K."),
    ("Minato Seeds Co., Ltd.", "MINATO SEEDS"),
    ("Minato Seeds, Inc.", "Minato Seeds Corporation"),
    ("A.B.C. Inc", "ABC"),
    ("日本みどり(商号 みどりＸ)株式会社", "日本みどり"),
    ("一般社団法人みなと協会", "みなと協会"),
]
APART = [
    ("サクサ", "アクサス"),
    ("第一商品", "第一興商"),
    ("アサヒビール", "アサヒビル"),
    ("みどり商店", "みどり商会"),
    ("みなと東京", "みなと大阪"),
    ("みなと投資法人", "みなと"),
]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_two_spellings_of_one_name_give_one_key(one, other):
    assert company_key(one) == company_key(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_names_give_two_keys(one, other):
    assert company_key(one) != company_key(other)


@pytest.mark.parametrize("name", ["株式会社", "Inc.", "Company", "合同会社", "・", "The Limited"])
def test_a_name_that_is_nothing_but_form_keeps_a_key(name):
    assert company_key(name) != ""


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("㈱みどり", LegalForm.STOCK),
        ("Minato K.K.", LegalForm.STOCK),
        ("みどり(有)", LegalForm.LIMITED),
        ("合同会社みどり", LegalForm.GODO),
        ("Minato Inc.", None),
        ("みどり", None),
    ],
)
def test_the_legal_form_is_read_where_it_tells_companies_apart(name, form):
    assert legal_form(name) == form


@given(st.text(max_size=60))
def test_any_text_has_a_key_and_spaces_never_change_it(name):
    assert company_key(f"　{name} ") == company_key(name)


@given(st.text(st.characters(categories=["Lo", "Ll", "Nd"]), min_size=2, max_size=20))
def test_the_place_of_the_legal_form_never_changes_the_key(name):
    assume(legal_form(name) is None)
    assert company_key(f"株式会社{name}") == company_key(f"{name}株式会社") == company_key(f"({'株'}){name}")
