"""What people write and see in the demo: next actions, notes, titles of touches, reasons by weight."""

from engagement.enums import TouchKind

NEXT_ACTIONS = (
    "担当者に電話して課題を聞く",
    "資料を送り、打ち合わせの日程を決める",
    "訪問して現場の状況を聞く",
    "オンラインで製品を実演する",
    "技術担当と一緒に打ち合わせる",
)
FIRST_TOUCHES = ("既存のお客様からのご紹介", "訪問時のご相談", "保守の更新でのご相談")
QUALIFY_NOTES = ("資料請求と問い合わせがあり、部門の課題もはっきりしている", "セミナー後に個別相談の希望があった")
OFF_LIST_NOTES = ("展示会で強い関心を示した", "問い合わせの内容が具体的だった", "紹介による引き合い")
RECALL_CAUSES = ("送付先の部署を誤った", "重複して登録していた")
BANT = (("need", "timing"), ("budget", "need"), ("authority", "need"), ("budget", "need", "timing"))
REJECT_NOTES = {
    "OTHER": "先方の組織変更が落ち着いてから連絡したい",
    "WRONG_DEPARTMENT": "窓口は別の部署とのこと",
    "TOO_LITTLE_INFO": "何に関心があるのか分からない",
    "TIMING": "来年度の計画で検討したいとのこと",
}
REASONS = (
    ("LOW_INTENT", 20), ("TIMING", 16), ("WRONG_DEPARTMENT", 10), ("WRONG_PERSON", 7), ("BAD_DATA", 5),
    ("TOO_LITTLE_INFO", 9), ("NOT_TARGET", 8), ("NO_BUDGET", 8), ("COMPETITOR_LOCKED", 6), ("NO_NEED", 6),
    ("ALREADY_IN_DEAL", 4), ("DUPLICATE", 3), ("WRONG_OWNER", 3), ("PARTNER_CONFLICT", 2), ("OUT_OF_BUSINESS", 1),
    ("LEGAL", 1), ("OTHER", 4),
)  # fmt: skip
LOST_REASONS = (("NO_BUDGET", 30), ("COMPETITOR_LOCKED", 30), ("TIMING", 25), ("NO_NEED", 15))
RECYCLE_REASONS = (("TIMING", 45), ("LOW_INTENT", 30), ("NO_BUDGET", 25))
COMPETITORS = ("アルカ製作ソフト", "ノースリンク", "共栄デジタル")

TITLES = {
    TouchKind.MAIL_OPEN: "メールマガジン「{theme}」",
    TouchKind.MAIL_CLICK: "メール「{theme}」",
    TouchKind.PAGE_VIEW: "「{name}」のページ",
    TouchKind.FORM: "「{name}」についての問い合わせ",
    TouchKind.DOWNLOAD: "資料「{theme}」",
    TouchKind.SEMINAR_REGISTERED: "セミナー「{theme}」",
    TouchKind.SEMINAR_ATTENDED: "セミナー「{theme}」",
    TouchKind.EXHIBITION: "展示会で「{name}」を見学",
    TouchKind.CARD: "展示会で名刺交換",
    TouchKind.CALL: "「{name}」について電話",
    TouchKind.MEETING: "「{name}」の打ち合わせ",
    TouchKind.VISIT: "訪問して「{theme}」を説明",
    TouchKind.MAIL_SENT: "「{theme}」のご案内を送付",
}
EVIDENCE = {
    "ma": ((TouchKind.PAGE_VIEW, 5), (TouchKind.MAIL_CLICK, 3), (TouchKind.DOWNLOAD, 2), (TouchKind.MAIL_OPEN, 3)),
    "web": ((TouchKind.PAGE_VIEW, 5), (TouchKind.FORM, 2), (TouchKind.DOWNLOAD, 2)),
    "seminar": ((TouchKind.SEMINAR_ATTENDED, 2), (TouchKind.SEMINAR_REGISTERED, 2), (TouchKind.PAGE_VIEW, 3)),
    "exhibition": ((TouchKind.EXHIBITION, 2), (TouchKind.CARD, 1), (TouchKind.PAGE_VIEW, 3), (TouchKind.MAIL_OPEN, 2)),
    "cards": ((TouchKind.CARD, 1), (TouchKind.MAIL_CLICK, 2), (TouchKind.PAGE_VIEW, 3)),
}
MINUTES = {
    TouchKind.PAGE_VIEW: (2, 18),
    TouchKind.DOWNLOAD: (8, 25),
    TouchKind.FORM: (3, 10),
    TouchKind.SEMINAR_ATTENDED: (40, 90),
    TouchKind.EXHIBITION: (5, 25),
    TouchKind.CALL: (3, 20),
    TouchKind.MEETING: (30, 60),
    TouchKind.VISIT: (45, 90),
}
SOURCE_OF = {
    TouchKind.FORM: "web",
    TouchKind.SEMINAR_REGISTERED: "seminar",
    TouchKind.SEMINAR_ATTENDED: "seminar",
    TouchKind.EXHIBITION: "exhibition",
    TouchKind.CARD: "cards",
    TouchKind.CALL: "sfa",
    TouchKind.MEETING: "sfa",
    TouchKind.VISIT: "sfa",
}
