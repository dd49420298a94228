from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """What a company lets people write off of receipts as charges of banks."""

    _inherit = "res.company"

    receipt_charge_share = fields.Float(
        string="Charges up to a Share",
        digits=(16, 4),
        bounds=(0, 1),
        groups="base.group_user",
        help="Of what is settled.",
    )
    receipt_charge_amount = fields.Monetary(
        string="Charges up to an Amount",
        currency_field="receipt_charge_currency_id",
        bounds=(0, 1e9),
        groups="base.group_user",
        help="Compared in the currency of the receipt: converted at spot of its day.",
    )
    receipt_charge_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of Charges",
        groups="base.group_user",
        help="Empty: company currency.",
    )
    receipt_charge_account_id = fields.Many2one(
        "account.account",
        string="Account of Charges",
        domain=[("account_type", "in", ("expense", "expense_direct_cost"))],
        check_company=True,
        groups="base.group_user",
        help="Empty: nothing is written off.",
    )

    @api.constrains("receipt_charge_account_id")
    def _check_receipt_charge_account(self):
        for company in self:
            account = company.receipt_charge_account_id
            if account and not account.account_type.startswith("expense"):
                raise ValidationError(
                    self.env._(
                        "%(account)s can't take charges: choose an account of "
                        "expenses.",
                        account=account.display_name,
                    )
                )

    def _get_most_charges(self, currency, day):
        """Return the amount up to which charges are written off, whatever is settled.

        :param currency: ``res.currency`` of the receipt
        :param day: at whose spot the amount of the settings is converted
        :return: in ``currency``; 0 where a rate is missing
        """
        self.ensure_one()
        company = self.sudo()  # sudo: its settings, whoever matches
        own = company.receipt_charge_currency_id or company.currency_id
        if own == currency:
            return company.receipt_charge_amount
        if len((own | currency)._find_spot(company, day)) < 2:
            return 0.0
        amount = company.receipt_charge_amount
        return own._convert(amount, currency, company, day)
