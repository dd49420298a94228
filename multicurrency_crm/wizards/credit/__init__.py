from . import (
    sale_order_close_rest,
    sale_order_confirm_report,
    sale_order_confirm_report_line,
)
