"""Golden pairs: what people write for one company, and what only looks like one. Read it as the rule book."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.names import company_key, parse
from bench import variants

SAME = [
    ("株式会社髙島屋", "高島屋"),
    ("山﨑製パン(株)", "山崎製パン株式会社"),
    ("渡邉電機", "渡辺電機"),
    ("學校法人みなと学園", "(学)みなと学園"),
    ("医療法人社団みどり会", "(医)みどり会"),
    ("社会福祉法人みどり会", "みどり会"),
    ("ｶ)ﾐﾄﾞﾘｼﾖｳｼﾞ", "ミドリショウジ株式会社"),
    ("株式　会社みどり", "みどり"),
    ("【株】みどり", "（ 株 ）みどり"),
    ("エスフーズ株式会社", "S Foods Inc."),
    ("アイ・ピー・エス", "ＩＰＳ"),
    ("株式会社エヌ・ティ・ティ・データ", "NTT DATA"),
    ("エヌティティドコモ", "NTTドコモ"),
    ("エムスリー", "M3, Inc."),
    ("ティー・アンド・ディ", "T&D"),
    ("パーク二四", "パーク24株式会社"),
    ("株式会社百十四銀行", "114銀行"),
    ("みなとホールディングス", "みなとHLDGS"),
    ("エス・ホールディングス", "S Holdings"),
    ("みなとフィナンシャルグループ", "みなとFG"),
    ("みどりコンピューター", "みどりコンピュータ"),
    ("佐々木工業", "佐佐木工業"),
    ("みどり商事株式会社 東京支店", "みどり商事"),
    ("株式会社みどり商事大阪第二営業所", "みどり商事"),
    ("みどり商事株式会社情報システム部", "みどり商事"),
    ("みどり商事（本社）", "みどり商事"),
    ("Minato Seeds Co., Ltd. Tokyo Branch", "Minato Seeds"),
    ("みどり商事株式会社 御中", "みどり商事"),
    ("ヴェルデ工業", "ベルデ工業"),
    ("ビザ・インク（Visa Inc.）", "ビザ・インク"),
    ("みどり（商号　㈱　ミドリ）", "みどり"),
    ("The Minato Works, Ltd.", "Minato Works"),
]
APART = [
    ("サクサ", "アクサス"),
    ("第一商品", "第一興商"),
    ("みなと", "みなとホールディングス"),
    ("みなと電機", "みなと電気"),
    ("みどり第一製造", "みどり第二製造"),
    ("斎藤商店", "斉藤商店"),
    ("みどりエナジー", "みどりエネルギー"),
    ("みなと新聞東京本社", "みなと新聞大阪本社"),
    ("みなとグループ本社", "みなとグループ"),
    ("アサヒビール", "アサヒビル"),
    ("三井工業", "二井工業"),
    ("みなと研究所", "みなと"),
    ("みなと(大阪)", "みなと(東京)"),
    ("LINE", "ライン"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_company(one, other):
    assert company_key(one) == company_key(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_two_companies(one, other):
    assert company_key(one) != company_key(other)


@pytest.mark.parametrize(
    ("name", "key", "site", "site_keys"),
    [
        ("みどり商事株式会社東京支店", "みどり商事", "東京支店", ()),
        ("株式会社みどり商事 第二工場", "みどり商事", "第二工場", ()),
        ("株式会社みどり青葉台支店", "みどり青葉台支店", "", ("みどり青葉台", "みどり青葉", "みどり青", "みどり")),
        ("株式会社みどり本社", "みどり本社", "", ("みどり",)),
        ("株式会社みどり研究所", "みどり研究所", "", ()),
        ("東京支店", "東京支店", "", ()),
    ],
)
def test_a_branch_is_told_apart_where_that_is_certain(name, key, site, site_keys):
    said = parse(name)
    assert (said.key, said.site, said.site_keys) == (key, site, site_keys)


@pytest.mark.parametrize(("name", "leads"), [("㈱みどり", True), ("みどり㈱", False), ("みどり", None)])
def test_the_side_of_the_legal_form_is_remembered(name, leads):
    assert parse(name).form_leads is leads


CERTAIN = ("form spelled otherwise", "form on the other side", "width", "old kanji", "holdings", "digits in kanji",
           "note", "large kana", "case")  # fmt: skip
NAMES = variants.made(200, random.Random(11))


@given(st.sampled_from(NAMES), st.sampled_from(CERTAIN), st.integers(0, 2**16))
def test_a_name_written_otherwise_keeps_its_key(name, way, seed):
    variant = variants.WAYS[way](name, random.Random(seed))
    assert company_key(variant) == company_key(name)


@given(st.sampled_from(NAMES))
def test_a_key_is_its_own_key(name):
    assert company_key(company_key(name)) == company_key(name)


def test_made_names_that_differ_keep_different_keys():
    assert len({company_key(name) for name in NAMES}) == len(set(NAMES))
