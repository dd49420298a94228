from babel import Locale

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...engine.customer_data import EMAIL, judge
from ...engine.history import fold
from ...engine.history_fields import is_vendor
from ...engine.history_matching import Identity
from .customer_import_checking import RowError

#: From this certainty on, somebody has to look at a customer who may be known.
ALIKE = 60
#: What proves that a customer is known: only that is updated without asking.
SURE = ("ref", "vat")
#: Standard fields that are fields of a customer as they are.
PLAIN = (
    *("name", "ref", "vat", "email", "phone", "street", "street2", "city", "zip"),
    "website",
)

#: What columns say of fields that the data standard asks for.
STANDARD = {
    "state_id": "state",
    "country_id": "country",
    "user_id": "owner",
    "category_id": "tags",
    "property_payment_term_id": "terms",
    "preferred_currency_id": "currency",
}


class CustomerImport(models.Model):
    """Customers and their contacts."""

    _inherit = "customer.import"

    def _gather_customers(self, facts):
        """Gather what rows of customers name, and the rows that were judged before."""
        done = self.row_ids.filtered(
            lambda row: row.id <= self.last_id and row.state == "create"
        )
        for row in done:
            facts.customers.add(self._get_identity(row, row.values, facts))
        facts.extra["countries"] = self._find_countries()
        users = self.env["res.users"].search([("share", "=", False)])
        for user in users:
            if self.company_id in user.company_ids:
                facts.users |= {fold(user.name): user.id, fold(user.login): user.id}
        terms = self.env["account.payment.term"].search(
            [("company_id", "in", [False, *self.company_id.parent_ids.ids])]
        )
        facts.extra["terms"] = {fold(term.name): term.id for term in terms}
        facts.extra["langs"] = {
            fold(text): code
            for code, name in self.env["res.lang"].get_installed()
            for text in (code, name, code.split("_")[0])
        }

    @api.model
    def _find_countries(self):
        """Return countries by their code and by what they are called here, in English
        and in Chinese.

        :return: {folded text: ``res.country``}
        """
        found = {}
        known = [Locale.parse(code).territories for code in ("en", "zh")]
        for country in self.env["res.country"].search([]):
            names = [country.code, country.name]
            names += [names_of.get(country.code) for names_of in known]
            found |= {fold(name): country for name in names if name}
        return found

    def _get_identity(self, row, values, facts):
        country = self._find_country(values, facts)
        names = ("name", "ref", "vat", "email")
        return Identity(
            -row.id,
            **{name: values.get(name) or "" for name in names},
            country=country.code if country else "",
        )

    @api.model
    def _find_country(self, values, facts):
        return facts.extra.get("countries", {}).get(fold(values.get("country", "")))

    def _judge_customers(self, rows, facts):
        """Judge rows of customers.

        :return: {id of a row: values}
        """
        return self._judge_each(rows, facts, self._judge_customer)

    def _judge_customer(self, row, values, facts):
        if is_vendor(values.get("role", "")):
            return {
                "state": "skip",
                "message": self.env._("A vendor: %(name)s.", name=values.get("name")),
            }
        if not values.get("name"):
            raise RowError(self.env._("No name."))
        self._prepare_customer_vals(values, facts)  # asked for what it refuses
        identity = self._get_identity(row, values, facts)
        alike = facts.customers.find_alike(identity)
        best = alike[0] if alike else None
        if not best or best.score < ALIKE:
            facts.customers.add(identity)
            return {"state": "create", "message": None}
        message = self._explain_alike(best)
        if best.key < 0:
            number = self.env["customer.import.row"].browse(-best.key).row_number
            return {
                "state": "duplicate",
                "score": best.score,
                "message": self.env._(
                    "As row %(row)s: %(reasons)s", row=number, reasons=message
                ),
            }
        if set(best.reasons) & set(SURE):
            return self._judge_update(best, values, facts, message)
        return {
            "state": "duplicate",
            "duplicate_id": best.key,
            "score": best.score,
            "message": message,
        }

    def _judge_update(self, best, values, facts, message):
        """Judge a row of a customer that is known for sure: what it changes."""
        partner = self.env["res.partner"].browse(best.key)
        partner = partner.with_company(self.company_id)
        changes = self._list_changes(
            partner, self._prepare_customer_vals(values, facts)
        )
        shared = {"duplicate_id": best.key, "score": best.score}
        if not changes:
            nothing = self.env._("Nothing would change. %(why)s", why=message)
            return {**shared, "state": "duplicate", "message": nothing}
        labels = [
            partner._fields[name]._description_string(self.env) for name in changes
        ]
        return {
            **shared,
            "state": "update",
            "partner_id": best.key,
            "message": self.env._(
                "Changes %(fields)s. %(why)s",
                fields=format_list(self.env, labels),
                why=message,
            ),
        }

    def _explain_alike(self, best):
        """Say by what a customer is the same as another one."""
        reasons = {
            "vat": self.env._("tax number"),
            "ref": self.env._("customer code"),
            "email": self.env._("email"),
            "domain": self.env._("domain of the email"),
            "name": self.env._("name"),
            "name_country": self.env._("name and country"),
        }
        return self.env._(
            "The same %(reasons)s (%(score)s%%).",
            reasons=format_list(self.env, [reasons[one] for one in best.reasons]),
            score=best.score,
        )

    # === VALUES === #

    def _prepare_customer_vals(self, values, facts):
        """Prepare the values of a customer from a row.

        :return: dict, without what the row doesn't say
        :raises RowError: something isn't known here, or isn't what it should be
        """
        vals = {name: values[name] for name in PLAIN if values.get(name)}
        if vals.get("email") and not EMAIL.fullmatch(vals["email"]):
            raise RowError(
                self.env._("“%(email)s” isn't a valid email.", email=vals["email"])
            )
        if values.get("currency"):
            vals["preferred_currency_id"] = self._find_currency(values, facts).id
        if values.get("currencies"):
            codes = values["currencies"].replace(";", ",").replace("、", ",").split(",")
            found = [
                self._find_currency({"currency": code.strip()}, facts).id
                for code in codes
                if code.strip()
            ]
            if chosen := vals.get("preferred_currency_id"):
                found.append(chosen)
            vals["allowed_currency_ids"] = [Command.set(sorted(set(found)))]
        if values.get("country"):
            country = self._find_country(values, facts)
            if not country:
                raise RowError(
                    self.env._("No country is called “%s”.", values["country"])
                )
            vals["country_id"] = country.id
            if values.get("state"):
                state = country.state_ids.filtered(
                    lambda one: (
                        fold(values["state"]) in (fold(one.name), fold(one.code))
                    )
                )
                vals["state_id"] = state[:1].id
        self._add_looked_up(vals, values, facts)
        if values.get("note"):
            vals["comment"] = values["note"]
        return vals

    def _add_looked_up(self, vals, values, facts):
        """Add what a row names and what has to be there already."""
        asked = (
            ("owner", "user_id", facts.users, self.env._("No user is called “%s”.")),
            (
                "terms",
                "property_payment_term_id",
                facts.extra["terms"],
                self.env._("No payment term is called “%s”."),
            ),
            (
                "lang",
                "lang",
                facts.extra["langs"],
                self.env._("No language in use is called “%s”."),
            ),
        )
        for name, field, known, sentence in asked:
            if not (text := values.get(name)):
                continue
            if fold(text) not in known:
                raise RowError(sentence % text)
            vals[field] = known[fold(text)]

    @api.model
    def _list_changes(self, partner, vals):
        """Return those values that a customer doesn't have yet."""
        return {
            name: value
            for name, value in vals.items()
            if name != "allowed_currency_ids"
            and partner._fields[name].convert_to_cache(value, partner)
            != partner._fields[name].convert_to_cache(partner[name], partner)
        }

    # === COMPLETENESS === #

    def _store_completeness(self):
        """Keep how complete the data of the file's customers are on average, by the
        company's standard."""
        # sudo: who works in a branch needn't see its main company's
        main = self.company_id.sudo().root_id
        rules = self.env["customer.data.rule"]._get_rules(main.id)
        counted = self.row_ids.filtered(
            lambda row: row.state in ("create", "update", "duplicate")
        )
        if not rules or not counted:
            self._write_guarded({"has_completeness": False, "completeness": 0})
            return
        facts = self._gather_facts()
        whole = 0
        for row in counted:
            country = self._find_country(row.values, facts)
            texts = {
                rule.field: row.values.get(STANDARD.get(rule.field, rule.field), "")
                for rule in rules
            }
            whole += judge(rules, texts, country.code if country else "").percent
        self._write_guarded(
            {"has_completeness": True, "completeness": whole // len(counted)}
        )

    # === PUBLISHING === #

    def _publish_customers(self, rows):
        """Create and update customers: nobody is told, nothing is tracked.

        :param rows: ``customer.import.row``
        """
        facts = self._gather_facts()
        Partner = self.env["res.partner"].with_company(self.company_id)
        Partner = Partner.with_context(**self._get_quiet_context())
        created = rows.filtered(lambda row: row.state == "create")
        partners = Partner.create(
            [self._prepare_new_vals(row.values, facts) for row in created]
        )
        for row, partner in zip(created, partners, strict=True):
            row._write_guarded({"partner_id": partner.id, "is_published": True})
        for row in rows - created:
            partner = Partner.browse(row.partner_id.id)
            changes = self._list_changes(
                partner, self._prepare_customer_vals(row.values, facts)
            )
            before = {name: self._get_stored(partner, name) for name in changes}
            partner.write(changes)
            row._write_guarded({"before": before, "is_published": True})

    def _prepare_new_vals(self, values, facts):
        vals = self._prepare_customer_vals(values, facts)
        vals |= {"is_company": True, "customer_rank": 1}
        if values.get("contact"):
            contact = {"name": values["contact"], "type": "contact"}
            vals["child_ids"] = [Command.create(contact)]
        if values.get("tags"):
            names = [
                one.strip()
                for one in values["tags"].replace("，", ",").split(",")
                if one.strip()
            ]
            vals["category_id"] = [Command.set(self._find_tags(names).ids)]
        return vals

    @api.model
    def _find_tags(self, names):
        """Return the tags of these names, made where they weren't there."""
        Tag = self.env["res.partner.category"]
        found = Tag.search([("name", "in", names)])
        missing = set(names) - set(found.mapped("name"))
        return found | Tag.create([{"name": name} for name in sorted(missing)])

    @api.model
    def _get_stored(self, partner, name):
        value = partner[name]
        return value.id if isinstance(value, models.BaseModel) else value

    # === TAKING BACK === #

    def _check_free_customers(self):
        """:raises UserError: a customer that was created is used by now"""
        created = self.row_ids.filtered(
            lambda row: row.state == "done" and not row.before
        )
        used = self._find_used(created.partner_id)
        if used:
            raise UserError(
                self.env._(
                    "%(customers)s: used by documents or entries meanwhile, so the "
                    "import stays.",
                    customers=format_list(self.env, used[:5].mapped("display_name")),
                )
            )

    @api.model
    def _find_used(self, partners):
        """Return those of some partners that documents or entries name."""
        found = partners.browse()
        for model in ("account.move.line", "sale.order", "crm.lead"):
            groups = self.env[model]._read_group(
                [("partner_id", "child_of", partners.ids)], ["partner_id"]
            )
            for (partner,) in groups:
                found |= partner.commercial_partner_id & partners
        return found

    def _unpublish_customers(self, rows):
        """Delete customers that were created, and put back what was overwritten, where
        nobody has changed it since."""
        facts = self._gather_facts()
        for row in rows.filtered("before"):
            partner = row.partner_id.with_company(self.company_id)
            wrote = self._prepare_customer_vals(row.values, facts)
            back = {
                name: value
                for name, value in row.before.items()
                if name not in self._list_changes(partner, {name: wrote.get(name)})
            }
            partner.with_context(**self._get_quiet_context()).write(back)
            row._write_guarded(
                {"state": "update", "is_published": False, "before": False}
            )
        created = rows.filtered(lambda row: row.is_published and not row.before)
        partners = created.partner_id
        created._write_guarded(
            {"state": "create", "is_published": False, "partner_id": False}
        )
        (partners.child_ids | partners).unlink()
