from odoo import api, fields, models
from odoo.tools import format_date

from ..common.res_currency import MULTIPLE
from .sentences import join_sentences

#: what an explanation depends on
EXPLAINED_BY = (
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


class FxRateHold(models.Model):
    """What is wrong with a held rate, as people read rates: 1 USD = 7.1234 CNY."""

    _inherit = "fx.rate.hold"

    rate_text = fields.Char(
        string="Published Rate",
        compute="_compute_texts",
        help="In the books' currency.",
    )
    previous_text = fields.Char(
        string="Rate Compared With",
        compute="_compute_texts",
        help="The nearest rate that was known to be right, before or after.",
    )
    other_text = fields.Char(
        string="Says the Confirming Source", compute="_compute_texts"
    )
    distance = fields.Char(
        compute="_compute_texts",
        help="How far the published rate is from the one that it was compared with.",
    )
    explanation = fields.Char(compute="_compute_explanation")

    # === COMPUTE METHODS === #

    @api.depends(*EXPLAINED_BY)
    @api.depends_context("lang")
    def _compute_texts(self):
        for hold in self:
            hold.rate_text = hold._format_rate(hold.rate)
            hold.previous_text = hold._format_rate(hold.previous_rate)
            hold.other_text = hold._format_rate(hold.other_rate)
            hold.distance = hold._format_distance()

    @api.depends(*EXPLAINED_BY)
    @api.depends_context("lang")
    def _compute_explanation(self):
        for hold in self:
            # sudo: a confirming provider may serve companies of others
            sentences = [hold.sudo()._explain()]
            if hold.quoted and hold.rate:
                sentences.append(
                    self.env._("Published was: %(quoted)s.", quoted=hold.quoted)
                )
            hold.explanation = join_sentences(sentences)

    # === FIGURES === #

    def _format_rate(self, rate):
        """Format a rate as people read it: ``1 USD = 7.1234 CNY``; "" for none."""
        if rate <= 0:
            return ""
        return self.currency_id._format_rate(rate, self.company_id)

    def _get_compared_rate(self):
        """Return what the rate was held against, stored as it is; 0 for nothing."""
        return self.other_rate if self.reason == "disagreement" else self.previous_rate

    def _compare(self):
        """Compare the rate with the other one, in the direction in which people read.

        :return: (kind, figure as text), or (None, ""): ``times`` 10, ``part`` 10 for a
            tenth, ``above`` and ``below`` 6.5%
        """
        other = self._get_compared_rate()
        if self.rate <= 0 or other <= 0:
            return None, ""
        currency = self.currency_id
        distance = currency._get_distance(self.rate / other - 1, self.company_id)
        times = 1 + distance
        if times >= MULTIPLE:
            return "times", currency._short(times)
        if times <= 1 / MULTIPLE:
            return "part", currency._short(1 / times)
        percent = currency._format_percent(abs(distance))
        return "above" if distance >= 0 else "below", percent

    def _format_distance(self):
        """Format how far the rate is from the other one: ``10 times``, ``6.5% above``;
        "" where nothing is to be compared."""
        if self.reason not in ("jump", "scale", "disagreement"):
            return ""
        kind, figure = self._compare()
        texts = {
            "times": self.env._("%(factor)s times", factor=figure),
            "part": self.env._("1/%(factor)s", factor=figure),
            "above": self.env._("%(percent)s above", percent=figure),
            "below": self.env._("%(percent)s below", percent=figure),
        }
        return texts.get(kind, "")

    # === EXPLANATIONS === #

    def _explain(self):
        """Return the sentences for the reason, by ``_explain_<reason>``."""
        self.ensure_one()
        if not self.reason:
            return ""
        values = {
            "provider": self.provider_id.display_name,
            "currency": self.currency_id.name,
            "date": format_date(self.env, self.date),
            "published_on": format_date(self.env, self.published_on or self.date),
            "rate": self._format_rate(self.rate),
            "quoted": self.quoted or "",
        }
        return getattr(self, f"_explain_{self.reason}")(values)

    def _explain_distance(self, values):
        """Return how far the rate is from that of another day, in a sentence.

        :param dict values: of :meth:`_explain`
        """
        kind, figure = self._compare()
        if not kind:
            return ""
        terms = {
            "rate": values["rate"],
            "date": values["date"],
            "gap": figure,
            "previous": self._format_rate(self.previous_rate),
            "previous_date": format_date(self.env, self.previous_date),
        }
        _ = self.env._
        if kind == "times":
            return _(
                "%(rate)s (%(date)s) is too high: %(gap)s times the rate of "
                "%(previous_date)s, %(previous)s.",
                **terms,
            )
        if kind == "part":
            return _(
                "%(rate)s (%(date)s) is too low: 1/%(gap)s of the rate of "
                "%(previous_date)s, %(previous)s.",
                **terms,
            )
        if kind == "above":
            return _(
                "%(rate)s (%(date)s) is %(gap)s above the rate of %(previous_date)s, "
                "%(previous)s.",
                **terms,
            )
        return _(
            "%(rate)s (%(date)s) is %(gap)s below the rate of %(previous_date)s, "
            "%(previous)s.",
            **terms,
        )

    def _explain_zero(self, values):
        return self.env._(
            "%(provider)s gives %(currency)s on %(published_on)s as zero "
            "(%(quoted)s): that isn't a valid rate.",
            **values,
        )

    def _explain_negative(self, values):
        return self.env._(
            "%(provider)s gives %(currency)s on %(published_on)s as a figure below "
            "zero (%(quoted)s): that isn't a valid rate.",
            **values,
        )

    def _explain_not_number(self, values):
        return self.env._(
            "%(provider)s gives no number for %(currency)s on %(published_on)s "
            "(%(quoted)s).",
            **values,
        )

    def _explain_jump(self, values):
        if self.previous_date == self.date:
            reason = self.env._(
                "%(provider)s corrects what is in the books for that day.", **values
            )
        else:
            reason = self.env._("That is further than this currency usually moves.")
        return join_sentences([self._explain_distance(values), reason])

    def _explain_scale(self, values):
        reason = self.env._(
            "Was it given for another unit (%(factor)s instead of 1)?",
            factor=self.factor,
        )
        return join_sentences([self._explain_distance(values), reason])

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
        confirming = self.provider_id.confirm_provider_id.display_name
        terms = {
            "other_provider": confirming or self.env._("the provider asked to confirm"),
            "other": self._format_rate(self.other_rate),
            "gap": self._format_distance(),
        }
        return self.env._(
            "%(provider)s says %(rate)s on %(date)s, %(other_provider)s says "
            "%(other)s (%(gap)s).",
            **values,
            **terms,
        )

    def _explain_reopening(self):
        """Return what undoing decisions does to the books, in sentences."""
        accepted = self.filtered(lambda hold: hold.state == "accepted")
        if not accepted:
            return self.env._("The books stay as they are: it is to be decided anew.")
        sentences = [
            self.env._(
                "What was accepted leaves the books, and the rate that it had replaced "
                "comes back. Where another rate stands by now, that one stays."
            )
        ]
        moves, orders = accepted._count_documents()
        if moves or orders:
            sentences.append(
                self.env._(
                    "%(moves)s posted entries and %(orders)s confirmed orders were "
                    "converted at these rates: they keep their amounts.",
                    moves=moves,
                    orders=orders,
                )
            )
        return join_sentences(sentences)

    def _count_documents(self):
        """Count the documents that were converted at what was accepted.

        :return: (number of posted entries, number of confirmed orders)
        """
        # sudo: the number is of all documents, whoever may read them
        rates = self.env["res.currency.rate"].sudo()
        totals = (0, 0)
        for hold in self.filtered("booked_on"):
            rate = rates.search(
                [
                    ("company_id", "=", hold.company_id.id),
                    ("currency_id", "=", hold.currency_id.id),
                    ("name", "=", hold.booked_on),
                    ("fx_provider_id", "=", hold.provider_id.id),
                ]
            )
            if rate:
                found = rate._count_documents()
                totals = tuple(map(sum, zip(totals, found, strict=True)))
        return totals
