from . import customer_statement_make
