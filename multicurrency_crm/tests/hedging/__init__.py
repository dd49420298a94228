from .test_fx_conversion import *
from .test_fx_conversion_race import *
from .test_fx_forward import *
from .test_fx_forward_cover import *
from .test_fx_forward_race import *
from .test_net_position import *
from .test_net_position_orders import *
