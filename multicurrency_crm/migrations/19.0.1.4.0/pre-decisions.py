"""Decisions have one set of fields, whatever is decided."""

from odoo.tools.sql import column_exists, create_column, rename_column, table_exists

#: table → {column as it was called: as every decision calls it}
RENAMED = {
    "credit_limit": {"approved_by": "decided_by", "approved_on": "decided_on"},
    "credit_manual_grade": {"approved_by": "decided_by"},
    "fx_rate_hold": {"note": "decision_reason"},
}
#: table → state in which something waits for a decision
ASKED = {
    "credit_limit": "draft",
    "credit_manual_grade": "draft",
    "credit_review": "requested",
    "fx_rate_approval": "requested",
    "fx_rate_hold": "pending",
}


def migrate(cr, version):
    for table, columns in RENAMED.items():
        for old, new in columns.items():
            if column_exists(cr, table, old) and not column_exists(cr, table, new):
                rename_column(cr, table, old, new)
    for table in ASKED:
        # what waited for a decision was asked for when it was made; a table of a later
        # version is made by the update
        if table_exists(cr, table) and not column_exists(cr, table, "requested_on"):
            create_column(cr, table, "requested_on", "timestamp")
            cr.execute(f"UPDATE {table} SET requested_on = create_date")
    # a limit keeps its state until the day from which another counts
    if column_exists(cr, "credit_limit", "superseded_from"):
        cr.execute(
            """UPDATE credit_limit SET state = 'approved'
                WHERE state = 'superseded' AND superseded_from > CURRENT_DATE"""
        )
    # dialogs that one dialog has replaced
    cr.execute(
        "DROP TABLE IF EXISTS fx_rate_approval_refuse, fx_rate_hold_reject,"
        " fx_rate_hold_fx_rate_hold_reject_rel"
    )
