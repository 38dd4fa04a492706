"""Exports as their vendors write them: recognised by their header, and each column by what it means."""

import pytest

from imports import mapping, proposals
from imports.kinds import KINDS
from imports.presets import recognised
from imports.reading import Table, open_table

EXPORTS = {
    "eight": ("Eight", "persons", {
        "会社名": "account", "部署名": "department", "役職": "title", "氏名": "name", "e-mail": "email", "郵便番号": "",
        "住所": "", "TEL会社": "", "TEL部門": "", "TEL直通": "phone", "FAX": "", "携帯電話": "mobile", "URL": "",
        "名刺交換日": "card_on", "Eightでつながっている人": "", "再データ化中の名刺": "", "'?'を含んだデータ": "",
    }),
    "eight, names in two": ("Eight", "persons", {
        "会社名": "account", "部署名": "department", "役職": "title", "姓": "last_name", "名": "first_name",
        "e-mail": "email", "TEL直通": "phone", "Fax": "", "携帯電話": "mobile", "URL": "", "名刺交換日": "card_on",
        "Eightでつながっている人": "", "再データ化中の名刺": "", "'?'を含んだデータ": "", "展示会2026": "",
    }),
    "sansan": ("Sansan", "persons", {
        "会社名": "account", "部署名": "department", "役職": "title", "氏名": "name", "郵便番号(1)": "",
        "住所(1)［全て］": "", "TEL(1)": "phone", "携帯電話(1)": "mobile", "メールアドレス(1)": "email",
        "名刺交換日": "card_on", "名刺所有者ユーザID": "",
    }),
    "salesforce report": ("Salesforce（レポート）", "persons", {
        "取引先責任者 ID": "external_id", "取引先 ID": "account_id", "取引先名": "account", "姓": "last_name",
        "名": "first_name", "役職": "title", "部署": "department", "電話": "phone", "携帯電話": "mobile",
        "メール": "email", "取引先責任者 所有者": "",
    }),
    "salesforce report of accounts": ("Salesforce（レポート）", "accounts", {
        "取引先 ID": "external_id", "取引先名": "name", "親取引先": "parent", "都道府県(請求先)": "prefecture",
        "市区郡(請求先)": "address", "電話": "phone", "Web サイト": "domain", "業種": "industry",
        "従業員数": "employees", "年間売上": "revenue", "取引先 所有者": "",
    }),
    "salesforce report of opportunities": ("Salesforce（レポート）", "deals", {
        "商談 ID": "external_id", "商談名": "name", "取引先名": "account", "フェーズ": "status+stage_name",
        "金額": "amount", "完了予定日": "expected_on+closed_on", "作成日": "opened_on", "商談 所有者": "owner",
    }),
    "hubspot": ("HubSpot", "persons", {
        "Record ID": "external_id", "First Name": "first_name", "Last Name": "last_name", "Email": "email",
        "Phone Number": "phone", "Contact owner": "", "Lead Status": "", "Create Date": "",
        "Associated Company IDs (Primary)": "account_id", "Associated Company (Primary)": "account",
    }),
    "hubspot, two objects": ("HubSpot", "persons", {
        "Record ID - Contact": "external_id", "First Name": "first_name", "Last Name": "last_name",
        "Job Title": "title", "Email": "email", "Phone Number": "phone", "Record ID - Company": "account_id",
        "Company name": "account", "Unsubscribed from all email": "opted_out",
    }),
    "hubspot companies": ("HubSpot", "accounts", {
        "Record ID": "external_id", "Company name": "name", "Company owner": "", "Phone Number": "phone",
        "Company Domain Name": "domain", "Industry": "industry", "State/Region": "prefecture",
    }),
    "hubspot deals": ("HubSpot", "deals", {
        "Record ID": "external_id", "Deal Name": "name", "Deal Stage": "status+stage_name", "Pipeline": "",
        "Close Date": "expected_on+closed_on", "Deal owner": "owner", "Amount": "amount",
        "Associated Company (Primary)": "account",
    }),
    "marketo": ("Marketo", "persons", {
        "Id": "external_id", "First Name": "first_name", "Last Name": "last_name", "Job Title": "title",
        "Company Name": "account", "Email Address": "email", "Phone Number": "phone", "Unsubscribed": "opted_out",
        "Person Score": "",
    }),
    "marketo by rest": ("Marketo（REST）", "persons", {
        "id": "external_id", "firstName": "first_name", "lastName": "last_name", "title": "title",
        "company": "account", "email": "email", "phone": "phone", "mobilePhone": "mobile",
        "unsubscribed": "opted_out", "leadScore": "",
    }),
    "zoho": ("Zoho CRM", "persons", {
        "Record Id": "external_id", "Contact Owner.id": "", "Contact Owner": "", "Lead Source": "",
        "First Name": "first_name", "Last Name": "last_name", "Account Name.id": "account_id",
        "Account Name": "account", "Email": "email", "Title": "title", "Department": "department", "Phone": "phone",
        "Mobile": "mobile", "Email Opt Out": "opted_out", "Contact Name": "",
    }),
    "zoho bigin": ("Zoho Bigin", "persons", {
        "Contact Id": "external_id", "Contact Owner": "", "First Name": "first_name", "Last Name": "last_name",
        "Email": "email", "Company Name.id": "account_id", "Company Name": "account", "Mobile": "mobile",
        "Phone": "phone", "Email Opt Out": "opted_out",
    }),
    "zoho deals": ("Zoho CRM", "deals", {
        "Record Id": "external_id", "Deal Owner.id": "", "Deal Owner": "owner", "Deal Name": "name",
        "Amount": "amount", "Closing Date": "expected_on+closed_on", "Account Name.id": "account_id",
        "Account Name": "account", "Stage": "status+stage_name", "Probability (%)": "",
    }),
    "shanon": ("SHANON MARKETING PLATFORM", "persons", {
        "リードID": "external_id", "氏名": "last_name", "名前(名)": "first_name", "会社名": "account",
        "部署名": "department", "役職": "title", "E-mail": "email",
    }),
    "shanon seminars": ("SHANON MARKETING PLATFORM", "seminars", {
        "申込ID": "external_id", "キャンペーン名": "title", "開催日": "held_at", "氏名": "name", "会社名": "account",
        "E-mail": "email", "申込日時": "registered", "来場状況": "attended",
    }),
    "kintone": ("kintone", "persons", {
        "レコード番号": "external_id", "会社名": "account", "部署名": "department", "担当者名": "name", "郵便番号": "",
        "TEL": "phone", "FAX": "", "住所": "", "備考": "", "メールアドレス": "email", "更新日時": "",
    }),
    "linkedin": ("LinkedIn", "persons", {
        "First Name": "first_name", "Last Name": "last_name", "URL": "", "Email Address": "email",
        "Company": "account", "Position": "title", "Connected On": "card_on",
    }),
}  # fmt: skip


def table(tmp_path, header) -> Table:
    path = tmp_path / "export.csv"
    path.write_text(",".join(f'"{name}"' for name in header) + "\n" + ",".join("" for _name in header) + "x\n")
    return open_table(path, known_headers=proposals.known_headers())


@pytest.mark.django_db
@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_is_understood_as_its_vendor_writes_it(tmp_path, export):
    title, kind, columns = EXPORTS[export]
    proposed = proposals.propose(table(tmp_path, columns))
    said = {column: "+".join([names] if isinstance(names, str) else names)
            for column, names in proposed.mapping["columns"].items()}  # fmt: skip
    assert (proposed.preset, proposed.kind) == (title, kind)
    assert {column: said.get(column, "") for column in columns} == columns
    mapping.parse(proposed.mapping, kind=kind, fields=KINDS[kind].fields)


def test_a_header_nobody_writes_is_no_export():
    assert recognised(["会社名", "氏名"]) is None
