from . import bank_match_make, bank_match_make_line, bank_match_make_proposal
