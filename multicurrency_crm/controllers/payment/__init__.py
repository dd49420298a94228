from . import account_portal, portal
