from . import customer_follow_up_make, customer_today_done
