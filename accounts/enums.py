"""The words of the accounts floor."""

from enum import StrEnum


class AccountKind(StrEnum):
    """A legal entity, one of its sites, or (BtoC) a household."""

    ENTITY = "ENTITY"
    SITE = "SITE"
    HOUSEHOLD = "HOUSEHOLD"


class Relation(StrEnum):
    """How we stand to an account: 既存顧客, アプローチ中, なし."""

    CUSTOMER = "CUSTOMER"
    PROSPECT = "PROSPECT"
    NONE = "NONE"


class NameKind(StrEnum):
    """Further names an account is found by."""

    FORMER = "FORMER"
    ALIAS = "ALIAS"
    KANA = "KANA"
    ENGLISH = "ENGLISH"


class Function(StrEnum):
    """What a department does, whatever it is called (職能)."""

    MANAGEMENT = "MANAGEMENT"
    PLANNING = "PLANNING"
    RESEARCH = "RESEARCH"
    DESIGN = "DESIGN"
    PRODUCTION = "PRODUCTION"
    PRODUCTION_ENGINEERING = "PRODUCTION_ENGINEERING"
    QUALITY = "QUALITY"
    PURCHASING = "PURCHASING"
    LOGISTICS = "LOGISTICS"
    SALES = "SALES"
    MARKETING = "MARKETING"
    SERVICE = "SERVICE"
    IT = "IT"
    HR = "HR"
    FINANCE = "FINANCE"
    LEGAL = "LEGAL"
    GENERAL_AFFAIRS = "GENERAL_AFFAIRS"
    PUBLIC_RELATIONS = "PUBLIC_RELATIONS"
    FACILITIES = "FACILITIES"
    OTHER = "OTHER"


class Rank(StrEnum):
    """A title's canonical rank, highest first (役職)."""

    EXECUTIVE = "EXECUTIVE"
    DIRECTOR = "DIRECTOR"
    GENERAL_MANAGER = "GENERAL_MANAGER"
    MANAGER = "MANAGER"
    SECTION_CHIEF = "SECTION_CHIEF"
    STAFF = "STAFF"
    UNKNOWN = "UNKNOWN"


class Naming(StrEnum):
    """What a text names: a department, of which we ask the function; a title, of which we ask the rank."""

    DEPARTMENT = "DEPARTMENT"
    TITLE = "TITLE"


class SourceKind(StrEnum):
    """What kind of place customer information came from."""

    MA = "MA"
    SFA = "SFA"
    CRM = "CRM"
    SEMINAR = "SEMINAR"
    EXHIBITION = "EXHIBITION"
    CARDS = "CARDS"
    WEB = "WEB"
    REGISTER = "REGISTER"
    OTHER = "OTHER"


class DoubtKind(StrEnum):
    """What a doubt is about: a company told of, two companies, two persons."""

    TOLD = "TOLD"
    ACCOUNTS = "ACCOUNTS"
    PERSONS = "PERSONS"


class DoubtState(StrEnum):
    """What became of a doubt: still open, linked (or merged), registered as new, dismissed (not the same)."""

    OPEN = "OPEN"
    LINKED = "LINKED"
    NEW = "NEW"
    DISMISSED = "DISMISSED"


class MergeKind(StrEnum):
    """What was merged."""

    ACCOUNT = "ACCOUNT"
    PERSON = "PERSON"


class Basis(StrEnum):
    """On which ground we may keep and use what we know of a person."""

    CONSENT = "CONSENT"
    CARD = "CARD"
    DEALINGS = "DEALINGS"
    PUBLISHED = "PUBLISHED"


class CostKind(StrEnum):
    """What a cost of a source is for: each card, each seminar, or the whole."""

    PER_CARD = "PER_CARD"
    PER_SEMINAR = "PER_SEMINAR"
    FLAT = "FLAT"


class ErasureState(StrEnum):
    """Asked for, or done."""

    ASKED = "ASKED"
    DONE = "DONE"
