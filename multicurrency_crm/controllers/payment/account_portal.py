from odoo.addons.account_payment.controllers import portal


class PortalAccount(portal.PortalAccount):
    """What an invoice is paid with online is what its route offers."""

    def _invoice_get_page_view_values(self, invoice, *args, **kwargs):
        # Odoo hands on what it is given, but not the invoice
        kwargs["paid_invoices"] = invoice
        return super()._invoice_get_page_view_values(invoice, *args, **kwargs)
