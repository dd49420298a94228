from . import (
    customer_follow_up_make,
    customer_reminder_outlook,
    customer_today_done,
)
