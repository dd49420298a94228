from odoo import fields, models
from odoo.fields import Domain

from ..common.html_text import as_html


class CollectionLetter(models.Model):
    """What the last letter does besides, once it left; taken back if it comes back."""

    _inherit = "collection.letter"

    is_holding = fields.Boolean(
        string="Put on Credit Hold",
        readonly=True,
        copy=False,
        help="By this letter, when it left.",
    )

    def _do_last_action(self):
        """Do what the level of this letter asks for besides: not to whom has paid."""
        if self._is_interest_alone():
            return
        # sudo: a manager has decided that by the level
        level = self.level_id.sudo()
        if level.last_action == "hand_over":
            user = self._get_responsible_user()
            spoken = self.with_context(lang=user.lang)
            spoken.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=spoken.env._("Hand over: %s", spoken.partner_id.name),
                note=as_html(
                    spoken.env._(
                        "The last letter left: %(amount)s. Decide who collects it from "
                        "now on.",
                        amount=spoken._get_mail_title(),
                    )
                ),
                user_id=user.id,
            )
        elif level.last_action == "hold":
            # sudo: as above
            customer = self.partner_id.sudo().with_company(self.company_id)
            customer = customer._filter_credit_customers()
            if customer and not customer.credit_hold:
                self._hold(customer)

    def _hold(self, customer):
        """Put the customer on hold by this letter.

        :param customer: ``res.partner`` with sudo, in the company
        """
        # sudo: a manager has decided that by the level
        customer._set_credit_hold(self.company_id.sudo(), True, self._explain_hold)
        self._write_guarded({"is_holding": True})

    def _explain_hold(self, env):
        """Return why a customer is on hold, in the language of ``env``."""
        letter = self.with_env(env)
        return env._(
            "The last reminder left: %(amount)s are open.",
            amount=letter.currency_id._format_amount(letter.amount),
        )

    # === TAKEN BACK === #

    def _take_back_last_action(self):
        """Take back what this letter did besides, since it didn't reach its customer.

        :return: whether the customer's hold is lifted
        """
        self.ensure_one()
        # sudo: what our own code asked for, whoever notes that the letter came back
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        if not self.is_holding:
            return False
        self._write_guarded({"is_holding": False})
        # sudo: as for the hold itself
        customer = self.partner_id.sudo().with_company(self.company_id)
        if not customer.credit_hold or not self._is_own_hold():
            return False
        if other := self._find_other_last():
            other._hold(customer)
            return False
        customer._set_credit_hold(
            self.company_id.sudo(),
            False,
            lambda env: env._("The last reminder came back."),
        )
        return True

    def _is_own_hold(self):
        """Return whether the customer is on hold by this letter still, and nobody has
        decided otherwise since."""
        # sudo: finance doesn't read accounts of credit
        account = self.env["credit.account"].sudo()
        account = account._find(self.partner_id, self.company_id.sudo())[:1]
        # as it was kept, in one language: English, where that is installed
        spoken = account.with_context(lang=account._list_languages()[0])
        return not account.hold_by_rule and spoken.hold_reason == self._explain_hold(
            spoken.env
        )

    def _find_other_last(self):
        """Return a letter, in another currency, say, that has the customer on hold as
        well: it left, and something that it reminds of is open."""
        return self.search(
            Domain("id", "!=", self.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("partner_id", "=", self.partner_id.id)
            & Domain("state", "=", "sent")
            & Domain("level_id.last_action", "=", "hold")
            & Domain("reminder_ids.move_line_id.reconciled", "=", False)
            & Domain("reminder_ids", "!=", False),
            order="id desc",
            limit=1,
        )
