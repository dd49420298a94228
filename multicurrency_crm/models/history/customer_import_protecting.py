from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_list

from .customer_import_checking import RowLeftOut

#: In the context of what an import writes of customers; from outside, it only hinders.
BROUGHT_IN = "multicurrency_brought_in"


class CustomerImport(models.Model):
    """Whose data no import changes: those of colleagues who sign in here, whoever may
    change them by hand, and of the database's own companies. A password is sent to the
    address of its user."""

    _inherit = "customer.import"

    def _filter_protected(self, partners):
        """Return those of some partners that no import changes: of internal users,
        closed ones included, and of companies.

        :return: ``res.partner``
        """
        own, _above = self.env["res.company"]._get_own_partner_ids()
        return partners.filtered(
            lambda one: (
                one.id in own or any(not it.share for it in self._get_users(one))
            )
        )

    def _get_users(self, partner):
        """Return who signs in, or has signed in, as a partner; with sudo."""
        # sudo: who brings customers in needn't read users
        return partner.sudo().with_context(active_test=False).user_ids

    def _protect(self, found, facts):
        """Have a row of somebody whose data no import changes be asked about, whatever
        proves who it is.

        :param dict found: values of the row, as it was judged
        :return: values of the row
        """
        known = found.get("partner_id") or found.get("duplicate_id")
        partner = self._browse_read(known or (), facts)
        if not known or not self._filter_protected(partner):
            return found
        return {
            **found,
            "state": "duplicate",
            "partner_id": None,
            "duplicate_id": partner.id,
            "message": self.env._(
                "%(name)s is a company, or the contact of a user, of this database: "
                "no import changes it. It is left out, unless you create somebody else "
                "of that name.",
                name=self._name_known(partner.id),
            ),
        }

    def _check_no_person_here(self, customer):
        """:raises RowLeftOut: a contact would be added to somebody whose data no import
        changes"""
        if self._filter_protected(customer):
            raise RowLeftOut(self._explain_protected(customer))

    def _check_changeable(self, partners):
        """:raises UserError: no import changes one of some partners; whatever writes
        them is held to it by ``res.partner`` once more"""
        if protected := self._filter_protected(partners):
            raise UserError(self._explain_protected(protected))

    def _explain_protected(self, partners):
        return self.env._(
            "%(names)s: of a company, or of a user, of this database. No import "
            "changes that: leave these rows out.",
            names=format_list(
                self.env, [self._name_known(one) for one in partners[:5].ids]
            ),
        )

    def _check_address(self, partners):
        """:raises UserError: somebody signs in with the address of one of some
        partners"""
        known = partners.filtered(self._get_users)
        if known:
            raise UserError(self._explain_protected(known))

    def _keep_address(self, partner, changes, notes):
        """Leave out of what a row changes the address with which a customer signs in on
        the portal: a new password is sent there.

        :param dict changes: values of a partner, changed
        :param list notes: sentences, added to
        """
        if "email" in changes and self._get_users(partner):
            del changes["email"]
            notes.append(
                self.env._(
                    "Its email stays %(email)s: somebody signs in with it.",
                    email=partner.email or "–",
                )
            )
