from . import customer_ageing_ask, customer_statement_answer, customer_statement_make
