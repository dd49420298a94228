from odoo import api, models
from odoo.tools import SQL, format_list

from ...engine.history_fields import is_total
from ...engine.history_matching import Identity
from ...engine.history_named import find_conflicts, find_named
from .customer_import_checking import NobodyKnown, RowError, RowLeftOut

#: By what a row names a customer.
NAMES = ("name", "ref", "vat", "email")


class CustomerImport(models.Model):
    """Whose a row is: all that it says has to be of one customer."""

    _inherit = "customer.import"

    @api.model
    def _identify(self, row_id, values):
        """Return by what a row names its customer.

        :param int row_id: the key is below 0, as of customers that rows create
        """
        return Identity(-row_id, **{name: values.get(name) or "" for name in NAMES})

    def _find_customer(self, values, facts):
        """Return the customer that a row names: by code, tax number, address and name.

        :return: id of ``res.partner``; below 0: of the row that creates it
        :raises RowError: none, several, or what it says is of two
        """
        tried = [
            values[kind] for kind in ("ref", "vat", "email", "name") if values.get(kind)
        ]
        if not tried:
            raise RowError(self.env._("No customer is named."))
        who = self._identify(0, values)
        named = find_named(facts.customers, who, lambda key: key > 0)
        if named.key:
            # a customer without a code has from now on the one that a row gives it
            facts.customers.learn(named.key, who)
            if named.called:
                facts.extra["called"] = named.called
            return named.key
        if is_total(tried[-1]) and not named.trouble:
            raise RowLeftOut(self.env._("A sum of rows above."))
        if named.trouble:
            raise self._explain_trouble(named, values, facts)
        if owner := self._find_owner_of_contact(values, facts):
            return owner
        if newcomer := self._find_newcomer(values, facts):
            return newcomer
        raise self._explain_nobody_named(named, tried, values)

    def _explain_nobody_named(self, named, tried, values):
        """Return the error of a row whose customer nobody knows; of one that only looks
        like it, why it is another one."""
        sentences = [
            self.env._(
                "No customer has %(texts)s: bring customers in first, or choose to "
                "create unknown ones.",
                texts=format_list(
                    self.env, [f"“{text}”" for text in tried], style="or"
                ),
            )
        ]
        if named.others:
            sentences.append(
                self.env._(
                    "%(names)s looks like it, but has another name or tax number.",
                    names=self._name_keys(named.others),
                )
            )
        kinds = [kind for kind in ("ref", "vat", "email", "name") if values.get(kind)]
        return NobodyKnown("\n".join(sentences), kinds[0] if len(kinds) == 1 else None)

    def _explain_trouble(self, named, values, facts):
        """Return the error of a row that is of several customers, or contradicts what
        is known of one.

        :param named: ``Named`` with a trouble
        """
        text = values[named.kind]
        if named.trouble == "several":
            sentence = self.env._(
                "%(count)s customers have “%(text)s”: give the code of one.",
                count=len(named.others),
                text=text,
            )
        elif named.trouble == "another_code":
            codes = [facts.customers.get(key).ref for key in named.others]
            sentence = self.env._(
                "%(names)s has the code %(codes)s, not “%(code)s”: correct one of "
                "them, or leave the column of codes out.",
                names=self._name_keys(named.others),
                codes=format_list(self.env, codes, style="or"),
                code=values["ref"],
            )
        elif named.trouble == "another_name":
            sentence = self.env._(
                "“%(text)s” is %(names)s, who isn't called “%(name)s”: correct one of "
                "them.",
                text=text,
                names=self._name_keys(named.others),
                name=values.get("name") or "",
            )
        else:
            sentence = self.env._(
                "What the row says of its customer is of several, or contradicts what "
                "is known of one (%(names)s): code, tax number and name have to agree.",
                names=self._name_keys(named.others),
            )
        return RowError(sentence, named.kind)

    def _name_keys(self, keys):
        """Return customers in words, those of rows of this file, too.

        :param keys: ids of ``res.partner``; below 0: of rows
        """
        # sudo: customers that this company sees
        Partner, Row = self.env["res.partner"].sudo(), self.env["customer.import.row"]
        names = [
            Partner.browse(key).display_name
            if key > 0
            else self.env._("row %s", Row.browse(-key).row_number)
            for key in keys[:3]
        ]
        return format_list(self.env, names)

    def _note_spelling(self, values, found, facts):
        """Say that the customer of a row is called otherwise in the file.

        :param dict found: values of the row
        :return: values of the row
        """
        called = facts.extra.pop("called", None)
        if not called:
            return found
        note = self.env._(
            "Called “%(name)s” in the file: %(customer)s.",
            name=values["name"],
            customer=called,
        )
        lines = [found["message"], note] if found.get("message") else [note]
        return {**found, "message": "\n".join(lines)}

    def _find_owner_of_contact(self, values, facts):
        """Return the customer of a contact that a row names as Odoo does: “Company,
        Contact”; None where there is no such contact, or are several.

        :raises RowError: that customer has another code or tax number
        """
        name = (values.get("name") or "").strip()
        if ", " not in name:
            return None
        known = facts.extra.setdefault("contacts_named", {})
        if name not in known:
            # sudo: who works in a branch needn't see its main company
            companies = self.company_id.sudo().parent_ids
            rows = self.env.execute_query(
                SQL(
                    """SELECT DISTINCT commercial_partner_id FROM res_partner
                        WHERE complete_name = %s AND active
                          AND (company_id IS NULL OR company_id = ANY(%s))""",
                    name,
                    companies.ids,
                )
            )
            known[name] = rows[0][0] if len(rows) == 1 else None
        owner = known[name]
        if owner:
            who = self._identify(0, {**values, "name": ""})
            if find_conflicts(who, facts.customers.get(owner), set()):
                names = self._name_keys([owner])
                raise RowError(
                    self.env._(
                        "%(names)s has another code or tax number than the row: "
                        "correct one of them.",
                        names=names,
                    )
                )
        return owner

    # === WHAT ROWS HAVE SAID === #

    def _gather_named(self, facts):
        """Gather what rows that were judged before have said of customers: the code and
        the tax number of who has none."""
        for key, ref, vat in self.env.execute_query(
            SQL(
                """SELECT COALESCE(partner_id, -head_id) AS key,
                          values->>'ref', values->>'vat'
                     FROM customer_import_row
                    WHERE import_id = %s AND id <= %s
                      AND state IN ('create', 'duplicate')
                      AND COALESCE(partner_id, -head_id) IS NOT NULL
                      AND COALESCE(values->>'ref', values->>'vat') IS NOT NULL
                 GROUP BY 1, 2, 3 ORDER BY MIN(id)""",
                self.id,
                self.last_id,
            )
        ):
            if facts.customers.knows(key):
                who = Identity(0, ref=ref or "", vat=vat or "")
                facts.customers.learn(key, who)
