"""Odoo's server by a file: several workers start themselves again by its name."""

import odoo.cli

odoo.cli.main()
