from . import customer_statement_answer
