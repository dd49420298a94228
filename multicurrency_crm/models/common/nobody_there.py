"""Whether a sentence would reach somebody: jobs of the server read none."""

from odoo.http import request


def is_job(env):
    """Return True in a job of the server. Its key in the context proves nothing where
    a client's call brought it: then there is a request"""
    return "cron_id" in env.context and not request
