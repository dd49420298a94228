from .test_payment_claim import *
from .test_payment_claim_fixed import *
from .test_payment_claim_race import *
from .test_payment_claim_tour import *
