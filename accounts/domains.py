"""Domains that say where somebody works, and those that do not."""

from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

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


@lru_cache(maxsize=50_000)
def company_domain(address: str) -> str:
    """The registered domain of an address or host (www.midori.co.jp → midori.co.jp), "" if anybody gets one there."""
    host = address.rpartition("@")[2].strip().lower().rstrip(".")
    domain = _suffixes().privatesuffix(host) or "" if host else ""
    return "" if domain in FREE_MAIL or host in FREE_MAIL else domain


@cache
def _suffixes() -> PublicSuffixList:
    """The public suffixes of registries, as of the installed package; a blog's host is one domain."""
    return PublicSuffixList(only_icann=True)
