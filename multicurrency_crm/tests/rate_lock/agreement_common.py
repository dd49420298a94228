"""A customer that orders at a rate agreed with finance."""

from datetime import timedelta

from .common import TODAY, RateLockCommon


class AgreementCommon(RateLockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance = cls._create_salesperson(
            "agreeing_finance",
            "sales_team.group_sale_salesman,multicurrency_crm.group_finance",
        )
        cls.product.list_price = 700.0

    @classmethod
    def _agree(cls, quoted="7.0", cap=0.0, days=90, draft=False, **values):
        agreement = cls.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": cls.company.id,
                "partner_id": cls.customer.id,
                "currency_id": cls.usd.id,
                "quoted_rate": quoted,
                "date_start": TODAY,
                "date_end": TODAY + timedelta(days=days),
                "amount_cap": cap,
                **values,
            }
        )
        if not draft:
            agreement.action_activate()
        return agreement

    @classmethod
    def _send(cls, order):
        order.action_quotation_sent()
