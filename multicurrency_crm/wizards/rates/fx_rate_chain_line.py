from odoo import api, fields, models
from odoo.tools import format_list

from ...engine.rate_sources import covers


class FxRateChainLine(models.TransientModel):
    """One source: which of the currencies it covers, whether to ask it, and when."""

    _name = "fx.rate.chain.line"
    _description = "Source Found"
    _inherit = ["shown.records.mixin", "typed.number.mixin"]
    _order = "sequence, id"

    chain_id = fields.Many2one(
        "fx.rate.chain", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer()
    use = fields.Boolean()
    service = fields.Selection(
        selection=lambda self: self.env["fx.rate.provider"]._selection_service(),
        string="Source",
        required=True,
    )
    # as text: lists wrap it, where they cut what is a line
    reason = fields.Text(string="Why", compute="_compute_reason")
    has = fields.Text(string="Currencies Covered", compute="_compute_currencies")
    lacks = fields.Text(string="Missing", compute="_compute_currencies")
    needs = fields.Text(string="Requires", compute="_compute_currencies")
    provider_id = fields.Many2one(
        "fx.rate.provider", string="Here", compute="_compute_provider_id"
    )

    @api.depends("use", "service", "chain_id.line_ids")
    @api.depends_context("lang")
    def _compute_reason(self):
        sources = self.env["fx.rate.chain"]._get_sources()
        for chain, lines in self.grouped("chain_id").items():
            proposed = chain._find_reasons(sources)
            for line in lines:
                link = proposed.get(line.service)
                if not line.use:
                    line.reason = False
                elif link:
                    line.reason = line._explain(link)
                else:
                    line.reason = self.env._("Chosen by you.")

    @api.depends("service", "chain_id.line_ids")
    @api.depends_context("lang")
    def _compute_currencies(self):
        sources = {s.code: s for s in self.env["fx.rate.chain"]._get_sources()}
        for line in self:
            source = sources.get(line.service)
            books = line.chain_id._get_books()
            has = covers(source, books, books.wanted) if source else frozenset()
            line.has = line.chain_id._format_list(has)
            line.lacks = line.chain_id._format_list(books.wanted - has)
            line.needs = source and line._format_needs(source)

    @api.depends("service", "chain_id.rate_kind", "chain_id.company_id")
    def _compute_provider_id(self):
        nobody = self.env["fx.rate.provider"]
        for chain, lines in self.grouped("chain_id").items():
            found = chain._find_candidates(lines)
            for line in lines:
                line.provider_id = found.get(line.service, nobody)[:1]

    def _explain(self, link):
        """Return a sentence on why a source is proposed."""
        _, chain = self.env._, self.chain_id
        codes = format_list(self.env, sorted(link.adds or link.has))
        sentences = {
            "country": lambda: _(
                "The official source of %(country)s.", country=chain.country_id.name
            ),
            "issuer": lambda: _(
                "The official source of the currency of the books, %(currency)s.",
                currency=chain.company_currency_id.name,
            ),
            "filler": lambda: _(
                "The widest official source for: %(codes)s.", codes=codes
            ),
            "service": lambda: _("A service that covers: %(codes)s.", codes=codes),
            "constants": lambda: _(
                "Constants that central banks declare: %(codes)s.", codes=codes
            ),
            "board": lambda: _(
                "As you chose this kind of rate: %(codes)s.", codes=codes
            ),
            "seldom": lambda: _(
                "Not every day, but nobody else covers: %(codes)s.", codes=codes
            ),
            "key": lambda: _("Nobody without a key covers: %(codes)s.", codes=codes),
            "terms": lambda: _(
                "Nobody without terms to accept covers: %(codes)s.", codes=codes
            ),
            "stand_in": lambda: _("Stands in where those before it have nothing."),
        }
        return sentences[link.reason]()

    def _format_needs(self, source):
        """Return what stands between a source and its use, in a row."""
        _, chain = self.env._, self.chain_id
        needs = self.env["fx.rate.source"]._get_needs(source)
        if chain.rate_kind not in source.kinds:
            kinds = dict(self.env["fx.rate.source"]._selection_kind())
            names = format_list(self.env, [kinds[kind] for kind in source.kinds], "or")
            needs.append(_("another kind of rate (%(kinds)s)", kinds=names))
        if source.publisher == "tax":
            needs.append(_("a law that names it: these are rates for taxes"))
        if not source.currencies:
            needs.append(_("a first fetch: its currencies aren't known"))
        return self.env["fx.rate.source"]._format_list(needs)
