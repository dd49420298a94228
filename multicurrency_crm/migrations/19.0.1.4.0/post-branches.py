"""Branches that chose for themselves: what is chosen is the main company's."""

import logging

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from odoo.addons.multicurrency_crm.models.common.main_company_fields import (
    OfMainCompany,
)

_logger = logging.getLogger(__name__)

#: What a main company takes of the values that were entered in it and its branches, by
#: id of the company: the stricter one, else its own, else that of its oldest branch.
STRICTEST = {
    "credit_cap": "MIN(v.value::numeric) FILTER (WHERE v.value::numeric > 0)",
    "credit_hold": "BOOL_OR(v.value::boolean)",
}
OLDEST = "(ARRAY_AGG(v.value ORDER BY v.company_id = v.root_id DESC, v.company_id))[1]"

#: Rules by company that were narrower, and what they are now, unless somebody changed
#: them: they are kept from updates.
OLD_RULE = "[('company_id', 'in', company_ids)]"
RULES = {
    "fx_rate_margin_rule_company": "[('company_id', 'parent_of', company_ids)]",
    "fx_rate_lock_rule_company": "['|', ('company_id', 'in', company_ids), "
    "'&', ('kind', '=', 'agreement'), ('company_id', 'parent_of', company_ids)]",
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for model in env.values():
        if model._auto and not model._abstract:
            for field in model._fields.values():
                # users inherit the partners' fields without a column of their own
                if isinstance(field, OfMainCompany) and field.store:
                    fold(cr, model._table, field.name)
    copy_settings(env)
    move_margins(cr)
    for name, domain in RULES.items():
        rule = env.ref(f"multicurrency_crm.{name}", raise_if_not_found=False)
        if rule and rule.domain_force == OLD_RULE:
            rule.domain_force = domain
    env.invalidate_all()
    env.registry.clear_cache()


def fold(cr, table, name):
    """Keep one value a main company."""
    value = STRICTEST.get(name, OLDEST)
    if name == "credit_assessment_id":
        # that of the main company alone: its branches mirrored it
        value = "(ARRAY_AGG(v.value) FILTER (WHERE v.company_id = v.root_id))[1]"
    cr.execute(
        SQL(
            """UPDATE %(table)s t
                  SET %(name)s = folded.kept
                 FROM (SELECT by_root.id,
                              JSONB_OBJECT_AGG(by_root.root_id::text, by_root.value)
                              FILTER (WHERE by_root.value IS NOT NULL) AS kept
                         FROM (SELECT v.id, v.root_id, TO_JSONB(%(value)s) AS value
                                 FROM (SELECT r.id, c.id AS company_id,
                                              SPLIT_PART(c.parent_path, '/', 1)::int
                                              AS root_id,
                                              e.value
                                         FROM %(table)s r,
                                              JSONB_EACH(r.%(name)s) e
                                         JOIN res_company c ON c.id::text = e.key
                                        WHERE e.value != 'null'::jsonb) AS v
                             GROUP BY v.id, v.root_id) AS by_root
                     GROUP BY by_root.id) AS folded
                WHERE folded.id = t.id AND t.%(name)s IS DISTINCT FROM folded.kept""",
            table=SQL.identifier(table),
            name=SQL.identifier(name),
            value=SQL(value),  # pylint: disable=sql-injection
        )
    )


def copy_settings(env):
    """Branches have the settings of their main company; what one had otherwise is said
    in the server's log."""
    Company, cr = env["res.company"], env.cr
    for name in Company._get_multicurrency_settings():
        own, theirs = SQL.identifier("b", name), SQL.identifier("root", name)
        if Company._fields[name].type == "boolean":
            # a box that nobody ticked holds nothing, or no
            own, theirs = (SQL("COALESCE(%s, FALSE)", value) for value in (own, theirs))
        cr.execute(
            SQL(
                """UPDATE res_company b
                      SET %(name)s = root.%(name)s
                     FROM res_company root
                    WHERE b.parent_id IS NOT NULL
                          AND root.id = SPLIT_PART(b.parent_path, '/', 1)::int
                          AND %(theirs)s IS DISTINCT FROM %(own)s
                RETURNING b.id""",
                name=SQL.identifier(name),
                own=own,
                theirs=theirs,
            )
        )
        if ids := [row[0] for row in cr.fetchall()]:
            _logger.warning(
                "%s of branches %s follows their main company from now on.", name, ids
            )


def move_margins(cr):
    """A branch's margins become its main company's where that had none of the kind."""
    cr.execute(
        """WITH of_branch AS (
                SELECT m.id, SPLIT_PART(c.parent_path, '/', 1)::int AS root_id,
                       ROW_NUMBER() OVER (
                           PARTITION BY SPLIT_PART(c.parent_path, '/', 1),
                                        COALESCE(m.currency_id, 0), m.days
                           ORDER BY m.basis_points DESC, m.id) AS place,
                       m.currency_id, m.days
                  FROM fx_rate_margin m
                  JOIN res_company c ON c.id = m.company_id
                 WHERE c.parent_id IS NOT NULL),
              moved AS (
                UPDATE fx_rate_margin m SET company_id = b.root_id
                  FROM of_branch b
                 WHERE m.id = b.id AND b.place = 1
                       AND NOT EXISTS (
                           SELECT FROM fx_rate_margin own
                            WHERE own.company_id = b.root_id AND own.days = b.days
                                  AND COALESCE(own.currency_id, 0)
                                      = COALESCE(b.currency_id, 0))
             RETURNING m.id)
           DELETE FROM fx_rate_margin
            WHERE id IN (SELECT id FROM of_branch)
                  AND id NOT IN (SELECT id FROM moved)"""
    )
