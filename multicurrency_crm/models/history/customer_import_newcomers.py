import logging

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from ...engine.history import fold
from ...engine.history_fields import is_vendor
from ...engine.history_matching import Customers
from ...engine.history_named import find_named
from ..common.scheduled_job import COLLISIONS
from .customer_import_checking import RowError

_logger = logging.getLogger(__name__)

#: Customers that are created in one part.
NEWCOMERS = 200


class CustomerImport(models.Model):
    """Customers that items, past documents and follow-ups name and nobody knows:
    created with them where the import says so, once each, and taken back with them."""

    _inherit = "customer.import"

    # === THE DRY RUN === #

    def _gather_newcomers(self, facts):
        """Gather the customers that rows which were judged before are to create."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id, values FROM customer_import_row
                    WHERE import_id = %s AND head_id = id AND id <= %s ORDER BY id""",
                self.id,
                self.last_id,
            )
        )
        for row_id, values in rows:
            facts.customers.add(self._identify(row_id, values))
        if self.kind != "customers":
            self._gather_named(facts)

    def _find_newcomer(self, values, facts):
        """Return the customer whom a row is to create, or one above it.

        :return: the row's id below 0, or None: nobody is to be created; the id of a
            partner who was called so when another import was published
        :raises RowError: an archived customer is meant
        """
        if partner_id := self._find_brought_before(values, facts):
            return partner_id
        if "archived" not in facts.extra:
            facts.extra["archived"] = Customers(self._find_identities(active=False))
        for kind in ("ref", "vat", "name"):
            found = facts.extra["archived"].find_by(kind, values.get(kind) or "")
            if found:
                # sudo: a customer that this company sees
                partner = self.env["res.partner"].sudo().browse(found[0])
                raise RowError(
                    self.env._(
                        "%(name)s is archived: activate it first.",
                        name=partner.display_name,
                    )
                )
        row = facts.extra.get("row")
        if not self.create_customers or not row or not values.get("name"):
            return None
        if is_vendor(values.get("role", "")):
            return None
        self._check_role(values)
        self._check_no_sum(row, values, facts)
        who = self._identify(row.id, values)
        named = find_named(facts.customers, who, lambda key: key < 0)
        if named.key:
            facts.customers.learn(named.key, who)
            return named.key
        if named.trouble and named.trouble != "another_code":
            raise self._explain_trouble(named, values, facts)
        # what publishing would stumble over is said at its row
        self._read_newcomer(row, values, facts)
        # the codes of one file tell its customers from each other
        if not facts.wrong:
            facts.customers.add(who)
        return -row.id

    def _find_brought_before(self, values, facts):
        """Return the customer to whom another import has brought rows of this name,
        code and tax number: merged into another one, or renamed since.

        :return: id of ``res.partner``, or None
        :raises RowError: there are several
        """
        if "before" not in facts.extra:
            facts.extra["before"] = self._find_all_brought_before()
        found = facts.extra["before"].get(self._get_names(values), {})
        if len(found) > 1:
            raise RowError(
                self.env._(
                    "“%(text)s” was brought in before, and is %(customers)s by now: "
                    "give the code of one.",
                    text=values.get("name") or values.get("ref"),
                    customers=format_list(self.env, sorted(found.values()), style="or"),
                )
            )
        for partner_id, name in found.items():
            facts.extra["called_now"] = name
            return partner_id
        return None

    def _find_all_brought_before(self):
        """Find to whom rows of names were brought in: one query.

        :return: {(name, code, tax number), as compared: {partner's id: its name now}}
        """
        found = {}
        for name, ref, vat, partner_id, called in self.env.execute_query(
            SQL(
                """SELECT DISTINCT r.values->>'name', r.values->>'ref',
                          r.values->>'vat', c.id, c.name
                     FROM customer_import_row r
                     JOIN res_partner p ON p.id = r.partner_id
                     JOIN res_partner c ON c.id = p.commercial_partner_id
                    WHERE r.company_id = %s AND r.state = 'done'
                      AND r.is_contact IS NOT TRUE AND r.values IS NOT NULL
                      AND c.active""",
                self.company_id.id,
            )
        ):
            names = self._get_names({"name": name, "ref": ref, "vat": vat})
            found.setdefault(names, {})[partner_id] = called
        return found

    @api.model
    def _get_names(self, values):
        return tuple(fold(values.get(name)) for name in ("name", "ref", "vat"))

    def _settle_newcomer(self, found, row, facts):
        """Write whose row creates the customer, in the place of a customer who isn't
        there yet.

        :param dict found: values of the row
        :return: values of the row
        """
        called = facts.extra.pop("called_now", None)
        if called and found.get("partner_id"):
            now = self.env._("%(name)s by now.", name=called)
            lines = [now, found["message"]] if found.get("message") else [now]
            return {**found, "message": "\n".join(lines)}
        if (found.get("partner_id") or 0) >= 0:
            return found
        head_id = -found["partner_id"]
        message = self.env._("New customer: %(name)s", name=row.values["name"])
        lines = [message, found["message"]] if found.get("message") else [message]
        return {
            **found,
            "partner_id": None,
            "head_id": head_id,
            "message": "\n".join(lines),
        }

    # === BEFORE IT IS PUBLISHED === #

    def _find_coming(self):
        """Find the customers that other imports, which are being published, are about
        to create.

        :return: {row's id below 0: :class:`Identity`}
        """
        found = {}
        for row_id, kind, values in self.env.execute_query(
            SQL(
                """SELECT r.id, i.kind, r.values FROM customer_import_row r
                     JOIN customer_import i ON i.id = r.import_id
                    WHERE i.state = 'publishing' AND i.id != %s AND r.state = 'create'
                      AND r.partner_id IS NULL AND r.values IS NOT NULL
                      AND CASE WHEN i.kind = 'customers' THEN r.is_contact IS NOT TRUE
                               ELSE r.head_id IS NOT NULL END""",
                self.id,
            )
        ):
            said = self._read_customer(values) if kind == "customers" else values
            found[-row_id] = self._identify(row_id, said)
        return found

    def _find_heads_meanwhile(self, heads):
        """Find the customers of rows that were to be created, and are there by now.

        :param heads: ``customer.import.row``
        :return: {head's id below 0: partner's id}, without those who aren't there
        :raises UserError: another import is about to create one
        """
        coming = self._find_coming()
        others, known = Customers(coming.values()), Customers(self._find_identities())
        found = {}
        for head in heads:
            for kind in ("ref", "vat", "email", "name"):
                text = head.values.get(kind) or ""
                if others.find_by(kind, text):
                    raise UserError(
                        self.env._(
                            "Another import is just creating %(customer)s: check the "
                            "file again once that one is done.",
                            customer=head.values.get("name") or text,
                        )
                    )
                # of several, publishing tells
                if len(keys := known.find_by(kind, text)) == 1:
                    found.setdefault(-head.id, keys[0])
        return found

    # === PUBLISHING === #

    def _find_waiting_heads(self):
        """Return the ids of the next rows whose customer is to be created."""
        if self.kind == "customers":
            return []
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT head_id FROM customer_import_row
                    WHERE import_id = %s AND state = 'create'
                      AND head_id IS NOT NULL AND partner_id IS NULL
                      AND is_published IS NOT TRUE
                 ORDER BY head_id LIMIT %s""",
                self.id,
                NEWCOMERS,
            )
        )
        return [row_id for (row_id,) in rows]

    def _create_newcomers(self, ids):
        """Create the customers of some rows, before anything of theirs is published,
        unless another worker has done it.

        :param ids: of the rows that create them
        """
        self.lock_for_update()
        self.invalidate_recordset()
        if self.state != "publishing":
            return
        waiting = self.env["customer.import.row"].search(
            [
                ("import_id", "=", self.id),
                ("head_id", "in", ids),
                ("partner_id", "=", False),
            ]
        )
        facts = self._gather_facts()
        known = Customers(self._find_identities())
        Partner = self.env["res.partner"].with_company(self.company_id)
        Partner = Partner.with_context(**self._get_party_context())
        for head in waiting.head_id:
            partner = self._find_meanwhile(head, known)
            if not partner:
                partner = Partner.create(self._prepare_newcomer_vals(head, facts))
                head._write_guarded({"made": {"id": partner.id, "new": True}})
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    """UPDATE customer_import_row SET partner_id = %s
                        WHERE import_id = %s AND head_id = %s""",
                    partner.id,
                    self.id,
                    head.id,
                )
            )
        waiting.invalidate_model(["partner_id"])

    def _find_meanwhile(self, head, known):
        """Return a customer that somebody has created since the check, or none.

        :raises UserError: there are several by now
        """
        who = self._identify(head.id, head.values)
        named = find_named(known, who, lambda key: True)
        if named.trouble == "several":
            raise UserError(
                self.env._(
                    "%(count)s customers have “%(text)s” meanwhile: check the file "
                    "again.",
                    count=len(named.others),
                    text=head.values[named.kind],
                )
            )
        if named.trouble and named.trouble != "another_code":
            raise UserError(
                self.env._(
                    "Row %(row)s: what it says of its customer is of somebody else "
                    "meanwhile: check the file again.",
                    row=head.row_number,
                )
            )
        return self.env["res.partner"].browse(named.key or ())

    def _prepare_newcomer_vals(self, head, facts):
        """Prepare the values of a customer whom a row of something else names."""
        try:
            vals = self._read_newcomer(head, head.values, facts)
        except RowError as error:
            raise UserError(str(error)) from error
        return {**vals, "is_company": True, "customer_rank": 1}

    def _read_newcomer(self, row, values, facts):
        """Read what a row of something else says of its customer.

        :return: values of a partner
        :raises RowError: its country, currency, email or tax number is none
        """
        names = ("name", "ref", "vat", "email", "country", "currency")
        said = {name: values.get(name) for name in names}
        if not said["currency"] and self.currency_id:
            said["currency"] = self.currency_id.name
        if "countries" not in facts.extra:
            facts.extra["countries"] = self._find_countries()
        return self._prepare_customer_vals(row, said, facts, [])

    # === TAKING BACK === #

    def _find_newcomer_ids(self):
        """Return the ids of the customers that publishing has created, but those of a
        file of customers, who go with their rows."""
        if self.kind == "customers":
            return []
        made = self.env.execute_query(
            SQL(
                """SELECT made->>'id' FROM customer_import_row
                    WHERE import_id = %s AND made IS NOT NULL ORDER BY id""",
                self.id,
            )
        )
        return [int(partner_id) for (partner_id,) in made]

    def _remove_newcomers(self, made=None):
        """Delete customers that publishing has created: who was merged, moved or used
        since, stays.

        :param made: ids of some of them; default: all that are left
        :return: ``res.partner`` that should have gone, and couldn't
        """
        made = self._find_newcomer_ids() if made is None else made
        partners = self.env["res.partner"].browse(made)
        partners = partners.exists().filtered(
            lambda partner: partner.commercial_partner_id == partner
        )
        gone = partners - self._find_used(partners)
        self._drop_drafts(gone)
        self.env.flush_all()
        # before they go: rows of who is deleted are erased
        self.env.cr.execute(
            SQL(
                """UPDATE customer_import_row
                      SET made = CASE WHEN (made->>'id')::integer = ANY(%s) THEN NULL
                                      ELSE made END,
                          partner_id = CASE WHEN partner_id = ANY(%s) THEN NULL
                                            ELSE partner_id END
                    WHERE import_id = %s AND head_id IS NOT NULL""",
                made,
                gone.ids,
                self.id,
            )
        )
        self.env["customer.import.row"].invalidate_model()
        return self._delete_customers(gone)

    def _delete_customers(self, partners):
        """Delete customers that nothing uses, as far as it lets itself be done.

        :return: ``res.partner`` that couldn't be deleted
        """
        if not partners:
            return partners
        try:
            with self.env.cr.savepoint():
                partners.with_context(**self._get_party_context()).unlink()
            self._forget_ranks(partners)
        except COLLISIONS:
            raise
        except Exception:
            _logger.info("%s: kept", partners, exc_info=True)
            self.env.invalidate_all()
            if len(partners) == 1:
                return partners
            middle = len(partners) // 2
            return self._delete_customers(partners[:middle]) | self._delete_customers(
                partners[middle:]
            )
        return partners.browse()

    @api.model
    def _forget_ranks(self, partners):
        """Have Odoo no longer count the entries of customers who are gone: it does that
        behind the commit, and the answer would be that they are missing."""
        data = self.env.cr.postcommit.data
        for name in ("customer_rank", "supplier_rank"):
            counted = data.get(f"account.res.partner.increase_rank.{name}", {})
            for partner_id in partners.ids:
                counted.pop(partner_id, None)
