from . import customer_ageing, portal, workbook
