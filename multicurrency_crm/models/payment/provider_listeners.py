"""What is offered to pay online, by the payment route.

At a door, not in an override: modules that load later leave out providers as well (of
another website, for deliveries), and only of what all of them have left can be said
whether a route would leave none.
"""

from odoo import models

from odoo.addons.payment import utils as payment_utils

from ..neighbours.door import listen

#: Of this room on every door.
ORDER = 50
#: {option of Odoo's pages: of which model it names a document}
DOCUMENTS = {"sale_order_id": "sale.order", "invoice_id": "account.move"}


@listen("payment.provider", "_get_compatible_providers", order=ORDER)
def offer_by_route(
    proceed, records, company_id, partner_id, amount, currency_id=None, *args, **kwargs
):
    """Offer those providers that the route of what is paid names. Never raises, and
    never leaves none where Odoo leaves some.

    :param kwargs: of ``payment.provider._get_compatible_providers``; ``report`` is told
        why a provider isn't offered
    """
    found = proceed(
        records, company_id, partner_id, amount, currency_id, *args, **kwargs
    )
    if not found or not currency_id or kwargs.get("is_validation"):
        return found
    env = records.env
    company = env["res.company"].browse(company_id)
    if not env["payment.route"]._get_rules(company):
        return found
    currency = env["res.currency"].browse(currency_id)
    document = find_document(env, kwargs)
    if document and document.currency_id == currency:
        route = document.payment_route_id
    else:
        partner = env["res.partner"].browse(partner_id)
        route = env["payment.route"]._choose(company, partner, currency, amount)
    if not route:
        return found
    kept, left_out = route._narrow_providers(found, currency._format_amount(amount))
    payment_utils.add_to_report(
        kwargs.get("report"),
        left_out,
        available=False,
        # sudo: a route is named, whoever pays
        reason=env._("not on the payment route %(route)s", route=route.sudo().name),
    )
    return kept


def find_document(env, options):
    """Find the order or invoice that is paid.

    :param options: as Odoo's pages hand them on, some of them as texts from an address
    :return: a record with sudo, or None
    """
    invoices = options.get("paid_invoices")
    if isinstance(invoices, models.BaseModel):
        # sudo: a customer pays
        return invoices[:1].sudo()
    for option, model in DOCUMENTS.items():
        document_id = options.get(option)
        if isinstance(document_id, int):
            # sudo: a customer pays; the worst that another's number does is to offer
            # that one's providers
            return env[model].sudo().browse(document_id).exists() or None
    return None
