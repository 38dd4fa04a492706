"""Names for the demo company's persons: common family and given names, put together by chance."""

from random import Random
from typing import NamedTuple

FAMILY = """佐々倉 ササクラ sasakura|小野田 オノダ onoda|高梨 タカナシ takanashi|黒川 クロカワ kurokawa
石動 イスルギ isurugi|早瀬 ハヤセ hayase|桐山 キリヤマ kiriyama|藤代 フジシロ fujishiro
真鍋 マナベ manabe|岡部 オカベ okabe|白石 シライシ shiraishi|宮下 ミヤシタ miyashita
相川 アイカワ aikawa|秋月 アキヅキ akizuki|浅野 アサノ asano|天野 アマノ amano|飯塚 イイヅカ iizuka
磯村 イソムラ isomura|市原 イチハラ ichihara|今泉 イマイズミ imaizumi|岩瀬 イワセ iwase
植草 ウエクサ uekusa|内海 ウツミ utsumi|江藤 エトウ eto|大槻 オオツキ otsuki|緒方 オガタ ogata
荻野 オギノ ogino|奥寺 オクデラ okudera|小田切 オダギリ odagiri|梶原 カジワラ kajiwara
片桐 カタギリ katagiri|川辺 カワベ kawabe|菊地 キクチ kikuchi|岸本 キシモト kishimoto
北見 キタミ kitami|木下 キノシタ kinoshita|久我 クガ kuga|倉持 クラモチ kuramochi|小暮 コグレ kogure
小寺 コデラ kodera|古賀 コガ koga|三枝 サエグサ saegusa|榊原 サカキバラ sakakibara
桜庭 サクラバ sakuraba|沢口 サワグチ sawaguchi|志村 シムラ shimura|島津 シマヅ shimazu
菅野 スガノ sugano|関根 セキネ sekine|瀬川 セガワ segawa|高瀬 タカセ takase|滝沢 タキザワ takizawa
竹内 タケウチ takeuchi|立花 タチバナ tachibana|谷川 タニガワ tanigawa|千葉 チバ chiba
塚本 ツカモト tsukamoto|津田 ツダ tsuda|寺岡 テラオカ teraoka|土井 ドイ doi|戸川 トガワ togawa
中原 ナカハラ nakahara|永井 ナガイ nagai|成瀬 ナルセ naruse|西川 ニシカワ nishikawa
野口 ノグチ noguchi|橋本 ハシモト hashimoto|八田 ハッタ hatta|浜野 ハマノ hamano
原口 ハラグチ haraguchi|平松 ヒラマツ hiramatsu|深沢 フカザワ fukazawa|福原 フクハラ fukuhara
細川 ホソカワ hosokawa|堀江 ホリエ horie|前川 マエカワ maekawa|牧野 マキノ makino
松永 マツナガ matsunaga|水谷 ミズタニ mizutani|三浦 ミウラ miura|宮本 ミヤモト miyamoto
村瀬 ムラセ murase|森下 モリシタ morishita|矢島 ヤジマ yajima|柳田 ヤナギダ yanagida
山岸 ヤマギシ yamagishi|湯浅 ユアサ yuasa|吉岡 ヨシオカ yoshioka|若林 ワカバヤシ wakabayashi
渡部 ワタベ watabe"""

GIVEN = """真理 マリ mari|結 ユイ yui|航 ワタル wataru|誠 マコト makoto|遥 ハルカ haruka|健 ケン ken
彩 アヤ aya|浩 ヒロシ hiroshi|翼 ツバサ tsubasa|楓 カエデ kaede|亮 リョウ ryo|慎 シン shin
望 ノゾミ nozomi|悟 サトル satoru|直樹 ナオキ naoki|美咲 ミサキ misaki|大輔 ダイスケ daisuke
香織 カオリ kaori|和也 カズヤ kazuya|智子 トモコ tomoko|隆 タカシ takashi|恵 メグミ megumi
学 マナブ manabu|由美 ユミ yumi|拓也 タクヤ takuya|裕子 ユウコ yuko|修 オサム osamu
千尋 チヒロ chihiro|剛 ツヨシ tsuyoshi|奈緒 ナオ nao|徹 トオル toru|麻衣 マイ mai|秀樹 ヒデキ hideki
沙織 サオリ saori|純一 ジュンイチ junichi|陽子 ヨウコ yoko|聡 サトシ satoshi|葵 アオイ aoi
正人 マサト masato|明美 アケミ akemi|康平 コウヘイ kohei|瞳 ヒトミ hitomi|雅之 マサユキ masayuki
理恵 リエ rie|孝 タカシ takashi|里奈 リナ rina|英明 ヒデアキ hideaki|友香 ユカ yuka
洋平 ヨウヘイ yohei|早苗 サナエ sanae|敏行 トシユキ toshiyuki|菜摘 ナツミ natsumi
和彦 カズヒコ kazuhiko|典子 ノリコ noriko|翔太 ショウタ shota|文香 フミカ fumika|勝 マサル masaru
朋美 トモミ tomomi|俊介 シュンスケ shunsuke|美穂 ミホ miho"""


class Name(NamedTuple):
    """A person's name as written, read and spelled in a mail address."""

    family: str
    given: str
    family_kana: str
    given_kana: str
    mail: str

    @property
    def full(self) -> str:
        return f"{self.family} {self.given}"

    @property
    def kana(self) -> str:
        return f"{self.family_kana} {self.given_kana}"


def words(text: str) -> list[list[str]]:
    """`a b c|d e f` over several lines as rows of words."""
    return [entry.split() for line in text.splitlines() for entry in line.split("|")]


FAMILIES, GIVENS = words(FAMILY), words(GIVEN)


def draw(rng: Random) -> Name:
    """A name."""
    family, given = rng.choice(FAMILIES), rng.choice(GIVENS)
    return Name(family[0], given[0], family[1], given[1], f"{given[2]}.{family[2]}")
