"""Our own people."""

from collections.abc import Sequence
from typing import Any

from imports import synonyms, values
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
        Field("name", values.text(120), synonyms.USER_NAME),
        Field("username", values.identifier(150), synonyms.LOGIN),
        Field("email", values.email, synonyms.EMAIL),
        Field("external_id", values.identifier(120), synonyms.USER_ID),
        Field("role", values.choice(ROLES), synonyms.ROLE, strict=True),
        Field("team", values.text(120), synonyms.TEAM),
        Field("manager", values.text(120), synonyms.MANAGER),
    )
    needs = (("name",),)

    def __init__(self, **context: Any) -> None:
        super().__init__(**context)
        self._enroller = Enroller(self.source.code, by=self.by, now=self.now)

    def write(self, rows: Sequence[Row]) -> None:
        facts = [UserFacts(**row.values) for row in rows]
        for row, told in zip(rows, self._enroller.enroll(facts), strict=True):
            row.take(told)
