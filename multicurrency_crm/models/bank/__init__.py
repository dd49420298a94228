"""Bank: receipts matched with what customers owe, and claimed by whoever knows them."""

from . import res_config_settings
