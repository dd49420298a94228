from .test_match_race import *
from .test_match_screen import *
from .test_match_tour import *
from .test_matching import *
from .test_payment_claim import *
from .test_payment_claim_fixed import *
from .test_payment_claim_race import *
from .test_payment_claim_tour import *
