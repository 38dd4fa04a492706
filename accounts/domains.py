"""Domains that say where somebody works, and those that do not."""

FREE_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "yahoo.co.jp",
        "yahoo.com",
        "ymail.ne.jp",
        "ybb.ne.jp",
        "outlook.com",
        "outlook.jp",
        "hotmail.com",
        "hotmail.co.jp",
        "live.jp",
        "live.com",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "aol.jp",
        "protonmail.com",
        "proton.me",
        "docomo.ne.jp",
        "ezweb.ne.jp",
        "au.com",
        "softbank.ne.jp",
        "i.softbank.jp",
        "vodafone.ne.jp",
        "nifty.com",
        "biglobe.ne.jp",
        "so-net.ne.jp",
        "ocn.ne.jp",
        "plala.or.jp",
        "dion.ne.jp",
        "gmx.de",
        "gmx.net",
        "web.de",
        "mail.ru",
        "qq.com",
        "163.com",
        "excite.co.jp",
        "infoseek.jp",
        "goo.jp",
        "mail.goo.ne.jp",
        "rakuten.jp",
        "eonet.ne.jp",
        "asahi-net.or.jp",
    ]
)


def company_domain(address: str) -> str:
    """The domain of a mail address or web domain, or "" when everybody could have one there."""
    domain = address.rpartition("@")[2].strip().lower()
    return "" if domain in FREE_MAIL else domain
