"""What happens once, when the addon enters or leaves a database."""


def post_init_hook(env):
    """Fill in what existing records need, in SQL: a live database may hold
    100,000 orders."""


def uninstall_hook(env):
    """Leave the database as Odoo alone would have it."""
