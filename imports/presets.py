"""Exports that many companies have: how they are recognised by their headers, and what these mean.

Each says only what the synonyms (imports.synonyms) do not find by themselves. `signs` are headers that no other export
has together; the preset with most signs present wins. Titles are the products' own names.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from imports.enums import KindName
from imports.headers import normal_header

Columns = Mapping[str, str | tuple[str, ...]]
STAGES = {"status": {"Closed Won": "WON", "closedwon": "WON", "Closed Lost": "LOST", "closedlost": "LOST", "*": "OPEN"}}
AMERICAN = ("%m/%d/%Y", "%m/%d/%y", "%m/%d/%Y %I:%M %p", "%m/%d/%y %I:%M %p", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S.%f%z")


@dataclass(frozen=True)
class Preset:
    """One export: `name` is also the source proposed for it, `columns` its headers → fields."""

    name: str
    title: str
    kind: str
    signs: tuple[str, ...]
    columns: Columns = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()

    @cached_property
    def spelled_signs(self) -> frozenset[str]:
        """The signs in one spelling."""
        return frozenset(map(normal_header, self.signs))


_SALESFORCE_PERSON: Columns = {
    "LastName": "last_name",
    "FirstName": "first_name",
    "MobilePhone": "mobile",
    "HasOptedOutOfEmail": "opted_out",
}

_HUBSPOT_PERSON: Columns = {
    "Record ID": "external_id",
    "Record ID - Contact": "external_id",
    "Associated Company ID": "account_id",
    "Primary Associated Company ID": "account_id",
    "Associated Company IDs (Primary)": "account_id",
    "Record ID - Company": "account_id",
    "Company Name": "account",
    "Associated Company": "account",
    "Associated Company (Primary)": "account",
    "Unsubscribed from all email": "opted_out",
}
_HUBSPOT_COMPANY: Columns = {
    "Record ID": "external_id",
    "Record ID - Company": "external_id",
    "Company Domain Name": "domain",
    "Company name": "name",
}
_MARKETO: Columns = {
    "Id": "external_id",
    "Company Name": "account",
    "Company": "account",
    "Unsubscribed": "opted_out",
}
_STAGED: Columns = {"Deal Stage": ("status", "stage_name"), "Stage": ("status", "stage_name")}
_HUBSPOT_DEAL: Columns = {
    "Record ID": "external_id",
    "Record ID - Deal": "external_id",
    "Close Date": ("expected_on", "closed_on"),
    "Associated Company": "account",
    "Associated Company (Primary)": "account",
    **_STAGED,
}

PRESETS = (
    Preset(
        "eight", "Eight", KindName.PERSONS,
        signs=("会社名", "e-mail", "名刺交換日", "Eightでつながっている人"),
        columns={"TEL直通": "phone", "携帯電話": "mobile", "名刺交換日": "card_on"},
        leaves_out=("URL",),
    ),
    Preset(
        "eight", "Eight", KindName.PERSONS,
        signs=("会社名", "部署名", "名刺交換日", "再データ化中の名刺"),
        columns={"携帯電話": "mobile", "名刺交換日": "card_on"},
    ),
    Preset(
        "sansan", "Sansan", KindName.PERSONS,
        signs=("会社名", "名刺所有者ユーザID"),
        columns={
            "氏名[姓]": "last_name", "氏名[名]": "first_name", "メールアドレス(1)": "email", "TEL(1)": "phone",
            "携帯電話(1)": "mobile", "名刺交換日": "card_on", "CI人物ID": "external_id", "名刺ID": "external_id",
        },
    ),
    Preset(
        "sansan", "Sansan Data Hub", KindName.ACCOUNTS,
        signs=("SOC", "会社名", "SLC"),
        columns={"SOC": "external_id", "会社名": "name"},
    ),
    Preset(
        "salesforce", "Salesforce", KindName.ACCOUNTS,
        signs=("Id", "Name", "ParentId", "BillingState"),
        columns={
            "Id": "external_id", "Name": "name", "ParentId": "parent", "BillingState": "prefecture",
            "BillingCity": "address", "NumberOfEmployees": "employees", "AnnualRevenue": "revenue",
            "Ownership": "listed",
        },
    ),
    Preset(
        "salesforce", "Salesforce", KindName.PERSONS,
        signs=("Id", "AccountId", "LastName", "FirstName"),
        columns={**_SALESFORCE_PERSON, "Id": "external_id", "AccountId": "account_id"},
        dates=AMERICAN,
        leaves_out=("Name",),
    ),
    Preset(
        "salesforce", "Salesforce", KindName.LEADS,
        signs=("Id", "LastName", "Company", "IsConverted", "Status"),
        columns={
            **_SALESFORCE_PERSON, "Id": "external_id", "Company": "account", "ConvertedDate": "pipeline_at",
            "CreatedDate": "created_at",
        },
        dates=AMERICAN,
        leaves_out=("Name", "OwnerId"),
    ),
    Preset(
        "salesforce", "Salesforce", KindName.DEALS,
        signs=("Id", "AccountId", "StageName", "CloseDate"),
        columns={
            "Id": "external_id", "AccountId": "account_id", "StageName": ("status", "stage_name"),
            "CreatedDate": "opened_on", "CloseDate": ("expected_on", "closed_on"),
        },
        values=STAGES,
        dates=AMERICAN,
    ),
    Preset(
        "salesforce", "Salesforce", KindName.STAGE_HISTORY,
        signs=("Id", "OpportunityId", "StageName", "CreatedDate"),
        columns={"OpportunityId": "external_id", "StageName": "stage", "CreatedDate": "at"},
        dates=AMERICAN,
    ),
    Preset(
        "salesforce", "Salesforce（レポート）", KindName.PERSONS,
        signs=("取引先名", "取引先責任者ID", "姓"),
        columns={"取引先責任者ID": "external_id", "取引先ID": "account_id"},
    ),
    Preset(
        "salesforce", "Salesforce（レポート）", KindName.ACCOUNTS,
        signs=("取引先ID", "取引先名", "取引先所有者"),
        columns={
            "取引先ID": "external_id", "取引先名": "name", "親取引先": "parent", "都道府県(請求先)": "prefecture",
            "市区郡(請求先)": "address", "町名・番地(請求先)": "address",
        },
    ),
    Preset(
        "salesforce", "Salesforce（レポート）", KindName.DEALS,
        signs=("商談ID", "商談名", "フェーズ", "完了予定日"),
        values=STAGES,
    ),
    Preset(
        "hubspot", "HubSpot", KindName.PERSONS,
        signs=("First Name", "Last Name", "Contact owner", "Lifecycle Stage"),
        columns={**_HUBSPOT_PERSON, "Contact ID": "external_id"},
    ),
    Preset(
        "hubspot", "HubSpot", KindName.PERSONS,
        signs=("Record ID", "Last Name", "Phone Number", "Contact owner"),
        columns=_HUBSPOT_PERSON,
    ),
    Preset(
        "hubspot", "HubSpot", KindName.PERSONS,
        signs=("Record ID - Contact", "Last Name"),
        columns=_HUBSPOT_PERSON,
    ),
    Preset(
        "hubspot", "HubSpot", KindName.ACCOUNTS,
        signs=("Record ID", "Company name", "Company owner"),
        columns=_HUBSPOT_COMPANY,
    ),
    Preset(
        "hubspot", "HubSpot", KindName.ACCOUNTS,
        signs=("Record ID - Company", "Company name", "Company owner"),
        columns=_HUBSPOT_COMPANY,
    ),
    Preset(
        "hubspot", "HubSpot", KindName.DEALS,
        signs=("Record ID", "Deal Name", "Deal Stage"),
        columns=_HUBSPOT_DEAL,
        values=STAGES,
    ),
    Preset(
        "hubspot", "HubSpot", KindName.DEALS,
        signs=("Record ID - Deal", "Deal Name", "Deal Stage"),
        columns=_HUBSPOT_DEAL,
        values=STAGES,
    ),
    Preset(
        "marketo", "Marketo", KindName.PERSONS,
        signs=("Id", "Company Name", "Email Address", "Lead Score"),
        columns=_MARKETO,
    ),
    Preset(
        "marketo", "Marketo", KindName.PERSONS,
        signs=("Id", "Company Name", "Email Address", "Person Score"),
        columns=_MARKETO,
    ),
    Preset(
        "marketo", "Marketo（REST）", KindName.PERSONS,
        signs=("id", "company", "email", "leadScore"),
        columns=_MARKETO,
    ),
    Preset(
        "marketo", "Marketo", KindName.PERSONS,
        signs=("Marketo SFDC ID",),
        columns=_MARKETO,
    ),
    Preset(
        "zoho", "Zoho CRM", KindName.PERSONS,
        signs=("Record Id", "Account Name", "Contact Owner", "Last Name"),
        columns={"Record Id": "external_id", "Account Name.id": "account_id", "Email Opt Out": "opted_out"},
        leaves_out=("Contact Name",),
    ),
    Preset(
        "zoho", "Zoho Bigin", KindName.PERSONS,
        signs=("Contact Id", "Company Name", "Contact Owner", "Last Name"),
        columns={"Contact Id": "external_id", "Company Name.id": "account_id", "Email Opt Out": "opted_out"},
        leaves_out=("Contact Name",),
    ),
    Preset(
        "zoho", "Zoho CRM", KindName.LEADS,
        signs=("Record Id", "Lead Owner", "Company", "Last Name"),
        columns={
            "Record Id": "external_id", "Company": "account", "Created Time": "created_at",
            "Email Opt Out": "opted_out",
        },
        leaves_out=("Lead Owner", "Full Name", "Lead Name"),
    ),
    Preset(
        "zoho", "Zoho CRM", KindName.ACCOUNTS,
        signs=("Record Id", "Account Name", "Account Owner"),
        columns={"Record Id": "external_id", "Account Name": "name", "Employees": "employees"},
    ),
    Preset(
        "zoho", "Zoho CRM", KindName.DEALS,
        signs=("Record Id", "Deal Name", "Stage", "Closing Date"),
        columns={
            "Record Id": "external_id", **_STAGED, "Closing Date": ("expected_on", "closed_on"),
            "Account Name.id": "account_id", "Deal Owner": "owner", "Created Time": "opened_on",
        },
        values=STAGES,
    ),
    Preset(
        "shanon", "SHANON MARKETING PLATFORM", KindName.PERSONS,
        signs=("顧客ID", "姓", "名", "会社名", "メール配信可否"),
        columns={"顧客ID": "external_id"},
        leaves_out=("メール配信可否",),
    ),
    Preset(
        "shanon", "SHANON MARKETING PLATFORM", KindName.PERSONS,
        signs=("リードID", "名前(名)", "会社名"),
        columns={"リードID": "external_id", "氏名": "last_name", "名前(名)": "first_name"},
    ),
    Preset(
        "shanon", "SHANON MARKETING PLATFORM", KindName.SEMINARS,
        signs=("申込ID", "セミナー名", "来場状況"),
        columns={"申込ID": "external_id", "セミナー名": "title", "来場状況": "attended", "申込日時": "registered"},
    ),
    Preset(
        "shanon", "SHANON MARKETING PLATFORM", KindName.SEMINARS,
        signs=("申込ID", "キャンペーン名", "来場状況"),
        columns={"申込ID": "external_id", "キャンペーン名": "title", "来場状況": "attended", "申込日時": "registered"},
    ),
    Preset(
        "kintone", "kintone", KindName.PERSONS,
        signs=("レコード番号", "会社名", "氏名"),
        columns={"レコード番号": "external_id"},
    ),
    Preset(
        "kintone", "kintone", KindName.PERSONS,
        signs=("レコード番号", "会社名", "担当者名"),
        columns={"レコード番号": "external_id"},
    ),
    Preset(
        "kintone", "kintone", KindName.ACCOUNTS,
        signs=("レコード番号", "会社名"),
        columns={"レコード番号": "external_id"},
    ),
    Preset(
        "edinet", "EDINET", KindName.ACCOUNTS,
        signs=("ＥＤＩＮＥＴコード", "提出者名", "上場区分"),
    ),
    Preset(
        "linkedin", "LinkedIn", KindName.PERSONS,
        signs=("First Name", "Last Name", "Company", "Position", "Connected On"),
        dates=("%d %b %Y",),
        leaves_out=("URL",),
    ),
)  # fmt: skip


def recognised(columns: Collection[str], kind: str = "") -> Preset | None:
    """The export with these headers (holding `kind`, where that is known), or None."""
    there = set(map(normal_header, columns))
    found = [one for one in PRESETS if one.spelled_signs <= there and kind in ("", one.kind)]
    return max(found, key=lambda one: len(one.signs), default=None)


def signs() -> set[str]:
    """All headers by which exports are recognised, in one spelling."""
    return {sign for one in PRESETS for sign in one.spelled_signs}
