from . import portal, workbook
