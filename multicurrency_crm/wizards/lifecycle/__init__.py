from . import customer_follow_up_make
