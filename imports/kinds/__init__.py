"""What can be loaded: a module per kind of file."""

from imports.enums import KindName
from imports.kinds.accounts import Accounts
from imports.kinds.kind import Kind

KINDS: dict[str, type[Kind]] = {
    KindName.ACCOUNTS: Accounts,
}

__all__ = ["KINDS", "Kind"]
