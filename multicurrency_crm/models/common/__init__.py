from . import guarded_mixin
from . import computed_mixin
from . import account_move
from . import account_move_line
from . import ir_rule
from . import payment_transaction
from . import sale_order
from . import sale_order_line
