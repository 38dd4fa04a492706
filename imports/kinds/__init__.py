"""What can be loaded: a module per kind of file."""

from imports.enums import KindName
from imports.kinds.accounts import Accounts
from imports.kinds.contracts import Contracts
from imports.kinds.deals import Deals
from imports.kinds.departments import Departments
from imports.kinds.kind import Kind
from imports.kinds.leads import Leads
from imports.kinds.offerings import Offerings
from imports.kinds.opt_outs import OptOuts
from imports.kinds.persons import Persons
from imports.kinds.seminars import Seminars
from imports.kinds.stage_history import StageHistory
from imports.kinds.touches import Touches
from imports.kinds.users import Users

KINDS: dict[str, type[Kind]] = {
    KindName.ACCOUNTS: Accounts,
    KindName.OFFERINGS: Offerings,
    KindName.USERS: Users,
    KindName.DEALS: Deals,
    KindName.PERSONS: Persons,
    KindName.LEADS: Leads,
    KindName.TOUCHES: Touches,
    KindName.SEMINARS: Seminars,
    KindName.DEPARTMENTS: Departments,
    KindName.CONTRACTS: Contracts,
    KindName.STAGE_HISTORY: StageHistory,
    KindName.OPT_OUTS: OptOuts,
}

__all__ = ["KINDS", "Kind"]
