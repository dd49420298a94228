from odoo import api, fields, models
from odoo.tools import format_date

from ...engine.checks import size
from ...engine.quoting import show_rate
from ...engine.rates import as_decimal


class FxRateHold(models.Model):
    """Why a rate is held back, in a sentence for the person who decides."""

    _inherit = "fx.rate.hold"

    explanation = fields.Char(compute="_compute_explanation")

    @api.depends(
        "provider_id",
        "company_id",
        "currency_id",
        "date",
        "published_on",
        "rate",
        "quoted",
        "previous_rate",
        "previous_date",
        "jump",
        "factor",
        "reason",
        "other_rate",
    )
    @api.depends_context("lang")
    def _compute_explanation(self):
        for hold in self:
            # sudo: a confirming provider may serve companies of others
            sentences = [hold.sudo()._explain()]
            if hold.quoted and hold.rate:
                sentences.append(
                    self.env._("Published was: %(quoted)s.", quoted=hold.quoted)
                )
            hold.explanation = " ".join(sentences)

    def _explain(self):
        """The sentence for the reason; a new reason brings ``_explain_<reason>``."""
        self.ensure_one()
        values = {
            "provider": self.provider_id.name,
            "currency": self.currency_id.name,
            "date": format_date(self.env, self.date),
            "published_on": format_date(self.env, self.published_on or self.date),
            "rate": self._get_equation(self.rate),
            "quoted": self.quoted or "",
        }
        if not self.reason:
            return ""
        return getattr(self, f"_explain_{self.reason}")(values)

    def _get_equation(self, rate):
        """``1 CNY = 0.14038 USD``, in the direction of the figures beside it."""
        if rate <= 0:
            return ""
        company_currency = self.company_id.currency_id.name
        return f"1 {company_currency} = {show_rate(rate)} {self.currency_id.name}"

    def _explain_zero(self, values):
        return self.env._(
            "%(provider)s gives %(currency)s on %(published_on)s as zero "
            "(%(quoted)s): that is no rate.",
            **values,
        )

    def _explain_negative(self, values):
        return self.env._(
            "%(provider)s gives %(currency)s on %(published_on)s as a figure below "
            "zero (%(quoted)s): that is no rate.",
            **values,
        )

    def _explain_not_number(self, values):
        return self.env._(
            "%(provider)s gives no number for %(currency)s on %(published_on)s "
            "(%(quoted)s).",
            **values,
        )

    def _explain_jump(self, values):
        previous = {
            "previous": self._get_equation(self.previous_rate),
            "previous_date": self.previous_date
            and format_date(self.env, self.previous_date),
            "jump": _percent(self.jump),
        }
        if self.previous_date == self.date:
            return self.env._(
                "%(provider)s corrects %(date)s to %(rate)s, %(jump)s away from "
                "%(previous)s in the books.",
                **values,
                **previous,
            )
        return self.env._(
            "%(rate)s on %(date)s is %(jump)s away from %(previous)s on "
            "%(previous_date)s: further than this currency usually moves.",
            **values,
            **previous,
        )

    def _explain_scale(self, values):
        previous = {
            "previous": self._get_equation(self.previous_rate),
            "previous_date": self.previous_date
            and format_date(self.env, self.previous_date),
            "factor": self.factor,
        }
        if self.jump > 0:
            return self.env._(
                "%(rate)s on %(date)s looks %(factor)s times too high beside "
                "%(previous)s on %(previous_date)s: per %(factor)s instead of per 1?",
                **values,
                **previous,
            )
        return self.env._(
            "%(rate)s on %(date)s looks %(factor)s times too low beside %(previous)s "
            "on %(previous_date)s: per 1 instead of per %(factor)s?",
            **values,
            **previous,
        )

    def _explain_future(self, values):
        return self.env._(
            "%(provider)s dates %(rate)s on %(published_on)s, which is further ahead "
            "than it ever publishes.",
            **values,
        )

    def _explain_old(self, values):
        return self.env._(
            "The newest rate that %(provider)s has of %(currency)s, %(rate)s, is of "
            "%(published_on)s: that is more than %(days)s days old.",
            **values,
            days=self.provider_id.max_age_days,
        )

    def _explain_disagreement(self, values):
        confirming = self.provider_id.confirm_provider_id.name
        gap = ""
        if self.rate > 0 and self.other_rate > 0:
            gap = _percent(size(as_decimal(self.rate), as_decimal(self.other_rate)))
        return self.env._(
            "%(provider)s says %(rate)s on %(date)s, %(other_provider)s says "
            "%(other)s: they are %(gap)s apart.",
            **values,
            other_provider=confirming or self.env._("the provider asked to confirm"),
            other=self._get_equation(self.other_rate),
            gap=gap,
        )


def _percent(fraction):
    """A move as a person reads it: ``28.6%``, without a sign."""
    return f"{abs(fraction):.1%}"
