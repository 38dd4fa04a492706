"""Our own people."""

from collections.abc import Sequence
from typing import Any

from imports import values
from imports.fields import Field, Row
from imports.kinds.kind import Kind
from users.enrolling import Enroller, UserFacts
from users.roles import Role

ROLES = {role.casefold(): role for role in Role} | {
    "営業": Role.REP,
    "営業担当": Role.REP,
    "営業マネージャー": Role.SALES_MANAGER,
    "営業責任者": Role.SALES_MANAGER,
    "マーケター": Role.MARKETER,
    "マーケティング": Role.MARKETER,
    "マーケティング責任者": Role.MARKETING_LEAD,
    "代理店": Role.PARTNER,
    "分析者": Role.ANALYST,
}


class Users(Kind):
    """Users who cannot sign in until somebody gives them a password; managers named only beside them come too."""

    fields = (
        Field(
            "name",
            values.text(120),
            ("氏名", "名前", "担当者", "営業担当", "Full Name", "User", "sales_agent", "Sales Rep"),
        ),
        Field("username", values.identifier(150), ("ユーザー名", "ログインID", "User Name", "Login")),
        Field("email", values.email, ("メールアドレス", "メール", "E-mail", "Mail")),
        Field("external_id", values.identifier(120), ("社員番号", "ユーザーID", "User ID", "Employee ID", "Id")),
        Field("role", values.choice(ROLES), ("役割", "ロール", "権限", "Profile"), strict=True),
        Field(
            "team", values.text(120), ("チーム", "部署", "所属", "Department", "regional_office", "Region", "Office")
        ),
        Field("manager", values.text(120), ("上長", "上司", "マネージャー", "Manager Name")),
    )
    needs = (("name",),)

    def __init__(self, **context: Any) -> None:
        super().__init__(**context)
        self._enroller = Enroller(self.source.code, by=self.by, now=self.now)

    def write(self, rows: Sequence[Row]) -> None:
        facts = [UserFacts(**row.values) for row in rows]
        for row, told in zip(rows, self._enroller.enroll(facts), strict=True):
            row.take(told)
