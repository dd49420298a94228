from typing import NamedTuple

from odoo import api, models


class CustomerMove(NamedTuple):
    """A partner whose parent, or whose being a company, was changed."""

    partner: models.BaseModel  # with sudo
    customer: models.BaseModel  # the commercial partner before
    parent: models.BaseModel  # the parent before
    was_company: bool
    notes: dict  # what a room noted before the change, by a name of its own


class CustomerFacts(models.AbstractModel):
    """What the rooms keep about customers follows them.

    Facts are keyed to the commercial partner, and Odoo changes that: a partner gets
    another parent or becomes a company, several are merged, one is deleted. Here is
    the one place that hears of it; a room puts its own facts right by extending the
    methods, each calling ``super()``.
    """

    _name = "customer.facts"
    _description = "Facts That Follow Customers"

    @api.model
    def _are_kept(self):
        """Whether any room keeps facts at all. To be answered from a cache: where
        nothing is configured, changing a partner costs nothing.

        :return: bool
        """
        return False

    # === MOVED === #

    @api.model
    def _note_place(self, partner):
        """Note what Odoo overwrites when a partner moves: it copies the commercial
        fields of the new company.

        :param partner: one ``res.partner``, with sudo, before the change
        :return: dict
        """
        return {}

    @api.model
    def _follow_moved(self, moves):
        """Put right what is kept about customers that moved.

        :param moves: list of :class:`CustomerMove`, after the change
        """

    @api.model
    def _check_deletable(self, partners):
        """Refuse to delete partners whose contacts would lose the facts that count for
        them.

        :raises UserError: they would
        """

    # === MERGED === #

    @api.model
    def _get_merged_keys(self):
        """The unique keys with a partner in them that a room puts right before a
        merge: Odoo deletes the rows of every source where one of them is in the way.

        :return: set of (model, names of the key's fields in the order of the alphabet)
        """
        return set()

    @api.model
    def _prepare_merge(self, sources, destination):
        """Put right what Odoo's statements would break, before they run.

        :param sources: ``res.partner`` that are deleted afterwards, with sudo
        :param destination: ``res.partner`` that stays, with sudo
        """

    @api.model
    def _finish_merge(self, sources, destination):
        """Put right what follows from a merge, after all rows point at the partner
        that stays, and before the others are deleted.

        :param sources: as for :meth:`_prepare_merge`
        :param destination: likewise
        """
