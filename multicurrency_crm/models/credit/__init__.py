from . import credit_account, credit_limit, credit_limit_life, res_partner, res_users
