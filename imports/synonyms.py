"""What files call things, in Japanese and English; spelling, width and case do not matter (imports.headers).

Earlier names win where a file has several of them.
"""

COMPANY = (
    "会社名", "企業名", "法人名", "商号", "取引先名", "顧客名", "提出者名", "勤務先", "Account Name", "Company Name",
    "Company", "Account", "Organization Name", "Organization", "社名", "会社", "組織名", "団体名", "勤務先名",
    "商号又は名称", "Employer",
)  # fmt: skip
COMPANY_ID = (
    "取引先ID", "会社ID", "企業ID", "顧客コード", "会社コード", "ＥＤＩＮＥＴコード", "Account ID", "Company ID",
    "Associated Company ID", "Account Name.id", "取引先コード", "企業コード", "法人コード",
)  # fmt: skip
OWN_ID = ("レコードID", "管理番号", "Record ID", "External ID", "Id", "顧客番号", "顧客ID", "名刺番号", "会員番号")
CORPORATE_NUMBER = ("法人番号", "提出者法人番号", "Corporate Number")
KANA = (
    "会社名カナ", "フリガナ", "ふりがな", "カナ", "ヨミ", "提出者名（ヨミ）", "会社名フリガナ", "会社名かな",
    "会社カナ", "社名カナ", "商号カナ", "カナ名称", "商号又は名称フリガナ",
)  # fmt: skip
ENGLISH_NAME = ("会社名英語", "英字名", "英語名", "提出者名（英字）", "English Name")
INDUSTRY = ("業種", "業界", "提出者業種", "Industry", "Sector")
EMPLOYEES = (
    "従業員数", "社員数", "Number Of Employees", "No. of Employees", "Employees", "従業員", "Employee Count",
    "Headcount",
)  # fmt: skip
REVENUE = ("売上高", "年商", "年間売上", "Annual Revenue", "Revenue", "売上", "売上金額")
CURRENCY = ("通貨", "通貨コード", "Currency", "Currency Code", "CurrencyIsoCode")
PREFECTURE = (
    "都道府県", "都道府県(請求先)", "State", "Billing State", "State/Region", "Billing State/Province",
    "State/Province",
)  # fmt: skip
LISTED = ("上場区分", "上場", "上場・非上場", "Listed", "Ownership", "Public or private")
ADDRESS = (
    "住所", "所在地", "本社所在地", "Address", "Billing Street", "Billing City", "Office Location", "本店所在地",
    "本社住所", "会社住所", "勤務先住所",
)  # fmt: skip
PHONE = (
    "電話番号", "電話", "代表電話", "TEL", "TEL会社", "勤務先電話", "会社電話", "会社電話番号", "Phone",
    "Phone Number", "電話番号代表", "TEL番号", "Business Phone", "Work Phone",
)  # fmt: skip
DOMAIN = (
    "ドメイン", "URL", "ホームページ", "Website", "Website URL", "Web", "Webサイト", "Company Domain Name",
    "ホームページURL", "企業ホームページURL", "会社URL", "企業URL", "HP", "Web Site",
)  # fmt: skip
PARENT = ("親会社", "親会社名", "Parent Account", "Parent", "ParentId", "Subsidiary Of")

FULL_NAME = (
    "氏名", "名前", "お名前", "担当者名", "Full Name", "Name", "Contact Name", "フルネーム", "氏名漢字", "参加者名",
    "申込者名", "担当者", "Person Name", "姓名", "顧客名",
)  # fmt: skip
LAST_NAME = ("姓", "氏名[姓]", "名前(姓)", "苗字", "Last Name", "Family Name", "Surname")
FIRST_NAME = ("名", "氏名[名]", "名前(名)", "First Name", "Given Name")
PERSON_KANA = (
    "氏名カナ", "氏名かな", "フリガナ", "ふりがな", "Name Reading", "氏名フリガナ", "氏名ふりがな", "名前カナ",
    "名前フリガナ", "よみ", "カナ", "姓名カナ",
)  # fmt: skip
EMAIL = (
    "メールアドレス", "メール", "電子メールアドレス", "電子メール", "Eメール", "E-mail", "Email", "Email Address",
    "Mail", "E-mail Address", "Work Email", "Email Work", "Business Email", "E-mail 1 Value", "連絡先メールアドレス",
    "会社メールアドレス",
)  # fmt: skip
DIRECT_PHONE = (
    "TEL直通", "直通電話", "電話番号", "電話", "TEL", "TEL会社", "勤務先電話", "Phone", "Phone Number", "TEL番号",
    "連絡先電話番号", "Business Phone", "Work Phone", "Phone Work", "Phone 1 Value", "Direct Dial",
)  # fmt: skip
MOBILE = ("携帯電話", "携帯電話番号", "携帯", "Mobile Phone", "Mobile", "Mobile Phone Number", "Cell", "Cell Phone")
TITLE = ("役職", "役職名", "肩書", "Title", "Job Title", "Position", "Organization Title", "職位", "職名")
RANK = ("役職ランク", "職位", "Rank", "Job Level", "Seniority")
DEPARTMENT = (
    "部署名", "部署", "所属部署", "所属", "Department", "Department Name", "部門", "部門名", "部課", "部課名",
    "所属部門", "部署・役職",
)  # fmt: skip
CARD_DATE = ("名刺交換日", "交換日", "Exchange Date", "Connected On")
OPT_OUT = (
    "オプトアウト", "配信停止", "メール配信停止", "配信停止フラグ", "メルマガ配信停止", "配信拒否", "Opt Out",
    "Opted Out", "Email Opt Out", "HasOptedOutOfEmail", "Unsubscribed", "Unsubscribed from all email",
)  # fmt: skip
OPT_OUT_DATE = (
    "配信停止日時", "配信停止日", "オプトアウト日時", "オプトアウト日", "停止日", "解除日時", "解除日",
    "Unsubscribed At", "Unsubscribe Date", "Unsubscribed Date", "Opt Out Date", "Opted Out At", "Opt-out Date",
)  # fmt: skip
OPT_OUT_CHANNEL = ("受付経路", "停止経路", "経路", "チャネル", "Channel")
OPT_OUT_EVIDENCE = ("証跡", "根拠", "停止理由", "解除理由", "理由", "Evidence", "Reason", "Unsubscribe Reason")

USER_NAME = ("氏名", "名前", "営業担当", "担当者", "Full Name", "User", "Sales Agent", "Sales Rep")
LOGIN = ("ユーザー名", "ログインID", "User Name", "Login")
USER_ID = ("社員番号", "ユーザーID", "User ID", "Employee ID", "Id")
ROLE = ("役割", "ロール", "権限", "Role", "Profile")
TEAM = ("チーム", "部署", "所属", "Team", "Department", "Regional Office", "Region", "Office")
MANAGER = ("上長", "上司", "マネージャー", "Manager", "Manager Name")

OFFERING_CODE = ("商品コード", "商材コード", "製品コード", "品番", "Product Code", "SKU")
OFFERING = ("商品名", "商材名", "製品名", "商品", "商材", "製品", "Product Name", "Product", "Offering")
CATEGORY = ("カテゴリ", "分類", "シリーズ", "Category", "Series", "Product Family", "Family")
PRICE = ("価格", "単価", "定価", "標準価格", "List Price", "Price", "Sales Price", "Unit Price")

DEAL_ID = ("商談ID", "案件ID", "案件番号", "Opportunity ID", "Deal ID", "Record ID", "Id", "商談コード", "案件コード")
DEAL_NAME = ("商談名", "案件名", "Opportunity Name", "Deal Name", "Name", "Deal Title", "Title")
OWNER = (
    "所有者", "商談所有者", "担当者", "営業担当", "Owner", "Opportunity Owner", "Deal Owner", "Sales Agent",
    "OwnerId", "営業担当者", "担当営業", "担当社員", "主担当", "担当者名", "Sales Rep", "Rep",
)  # fmt: skip
STATUS = ("状態", "結果", "Status", "ステータス")
STAGE = (
    "フェーズ", "ステージ", "StageName", "Stage", "Deal Stage", "進捗状況", "進捗", "商談フェーズ", "案件フェーズ",
    "Pipeline Stage",
)  # fmt: skip
AMOUNT = (
    "金額", "受注金額", "商談金額", "Amount", "Close Value", "見込金額", "見込額", "受注見込額", "Deal Value",
    "Value",
)  # fmt: skip
OPENED_ON = (
    "作成日", "商談開始日", "開始日", "Created Date", "Create Date", "Engage Date", "案件登録日", "登録日",
    "Deal Created", "Created",
)  # fmt: skip
EXPECTED_ON = ("完了予定日", "受注予定日", "Expected Close Date", "Close Date", "Closing Date")
CLOSED_ON = (
    "完了日", "受注日", "Closed Date", "完了予定日", "Close Date", "Closing Date", "成約日", "Won Time", "Closed On",
    "Closed",
)  # fmt: skip
"""An SFA with one day for both has it stand for the expected one while a deal is open, and then for the real one."""

LEAD_ID = ("リードID", "Lead ID", "Record ID", "Id")
LEAD_DEAL = ("商談ID", "Converted Opportunity ID", "Deal ID", "Opportunity ID")
CREATED_AT = ("作成日時", "作成日", "登録日", "Created Date", "Create Date")

TOUCH_KIND = (
    "種別", "種類", "活動種別", "Kind", "Type", "Activity Type", "Event Type", "イベント種別", "アクション",
    "イベント",
)  # fmt: skip
MINUTES = (
    "分", "滞在時間（分）", "所要時間（分）", "Minutes", "Duration (min)", "Duration", "Time in Session minutes",
    "視聴時間分",
)  # fmt: skip
DIRECTION = ("方向", "Direction")
TWO_WAY = ("双方向", "対話", "Two Way")
OCCURRED_AT = (
    "日時", "発生日時", "実施日", "日付", "Occurred At", "Date", "Activity Date", "Timestamp", "配信日時",
    "アクセス日時", "活動日", "接触日",
)  # fmt: skip
TOUCH_TITLE = ("件名", "タイトル", "Subject", "Title", "Page")
TOUCH_USER = ("担当者", "実施者", "自社担当", "User", "Owner", "Assigned To")
EVENT_ID = ("イベントID", "活動ID", "ログID", "Event ID", "Activity ID", "Record ID", "Id")

RECORD_ID = ("商談ID", "案件ID", "リードID", "Opportunity ID", "Deal ID", "Lead ID", "Record ID")
NEW_STAGE = ("フェーズ", "ステージ", "状態", "新しい値", "StageName", "Stage", "Deal Stage", "New Value", "Status")
CHANGED_AT = ("変更日時", "更新日時", "作成日時", "作成日", "日時", "Changed At", "Created Date", "Timestamp", "Date")

SEMINAR = (
    "セミナー名", "イベント名", "ウェビナー名", "Seminar", "Event", "Event Name", "Webinar", "Topic", "展示会名",
    "キャンペーン名",
)  # fmt: skip
HELD_AT = ("開催日時", "開催日", "セミナー開催日", "日時", "Date", "Event Date", "Start Time", "Held At", "会期")
REGISTERED = ("申込日時", "申込日", "登録日時", "申込", "登録", "Registered", "Registration Time", "Registered At")
ATTENDED = (
    "参加日時", "参加", "出席", "参加状況", "出欠", "来場", "来場状況", "Attended", "Attendance", "Join Time",
    "来場日時", "来場日",
)  # fmt: skip
REGISTRANT_ID = ("申込ID", "受付番号", "Registration ID", "Registrant ID", "申込番号")

PARENT_DEPARTMENT = ("上位部署", "親部署", "本部", "Parent Department", "Parent", "Division", "上位部門")
FUNCTION = ("職能", "機能", "Function")

CONTRACT_ID = ("契約ID", "契約番号", "Contract ID", "Contract Number", "Id")
STARTED_ON = ("契約開始日", "契約日", "開始日", "導入日", "Start Date", "Contract Start Date", "Started On", "契約開始")
ENDED_ON = ("契約終了日", "終了日", "満了日", "End Date", "Contract End Date", "Ended On", "契約満了", "契約終了")
CONTRACT_AMOUNT = ("契約金額", "金額", "受注金額", "Amount", "Contract Value", "年額", "契約額")
