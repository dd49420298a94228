from odoo import api, models
from odoo.tools import SQL, format_date, format_list

from ...engine.announced import Cover, spread


class CollectionSource(models.AbstractModel):
    """What keeps items from being reminded of: what is disputed, paused, or paid by
    money that is announced."""

    _inherit = "collection.source"

    # === WHAT STANDS IN THE WAY === #

    @api.model
    def _find_obstacles(self, company, partners, items, day):
        """Find the items of which nobody is to be reminded now.

        To be extended by who knows of more: what is found here counts first.

        :param items: [:class:`OpenItem`]
        :return: {item's id: (reason, value of ``skip_reason``; note in words)}
        """
        found = {}
        blocks = self.env["collection.block"]._find_blocks(company, partners, day)
        under_way = self._find_under_way(items)
        promises = self._find_promises(items, day)
        planned = self._find_planned([item.id for item in items])
        for item in items:
            block = blocks.get((item.partner_id, item.move_id)) or blocks.get(
                (item.partner_id, None)
            )
            if item.no_followup:
                found[item.id] = ("no_followup", self._explain_no_followup(item))
            elif item.disputed:
                found[item.id] = ("disputed", "")
            elif block:
                found[item.id] = ("blocked", self._explain_block(block))
            elif self._is_covered(item, promises.get(item.id)):
                promised = promises[item.id]
                found[item.id] = ("promised", self._name_covers(promised))
            elif self._is_covered(item, under_way.get(item.id)):
                found[item.id] = ("in_process", self._name_covers(under_way[item.id]))
            elif item.id in planned:
                found[item.id] = ("planned", planned[item.id])
        return found

    @api.model
    def _find_planned(self, item_ids):
        """Find the items of instalments that wait for what makes them due: the day that
        their items bear until then is only put off.

        :return: {item's id: name of the instalment}
        """
        # sudo: who is reminded of what doesn't hang on who asks
        lines = self.env["account.move.line"].sudo()
        waiting = lines.search(
            [
                ("id", "in", item_ids),
                ("payment_plan_id.fired_on", "=", False),
                ("payment_plan_id.trigger", "!=", "date"),
                ("payment_plan_id.order_id.state", "!=", "cancel"),
                ("payment_plan_id", "!=", False),
            ]
        )
        return {line.id: line.payment_plan_id.display_name for line in waiting}

    @api.model
    def _find_reasons(self, draft):
        """Return why the items of a letter that are left out are.

        :param draft: :class:`Draft`
        :return: {item's id: (reason, note)}
        """
        return {one.key: draft.notes[one.key] for one in draft.plan.obstacles}

    @api.model
    def _explain_no_followup(self, item):
        if item.kind == "entry":
            return self.env._("Odoo excludes the entries of general journals")
        return ""

    @api.model
    def _explain_block(self, block):
        return self.env._(
            "%(reason)s, until %(day)s",
            reason=block.reason,
            day=format_date(self.env, block.date_to),
        )

    @api.model
    def _is_covered(self, item, covers):
        """Return whether money that is announced pays all that is open of an item.

        :param covers: [(what is announced, amount)] of it, or None
        """
        currency = self.env["res.currency"].browse(item.currency_id)
        announced = sum(amount for _cover, amount in covers or ())
        return bool(covers) and currency.compare_amounts(announced, item.residual) >= 0

    @api.model
    def _name_covers(self, covers):
        return format_list(
            self.env, [cover.display_name or "" for cover, _amount in covers]
        )

    @api.model
    def _find_promises(self, items, day):
        """Find what is promised of items, and may still come in time: a promise pays
        its oldest items first.

        :param items: [:class:`OpenItem`]
        :return: {item's id: [(``payment.promise`` with sudo, amount)]}
        """
        claims = self._group_claims(items)
        moves = self.env["account.move"].browse(sorted(claims))
        found = self.env["payment.promise"]._find_all_open_of(moves)
        promises = {
            promise.id: promise
            for several in found.values()
            for promise in several
            if promise.deadline >= day
        }
        covers = [
            Cover(
                promise.id,
                promise.amount - promise.received,
                self._order_claims(claims, promise.move_ids.ids, promise.currency_id),
            )
            for _id, promise in sorted(promises.items())
        ]
        return self._spread(covers, claims, promises)

    @api.model
    def _find_promised(self, items, day):
        """Find how much of items is promised, and for when.

        :param items: [:class:`OpenItem`]
        :return: {item's id: (amount, the last day)}
        """
        return {
            item: (
                sum(amount for _promise, amount in parts),
                max(promise.date for promise, _amount in parts),
            )
            for item, parts in self._find_promises(items, day).items()
        }

    @api.model
    def _group_claims(self, items):
        """Return what customers owe by its entry.

        :param items: [:class:`OpenItem`]
        :return: {entry's id: [:class:`OpenItem`]}
        """
        claims = {}
        for item in items:
            if self._is_claim(item):
                claims.setdefault(item.move_id, []).append(item)
        return claims

    @api.model
    def _order_claims(self, claims, move_ids, currency):
        """Return the items of entries, the oldest first.

        :param claims: as of :meth:`_group_claims`
        :return: tuple of ids
        """
        owed = [
            item
            for move_id in move_ids
            for item in claims.get(move_id, ())
            if not currency or item.currency_id == currency.id
        ]
        owed.sort(key=lambda item: (item.due, item.id))
        return tuple(item.id for item in owed)

    @api.model
    def _spread(self, covers, claims, records):
        """Spread announced money over items.

        :param covers: [``engine.collection.Cover``]
        :param claims: as of :meth:`_group_claims`
        :param records: {cover's key: record}
        :return: {item's id: [(record, amount)]}
        """
        open_amounts = {
            item.id: item.residual for owed in claims.values() for item in owed
        }
        return {
            item: [(records[key], amount) for key, amount in parts]
            for item, parts in spread(covers, open_amounts).items()
        }

    @api.model
    def _find_under_way(self, items):
        """Find what was given for items, and hasn't come: payments without an entry of
        their own, and online ones that are pending. Each pays its oldest items first;
        of what is in another currency, nobody knows how much it pays.

        :param items: [:class:`OpenItem`]
        :return: {item's id: [(payment or transaction, amount)]}
        """
        claims = self._group_claims(items)
        found = {}
        for name, record_id, move_id in self._list_under_way(list(claims)):
            found.setdefault((name, record_id), []).append(move_id)
        records, covers = {}, []
        for number, ((name, record_id), move_ids) in enumerate(found.items()):
            # sudo: who is reminded of what doesn't hang on who asks
            record = self.env[name].sudo().browse(record_id)
            records[number] = record
            theirs = {
                item.currency_id for move_id in move_ids for item in claims[move_id]
            }
            known = theirs == {record.currency_id.id}
            ids = self._order_claims(claims, move_ids, None)
            covers.append(Cover(number, record.amount if known else None, ids))
        return self._spread(covers, claims, records)

    @api.model
    def _list_under_way(self, move_ids):
        """Return what is under way for invoices: one query.

        :return: [(model's name, record's id, entry's id)], the older ones first
        """
        self.env["account.payment"].flush_model(["state", "move_id"])
        self.env["payment.transaction"].flush_model(["state"])
        return self.env.execute_query(
            SQL(
                """SELECT 'account.payment', y.id, r.invoice_id
                     FROM account_move__account_payment r
                     JOIN account_payment y ON y.id = r.payment_id
                    WHERE r.invoice_id = ANY(%(moves)s) AND y.move_id IS NULL
                      AND y.state IN ('in_process', 'paid')
                    UNION ALL
                   SELECT 'payment.transaction', t.id, r.invoice_id
                     FROM account_invoice_transaction_rel r
                     JOIN payment_transaction t ON t.id = r.transaction_id
                    WHERE r.invoice_id = ANY(%(moves)s)
                      AND t.state IN ('pending', 'authorized')
                 ORDER BY 1, 2, 3""",
                moves=move_ids,
            )
        )
