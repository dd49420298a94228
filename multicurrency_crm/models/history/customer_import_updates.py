import json
from collections import defaultdict

from odoo import api, models
from odoo.fields import Command

from ...engine.customer_rows import get_digest
from ...engine.history import fold


class CustomerImport(models.Model):
    """Updates of customers and contacts who are there: those that change alike are
    written together, and what was there is kept."""

    _inherit = "customer.import"

    def _update_customers(self, rows, facts):
        """Write what rows change of customers, and add their contacts.

        :param rows: ``customer.import.row``
        """
        partners = {row: row.partner_id or row.head_id._get_customer() for row in rows}
        ids = [partner.id for partner in partners.values()]
        changes, people = [], []
        for row, partner in partners.items():
            if not partner:
                self._leave_contact_out(row)
                continue
            partner = self._get_quiet(partner).with_prefetch(ids)
            values, notes = self._read_customer(row.values), []
            vals = self._prepare_customer_vals(row, values, facts, notes)
            if not partner.active:
                vals["active"] = True
            changes.append((row, partner, vals, values))
            if self._is_new_contact(partner, values, facts):
                contact = self._prepare_contact_vals(
                    row, row.values, facts, notes, beside=True
                )
                people.append((row, {**contact, "parent_id": partner.id}))
        self._write_changes(changes)
        contacts = self._create_contacts([vals for _row, vals in people])
        self.env["customer.import.row"]._update(
            [
                {"id": row.id, "made": {**row.made, "contacts": contact.ids}}
                for (row, _vals), contact in zip(people, contacts, strict=True)
            ]
        )

    def _get_quiet(self, partner):
        """Return a partner in the import's company, where nobody is told of it."""
        partner = partner.with_company(self.company_id)
        return partner.with_context(**self._get_party_context())

    def _write_changes(self, changes):
        """Write what rows change of partners, and keep what was there: in the order of
        the rows, those of one partner one by one.

        :param changes: [(row, partner, values of the partner, what the row says)]
        """
        while changes:
            seen, part, rest = set(), [], []
            for change in changes:
                later = change[1].id in seen
                seen.add(change[1].id)
                (rest if later else part).append(change)
            self._write_part(part)
            changes = rest

    def _write_part(self, changes):
        """Write changes of different partners, those alike together.

        :param changes: as :meth:`_write_changes` takes them
        :raises UserError: no import changes one of them
        """
        for _row, partner, *_said in changes:
            self._check_changeable(partner)
        found = [
            (row, partner, self._list_changes(partner, vals, values, []))
            for row, partner, vals, values in changes
        ]
        tags = self._find_tags(
            [name for *_row, change in found for name in change.get("category_id", ())]
        )
        kept, alike, tagged = [], defaultdict(list), defaultdict(list)
        # what Odoo asks of one partner it asks of all
        ids = [partner.id for _row, partner, _change in found]
        for row, partner, change in found:
            added = [tags[fold(name)].id for name in change.pop("category_id", [])]
            before = {name: self._get_stored(partner, name) for name in change}
            kept.append((row, partner, before, added))
            if change:
                key = json.dumps(change, default=str, sort_keys=True)
                alike[key].append((partner, change))
            if added:
                tagged[tuple(added)].append(partner)
        for same in alike.values():
            partners = same[0][0].union(*(partner for partner, _change in same))
            partners.with_prefetch(ids).write(same[0][1])
        for added, same in tagged.items():
            links = [Command.link(tag_id) for tag_id in added]
            same[0].union(*same).with_prefetch(ids).write({"category_id": links})
        self._keep_before(kept)

    @api.model
    def _keep_before(self, kept):
        """Keep at rows what they have overwritten, and digests of what they wrote.

        :param kept: [(row, partner, {field: value before}, ids of tags added)]
        """
        vals_list = []
        for row, partner, before, added in kept:
            wrote = {
                name: get_digest(self._get_stored(partner, name)) for name in before
            }
            made = {"id": partner.id, "wrote": wrote}
            vals_list.append(
                {
                    "id": row.id,
                    "partner_id": partner.id,
                    "before": before,
                    "is_published": True,
                    "made": {**made, "tags": added} if added else made,
                }
            )
        self.env["customer.import.row"]._update(vals_list)
