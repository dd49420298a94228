from . import customer_statement_answer, customer_statement_make
