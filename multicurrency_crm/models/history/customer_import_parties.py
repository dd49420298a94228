from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_list

from ...engine.customer_rows import get_digest
from ...engine.history import fold
from ...engine.history_matching import Customers
from .customer_import_checking import RowError
from .customer_import_customers import ALIKE
from .customer_import_protecting import BROUGHT_IN

#: Models whose records say that a customer is used by now.
USING = (
    *("account.move", "account.move.line", "account.payment", "sale.order"),
    *("crm.lead", "customer.past.document", "purchase.order", "project.project"),
    *("stock.picking", "pos.order", "helpdesk.ticket", "res.users"),
)
#: Of these, which count: a draft of a statement goes with its customer.
STANDING = {
    "customer.statement": (
        *("|", ("state", "!=", "draft")),
        ("supersedes_id", "!=", False),
    ),
}


class CustomerImport(models.Model):
    """Publishing customers and contacts, and taking them back: nobody is told, nothing
    is tracked, nobody follows, no address is asked over the net."""

    _inherit = "customer.import"

    # === BEFORE IT IS PUBLISHED === #

    def _check_customers_new(self):
        """:raises UserError: somebody has entered, or is bringing in, customers that
        this import would create"""
        known = Customers(self._find_identities())
        for identity in self._find_coming().values():
            known.add(identity)
        count = 0
        for row in self.row_ids:
            if row.state != "create" or row.is_contact or row.choice:
                continue
            identity = self._identify(row.id, self._read_customer(row.values))
            alike = known.find_alike(identity)
            count += bool(alike and alike[0].score >= ALIKE)
        if count:
            raise UserError(
                self.env._(
                    "%(count)s rows were brought in by somebody else meanwhile: check "
                    "the file again.",
                    count=count,
                )
            )

    # === PUBLISHING === #

    @api.model
    def _get_party_context(self):
        # Odoo's mark of an import: tax numbers aren't looked up over the net
        quiet = {**self._get_quiet_context(), "import_file": True}
        # nobody's zone is that of who brings it in, or of the server
        return {**quiet, "default_tz": False, BROUGHT_IN: True}

    def _publish_customers(self, rows):
        """Create and update customers, then their contacts.

        :param rows: ``customer.import.row``
        """
        try:
            self._publish_parties(rows)
        except RowError as error:
            # archived or renamed since it was checked
            raise UserError(str(error)) from error

    def _publish_parties(self, rows):
        facts = self._gather_facts()
        # a contact may stand above its company
        rows |= rows.head_id.filtered(
            lambda row: row.state in ("create", "update") and not row.is_published
        )
        rows = rows.sorted("id")
        contacts = rows.filtered("is_contact")
        created = (rows - contacts).filtered(lambda row: row.state == "create")
        self._create_customers(created, facts)
        self._update_customers(rows - contacts - created, facts)
        self._publish_contacts(contacts, facts)
        published = (rows - contacts).filtered("is_published")
        for row_id, limit_id in self._make_limits(published, facts).items():
            row = rows.browse(row_id)
            row._write_guarded({"made": {**row.made, "limit": limit_id}})

    def _create_customers(self, rows, facts):
        Partner = self.env["res.partner"].with_company(self.company_id)
        Partner = Partner.with_context(**self._get_party_context())
        tags = self._find_tags(
            [name for row in rows for name in self._list_tags(row.values)]
        )
        partners = Partner.create(
            [self._prepare_new_vals(row, facts, tags) for row in rows]
        )
        made = self._create_contacts_beside(rows, partners, facts)
        contacts = made.grouped("parent_id")
        self.env["customer.import.row"]._update(
            [
                {
                    "id": row.id,
                    "partner_id": partner.id,
                    "is_published": True,
                    "made": {
                        "id": partner.id,
                        "new": True,
                        "contacts": contacts.get(partner, made.browse()).ids,
                    },
                }
                for row, partner in zip(rows, partners, strict=True)
            ]
        )

    def _prepare_new_vals(self, row, facts, tags):
        """Prepare the values of a new customer."""
        values = self._read_customer(row.values)
        vals = self._prepare_customer_vals(row, values, facts, [])
        vals |= {"is_company": values["is_company"], "customer_rank": 1}
        if names := self._list_tags(values):
            vals["category_id"] = [Command.set([tags[fold(name)].id for name in names])]
        return vals

    def _create_contacts_beside(self, rows, partners, facts):
        """Create the contacts that rows of new customers name. Not by commands in the
        customers' values: Odoo carries these out with the rights of whoever is signed
        in, and finance creates no contacts by hand.

        :param partners: ``res.partner``, in the order of the rows
        :return: ``res.partner``
        """
        return self._create_contacts(
            [
                {
                    **self._prepare_contact_vals(
                        row, row.values, facts, [], beside=True
                    ),
                    "parent_id": partner.id,
                }
                for row, partner in zip(rows, partners, strict=True)
                if self._read_customer(row.values)["contact_name"]
            ]
        )

    def _publish_contacts(self, rows, facts):
        """Create contacts below their customers, or update those who are there."""
        new, vals_list, changes = [], [], []
        for row in rows:
            customer = self._find_published_customer(row, facts)
            if not customer:
                self._leave_contact_out(row)
                continue
            vals = self._prepare_contact_vals(row, row.values, facts, [])
            same = fold(vals["name"])
            known = (one for one in customer.child_ids if fold(one.name) == same)
            contact = row.partner_id or next(known, None)
            if contact:
                contact = self._get_quiet(contact)
                changes.append((row, contact, vals, row.values))
                continue
            new.append(row)
            vals_list.append({**vals, "parent_id": customer.id})
        self._write_changes(changes)
        contacts = self._create_contacts(vals_list)
        self.env["customer.import.row"]._update(
            [
                {
                    "id": row.id,
                    "partner_id": contact.id,
                    "is_published": True,
                    "made": {"id": contact.id, "new": True},
                }
                for row, contact in zip(new, contacts, strict=True)
            ]
        )

    def _find_published_customer(self, row, facts):
        """Return the customer of a contact's row, or none: it wasn't brought in, or is
        one whom no import changes."""
        if row.head_id:
            customer = row.head_id._get_customer()
            return customer - self._filter_protected(customer)
        try:
            return self._find_company(row, row.values, facts)[1]
        except RowError:
            return row.partner_id.parent_id

    def _create_contacts(self, vals_list):
        """Create contacts below their customers.

        :return: ``res.partner``
        :raises UserError: no import changes one of these customers
        """
        Partner = self.env["res.partner"].with_company(self.company_id)
        Partner = Partner.with_context(**self._get_party_context())
        self._check_changeable(Partner.browse(vals["parent_id"] for vals in vals_list))
        person = {"type": "contact", "is_company": False}
        return Partner.create([{**vals, **person} for vals in vals_list])

    def _leave_contact_out(self, row):
        """Note that a row wasn't brought in, since its customer wasn't."""
        row._write_guarded(
            {
                "state": "skip",
                "message": self.env._(
                    "Left out, as its customer in row %(row)s is.",
                    row=row.head_id.row_number or "?",
                ),
            }
        )

    @api.model
    def _find_tags(self, names):
        """Return the tags of these names, made where they weren't there.

        :return: {folded name: ``res.partner.category``}
        """
        if not names:
            return {}
        Tag = self.env["res.partner.category"]
        wanted = {fold(name): name for name in names}
        found = {fold(tag.name): tag for tag in Tag.search([("name", "in", names)])}
        missing = [wanted[key] for key in sorted(wanted.keys() - found.keys())]
        created = Tag.create([{"name": name} for name in missing])
        return found | {fold(tag.name): tag for tag in created}

    @api.model
    def _get_stored(self, partner, name):
        """Return a value of a partner as it is kept in a row, and written back."""
        value = partner[name]
        if isinstance(value, models.BaseModel):
            many = partner._fields[name].type == "many2many"
            return [[6, 0, sorted(value.ids)]] if many else value.id
        return str(value) if isinstance(value, str) else value

    # === TAKING BACK === #

    def _check_free_customers(self):
        """:raises UserError: a customer that was created is used, or was updated, by
        now"""
        rows = self.row_ids.filtered(lambda row: row.state == "done")
        self._check_free_limits(rows)
        partners = self._find_own(rows.filtered(self._is_new))
        if used := self._find_used(partners):
            raise UserError(
                self.env._(
                    "%(customers)s: used by documents, entries, contacts or another "
                    "import meanwhile, so the import stays.",
                    customers=format_list(self.env, used[:5].mapped("display_name")),
                )
            )

    @api.model
    def _is_new(self, row):
        return bool((row.made or {}).get("new"))

    @api.model
    def _find_own(self, rows):
        """Return the partners of these rows that are still what they were: who was
        merged into another one, or moved below one, is that one's by now.

        :return: ``res.partner``, archived ones included
        """
        own = rows.filtered(
            lambda row: row.partner_id and row.partner_id.id == row.made.get("id")
        )
        return own.partner_id

    def _find_used(self, partners):
        """Return those of some partners that documents, entries, contacts of others or
        other imports name."""
        if not partners:
            return partners
        every = self.env["res.partner"].with_context(active_test=False)
        below = every.search([("id", "child_of", partners.ids)])
        found = partners.browse()
        # contacts that somebody else has added
        foreign = below - partners - self._find_made_contacts(below)
        found |= foreign.parent_id & partners
        for model, name, domain in self._list_uses():
            Model = self.env[model].with_context(active_test=False)
            groups = Model._read_group([(name, "in", below.ids), *domain], [name])
            for (partner,) in groups:
                found |= (partner | partner.commercial_partner_id) & partners
        others = self.env["customer.import.row"].search(
            [
                ("partner_id", "in", below.ids),
                ("import_id", "!=", self.id),
                ("is_published", "=", True),
            ]
        )
        for partner in others.partner_id:
            found |= (partner | partner.commercial_partner_id) & partners
        return found

    def _list_uses(self):
        """Return which records use a customer: documents of it, and whatever keeps it
        from being deleted.

        :return: [(model, name of its field, domain)]
        """
        uses = {(model, "partner_id") for model in USING if model in self.env}
        # sudo: the server's own list of fields
        fields = self.env["ir.model.fields"].sudo()
        for found in fields.search(
            [
                ("relation", "=", "res.partner"),
                ("ttype", "=", "many2one"),
                ("store", "=", True),
                ("on_delete", "=", "restrict"),
            ]
        ):
            Model = self.env.get(found.model)
            if Model is not None and Model._auto and not Model._transient:
                uses.add((found.model, found.name))
        standing = {**STANDING, "credit.limit": [("id", "not in", self._list_limits())]}
        return [(model, name, standing.get(model, ())) for model, name in sorted(uses)]

    def _list_limits(self):
        """Return the ids of the credit limits that this import has made."""
        rows = self.env.execute_query(
            SQL(
                """SELECT (made->>'limit')::int FROM customer_import_row
                    WHERE import_id = ANY(%s) AND made->>'limit' IS NOT NULL""",
                self.ids,
            )
        )
        return [limit_id for (limit_id,) in rows]

    def _drop_drafts(self, partners):
        """Delete drafts of statements of customers who are to go: nobody has seen them,
        and they would hold their customers.

        :param partners: ``res.partner`` that nothing else uses
        """
        Statement = self.env["customer.statement"]
        Statement.search([("partner_id", "child_of", partners.ids)]).unlink()

    def _find_made_contacts(self, partners):
        """Return those of some partners that this import has created as contacts."""
        rows = self.env["customer.import.row"].search(
            [("import_id", "=", self.id), ("partner_id", "in", partners.ids)]
        )
        ids = set()
        for row in rows.filtered("made"):
            ids.update(row.made.get("contacts", []))
            if row.is_contact and row.made.get("new"):
                ids.add(row.made["id"])
        return partners.filtered(lambda partner: partner.id in ids)

    def _unpublish_customers(self, rows):
        """Delete customers and contacts that were created, and put back what was
        overwritten, where nobody has changed it since."""
        new = rows.filtered(self._is_new)
        for row in (rows - new).sorted("id", reverse=True):
            self._put_back(row)
        gone = self._find_own(new)
        stays = self._find_used(gone)
        self._take_limits_back(self._find_made_limits(new), gone - stays)
        for row in new:
            message = row.message
            if row.partner_id and row.partner_id not in gone - stays:
                message = self.env._("It was merged, moved or used since, and stays.")
            row._write_guarded(
                {
                    "state": "create",
                    "is_published": False,
                    "partner_id": False,
                    "made": False,
                    "message": message,
                }
            )
        every = gone.with_context(active_test=False)
        gone = (every.child_ids | every) - stays
        self._drop_drafts(gone)
        gone.with_context(**self._get_party_context()).unlink()

    def _put_back(self, row):
        """Put back what a row has changed of a partner, and take away what it has
        added; what somebody has changed since stays."""
        made, before = row.made or {}, row.before or {}
        partner = row.partner_id.with_company(self.company_id)
        # who signs in here since is nobody's customer any more
        if partner.id == made.get("id") and not self._filter_protected(partner):
            partner = partner.with_context(**self._get_party_context())
            back = {}
            for name, value in before.items():
                digest = made["wrote"].get(name)
                if get_digest(self._get_stored(partner, name)) == digest:
                    back[name] = value
                else:
                    self._hand_on(row, name, value, digest)
            tags = [Command.unlink(tag_id) for tag_id in made.get("tags", [])]
            if tags:
                back["category_id"] = tags
            self._keep_address(partner, back, [])
            partner.write(back)
            contacts = self.env["res.partner"].browse(made.get("contacts", []))
            contacts = contacts.exists().filtered(lambda one: one.parent_id == partner)
            (contacts - self._find_used(contacts)).unlink()
            self._take_limits_back(self._find_made_limits(row), partner.browse())
        state = "update" if "wrote" in made else "create"
        row._write_guarded(
            {"state": state, "is_published": False, "before": False, "made": False}
        )

    def _hand_on(self, row, name, value, digest):
        """Have a later import, which has overwritten what this row wrote, put back what
        was there before both.

        :param str digest: of what this row wrote
        """
        later = self.env["customer.import.row"].search(
            [
                ("partner_id", "=", row.partner_id.id),
                ("is_published", "=", True),
                ("id", ">", row.id),
            ],
            order="id",
        )
        for other in later:
            kept = other.before or {}
            if name in kept and get_digest(kept[name]) == digest:
                other._write_guarded({"before": {**kept, name: value}})
                return
