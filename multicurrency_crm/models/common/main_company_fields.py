"""Choices on customers and users that a main company and its branches share.

The rule of this addon for everything that depends on the company:

* **What is chosen or decided belongs to the main company** (``root_id``): settings,
  choices on customers and users, caps, holds, policies, limits, grades, margins, rates
  and who publishes them. A branch reads its main company's, also one that is founded
  later; what is entered in a branch holds for the main company and all of its branches,
  or is refused with a sentence. Nothing is kept twice.
* **What is agreed with somebody** (rate agreements, forwards) is kept by the company
  that signed it, and covers the documents of that company and of the branches below it.
* **What is done** (quotations, orders, invoices, their locks and approvals) belongs to
  the company that did it.

Three tools keep the first: Odoo's root-delegated settings (``res.company`` in this
room) for what a company decides, ``main.company.mixin`` for records of a company, and
the fields below for what depends on the company, in Odoo's sense, on shared records. A
``company_dependent`` field of Odoo has a value a company, branches included: one that
is entered in a branch would be nothing in its main company, where a cap of nothing is
no cap.

Who extends one of these fields in another module uses the same class: Odoo ignores what
a field says that another class of field replaces.
"""

from odoo import fields, models
from odoo.tools import SQL


def _in_main_company(env):
    """Return ``env``, or one like it in the main company of its branch"""
    company_id = env.company.id
    root_id = env["res.company"]._get_root_id(company_id)
    if root_id == company_id:
        return env
    # sudo: who works in a branch needn't work in its main company; whether the value
    # may be read or written is asked in the caller's own environment
    return env(su=True, context={**env.context, "allowed_company_ids": [root_id]})


class OfMainCompany:
    """A ``company_dependent`` field with one value for a main company and its branches.

    It is read, written, searched and cached as in the main company, whatever branch the
    environment is in; Odoo does all the rest. A default that somebody set for the main
    company (``ir.default``) is that of its branches, too.
    """

    def _get_cache_impl(self, env):
        return super()._get_cache_impl(_in_main_company(env))

    def to_sql(self, model, alias):
        return super().to_sql(model.with_env(_in_main_company(model.env)), alias)

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        record = record.with_env(_in_main_company(record.env))
        return super().convert_to_column_insert(value, record, values, validate)

    def get_company_dependent_fallback(self, records):
        there = records.with_env(_in_main_company(records.env))
        fallback = super().get_company_dependent_fallback(there)
        if isinstance(fallback, models.BaseModel):
            return fallback.with_env(records.env)
        return fallback

    def _description_help(self, env):
        """In a branch the label says for whom a value holds that is entered there."""
        text = super()._description_help(env)
        if not env["res.company"]._is_branch(env.company.id):
            return text
        note = env._("Kept by the main company: it holds for all of its branches.")
        return f"{text}\n\n{note}" if text else note


class MainCompanyBoolean(OfMainCompany, fields.Boolean):
    pass


class MainCompanyFloat(OfMainCompany, fields.Float):
    pass


class MainCompanyMany2one(OfMainCompany, fields.Many2one):
    pass


class MainCompanySelection(OfMainCompany, fields.Selection):
    pass


class CustomerRow(fields.Many2one):
    """The one row that a model with ``partner_id`` and ``company_id`` holds of a
    customer with the main company; its contacts have the same.

    Nothing is stored on the partner: neither a new row nor a contact that moves writes
    one. Who follows this field in a list (``related``) joins the rows by their key.
    """

    def join(self, model, alias, query):
        comodel = model.env[self.comodel_name]
        coalias = query.make_alias(alias, self.name)
        condition = SQL(
            "%s = %s AND %s = %s",
            comodel._field_to_sql(coalias, "partner_id"),
            model._field_to_sql(alias, "commercial_partner_id", query),
            comodel._field_to_sql(coalias, "company_id"),
            model.env["res.company"]._get_root_id(model.env.company.id),
        )
        query.add_join("LEFT JOIN", coalias, comodel._table, condition)
        return comodel, coalias
