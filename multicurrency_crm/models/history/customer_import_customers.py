from babel import Locale, UnknownLocaleError

from odoo import api, models
from odoo.tools import SQL, format_list

from ...engine.customer_data import judge
from ...engine.customer_rows import join_name, read_is_company
from ...engine.history import fold
from ...engine.history_fields import is_vendor
from ...engine.history_matching import Customers, Identity, get_core_name
from ...engine.history_named import find_conflicts
from ...providers.history import find_layout
from .customer_import_checking import RowError

#: From this certainty on, somebody has to look at a customer who may be known.
ALIKE = 60
#: From this one on, it is the same customer.
CERTAIN = 95
#: What proves that a customer is known: only that is updated without asking.
SURE = ("ref", "vat")
#: What of a row is its customer's, and not a contact's.
OF_CUSTOMER = ("name", "ref", "vat")
#: What of a row says that a person is in it.
OF_PERSON = ("contact", "first_name", "last_name", "contact_email", "contact_phone")

#: What columns say of fields that the data standard asks for.
STANDARD = {
    "state_id": "state",
    "country_id": "country",
    "user_id": "owner",
    "category_id": "tags",
    "property_payment_term_id": "terms",
    "preferred_currency_id": "currency",
    "preferred_channel": "channel",
}


#: In what countries and languages are called in files.
NAMING = (Locale.parse("en"), Locale.parse("zh"))
#: What each way to write Chinese is called.
SIMPLE = ("简体中文", "简体", "简中", "中文（简体）", "simplified chinese")
FULL = ("繁体中文", "繁體中文", "繁体", "繁體", "中文（繁體）", "traditional chinese")
WRITINGS = {
    "zh_CN": (*SIMPLE, "chinese (simplified)"),
    "zh_TW": (*FULL, "chinese (traditional)"),
    "zh_HK": FULL,
}


def name_language(code):
    """Return what a language is called in English, in Chinese and in itself.

    :param str code: of a language of Odoo, ``zh_CN``
    :return: [name]
    """
    try:
        own = Locale.parse(code.split("@")[0])
    except (UnknownLocaleError, ValueError):
        return []
    names = [where.languages.get(own.language) for where in (*NAMING, own)]
    # 英语 and 英文 are one
    return [*filter(None, names), (names[1] or "").replace("语", "文")]


class CustomerImport(models.Model):
    """The dry run of customers and their contacts: who they are, and whether they are
    known."""

    _inherit = "customer.import"

    # === WHAT IS KNOWN === #

    def _gather_customers(self, facts):
        """Gather what rows of customers name, and the rows that were judged before."""
        done = self.row_ids.filtered(
            lambda row: row.id <= self.last_id and row.state in ("create", "update")
        )
        self._gather_looked_up(facts)
        for row in done:
            if not row.is_contact:
                values = self._read_customer(row.values)
                facts.customers.add(self._get_identity(row, values, facts))
        facts.extra["heads"] = self._find_heads()
        facts.extra["known_of"], facts.extra["failed"] = {}, set()
        facts.extra["seen"] = {
            (row.head_id.id, fold(row.name)): row.row_number
            for row in done
            if row.is_contact and row.head_id and row.state == "create"
        }
        facts.extra["archived"] = Customers(self._find_identities(active=False))
        facts.extra["contacts"] = self._find_contacts()
        facts.extra["named"] = self._find_named_rows()
        facts.extra["layout"] = find_layout(self.column_ids.mapped("title"))
        self._gather_limits(facts)

    def _gather_looked_up(self, facts):
        """Gather countries, users, payment terms and languages by their names."""
        facts.extra["countries"] = self._find_countries()
        users = self.env["res.users"].search([("share", "=", False)])
        for user in users:
            if self.company_id in user.company_ids:
                known = (user.email, user.name, user.login)
                facts.users |= {fold(text): user.id for text in known if text}
        terms = self.env["account.payment.term"].search(
            # sudo: who works in a branch needn't see its main company
            [("company_id", "in", [False, *self.company_id.sudo().parent_ids.ids])]
        )
        facts.extra["terms"] = {fold(term.name): term.id for term in terms}
        facts.extra["langs"] = self._find_languages()

    @api.model
    def _find_languages(self):
        """Return the languages in use by their code and by what they are called: in
        English, in Chinese and in themselves. Of Chinese, both ways to write it are
        meant by its name alone, so that it names the only one in use.

        :return: {folded text: code}
        """
        installed = self.env["res.lang"].get_installed()
        chinese = [code for code, _name in installed if code.startswith("zh")]
        found = {}
        for code, name in installed:
            names = [code, name, name.split(" / ")[0], *WRITINGS.get(code, ())]
            if code not in chinese or len(chinese) == 1:
                names += [code.split("_")[0], *name_language(code)]
            for text in filter(None, names):
                found.setdefault(fold(text), code)
        return found

    @api.model
    def _find_countries(self):
        """Return countries by their code and by what they are called here, in English
        and in Chinese.

        :return: {folded text: ``res.country``}
        """
        found = {}
        known = [where.territories for where in NAMING]
        for country in self.env["res.country"].search([]):
            names = [country.code, country.name]
            names += [names_of.get(country.code) for names_of in known]
            found |= {fold(name): country for name in names if name}
        return found

    def _find_contacts(self):
        """Find the contacts of customers that this company sees: one query.

        :return: {("email", folded email): contact's id, (customer's id, folded name):
            contact's id, "of": {customer's id: [contacts' ids]}}
        """
        self.env["res.partner"].flush_model()
        found = {"of": {}}
        for contact_id, customer_id, name, email in self.env.execute_query(
            SQL(
                """SELECT id, commercial_partner_id, name, email FROM res_partner
                    WHERE active AND commercial_partner_id != id
                      AND (company_id IS NULL OR company_id = ANY(%s)) ORDER BY id""",
                # sudo: who works in a branch needn't see its main company
                self.company_id.sudo().parent_ids.ids,
            )
        ):
            found["of"].setdefault(customer_id, []).append(contact_id)
            if email:
                found.setdefault(("email", fold(email)), contact_id)
            if name:
                found.setdefault((customer_id, fold(name)), contact_id)
        return found

    def _find_heads(self):
        """Find the rows of further contacts, which leave their customer to a row above.

        :return: {row's id: id of the row above that names a customer}
        """
        found, head = {}, None
        for row_id, is_customer, is_person in self.env.execute_query(
            SQL(
                """SELECT id, values ?| %s, values ?| %s FROM customer_import_row
                    WHERE import_id = %s AND values->>'row_kind' != 'total'
                 ORDER BY id""",
                list(OF_CUSTOMER),
                list(OF_PERSON),
                self.id,
            )
        ):
            if is_customer:
                head = row_id
            elif is_person and head:
                found[row_id] = head
        return found

    def _find_named_rows(self):
        """Find which row of this file a company is in, for contacts that name theirs.

        :return: {name as it is, and as it is compared: row's id}; empty where no
            column does it
        """
        if "parent" not in self.column_ids.mapped("field"):
            return {}
        found = {}
        for row_id, name in self.env.execute_query(
            SQL(
                """SELECT id, values->>'name' FROM customer_import_row
                    WHERE import_id = %s AND values->>'name' IS NOT NULL
                      AND values->>'parent' IS NULL ORDER BY id""",
                self.id,
            )
        ):
            found.setdefault(fold(name), row_id)
            found.setdefault(get_core_name(name), row_id)
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

    # === READING A ROW === #

    @api.model
    def _read_customer(self, values):
        """Read who a row is about: a person where no company is named; what a customer
        lacks, its contact gives.

        :return: dict with ``name``; ``contact_name``: "" where that is the customer;
            ``is_company``; ``inherited``: what is the contact's
        """
        person = values.get("contact") or join_name(
            values.get("first_name"), values.get("last_name")
        )
        says = read_is_company(values.get("person"))
        found = {**values, "contact_name": person, "is_company": says is not False}
        if not values.get("name") and person:
            found |= {"name": person, "contact_name": "", "is_company": says is True}
        if found["is_company"] and fold(person) == fold(found.get("name")):
            found["contact_name"] = ""
        if says is False:
            found["contact_name"] = ""
        found["inherited"] = []
        for name in ("email", "phone"):
            its = values.get(f"contact_{name}")
            if its and not values.get(name):
                found[name] = its
                found["inherited"].append(name)
        return found

    @api.model
    def _is_person_only(self, values):
        """Return whether a row says something of a person, and of no customer: it is
        another contact of the customer above."""
        return any(map(values.get, OF_PERSON)) and not any(map(values.get, OF_CUSTOMER))

    # === JUDGING === #

    def _judge_customers(self, rows, facts):
        """Judge rows of customers.

        :return: {id of a row: values}
        """
        facts.extra["read"] = self._list_likely(rows, facts)
        return self._judge_each(rows, facts, self._judge_party)

    def _list_likely(self, rows, facts):
        """Return the partners that some rows may be about, so that they are read
        together.

        :return: ids of ``res.partner``
        """
        found = set()
        for row in rows:
            for name in SURE:
                text = (row.values or {}).get(name) or ""
                found.update(facts.customers.find_by(name, text))
            parent = (row.values or {}).get("parent") or ""
            found.update(facts.customers.find_by("name", parent))
        of_customers = facts.extra["contacts"]["of"]
        found |= {one for key in found for one in of_customers.get(key, ())}
        return [key for key in found if key > 0]

    def _browse_read(self, partner_id, facts):
        """Return a partner in the import's company, which is read with others."""
        partner = self.env["res.partner"].browse(partner_id)
        partner = partner.with_prefetch([*facts.extra["read"], *partner.ids])
        return partner.with_company(self.company_id)

    def _judge_party(self, row, values, facts):
        """Judge one row: a customer, or a contact of one."""
        Row = self.env["customer.import.row"]
        try:
            if head := facts.extra["heads"].get(row.id):
                return self._judge_contact(row, values, facts, Row.browse(head))
            is_person = read_is_company(values.get("person")) is not True
            if values.get("parent") and is_person:
                head, _customer = self._find_company(row, values, facts)
                return self._judge_contact(row, values, facts, head)
            found = self._judge_customer(row, self._read_customer(values), facts)
            found = self._protect(found, facts)
        except RowError:
            facts.extra["failed"].add(row.id)
            raise
        if found.get("score", 0) >= CERTAIN:
            # of one whom no import changes: its contacts stay out, too
            facts.extra["known_of"][row.id] = found.get("duplicate_id")
        return found

    def _judge_customer(self, row, values, facts):
        if self._is_left_out(values, facts):
            vendor = self.env._("A vendor: %(name)s.", name=values.get("name"))
            return {"state": "skip", "message": vendor}
        return self._judge_who_counts(row, values, facts)

    def _judge_who_counts(self, row, values, facts):
        """Judge a row of a customer: a new one, a known one, or perhaps a known one.

        :return: values of the row
        :raises RowError: something can't be read
        """
        self._check_role(values)
        notes = []
        if not values.get("name"):
            facts.note_wrong(RowError(self.env._("No name.")))
        vals = self._prepare_customer_vals(row, values, facts, notes)
        facts.check()
        identity = self._get_identity(row, values, facts)
        alike = facts.customers.find_alike(identity)
        if doubt := self._explain_doubt(identity, alike, facts):
            return doubt
        best = alike[0] if alike else None
        if not best or best.score < ALIKE:
            return self._judge_unknown(row, values, facts, identity, notes)
        if best.key < 0:
            return self._judge_repeated(row, values, facts, best)
        if other := self._find_contradiction(alike, best):
            message = self.env._(
                "%(first)s has its %(one)s, %(second)s its %(other)s: choose one.",
                first=self._name_known(best.key),
                one=self._list_reasons(best),
                second=self._name_known(other.key),
                other=self._list_reasons(other),
            )
        elif set(best.reasons) & set(SURE):
            return self._judge_update(row, best, vals, values, facts, notes)
        else:
            message = self._explain_alike(best)
        return {
            "state": "duplicate",
            "duplicate_id": best.key,
            "score": best.score,
            "message": message,
        }

    def _explain_doubt(self, identity, alike, facts):
        """Return what is asked of a row whose code or tax number is a customer's, and
        the rest of which isn't; None where nothing speaks against it.

        :param identity: by what the row is known
        :param alike: [``Likeness``]
        """
        if not alike or self._find_contradiction(alike, alike[0]):
            return None
        for one in alike:
            reasons = {"name" if it == "name_country" else it for it in one.reasons}
            known = facts.customers.get(one.key)
            if one.key < 0 or not reasons & set(SURE):
                continue
            if find_conflicts(identity, known, reasons) <= {"ref"} and (
                one.score >= ALIKE
            ):
                continue
            return {
                "state": "duplicate",
                "duplicate_id": one.key,
                "score": one.score,
                "message": self.env._(
                    "%(why)s But %(name)s has another name or tax number: update it, "
                    "or correct what is wrong.",
                    why=self._explain_alike(one),
                    name=self._name_known(one.key),
                ),
            }
        return None

    @api.model
    def _is_left_out(self, values, facts):
        """Return whether a row is a vendor's: by a word, or by its code."""
        layout = facts.extra.get("layout")
        return is_vendor(values.get("role", "")) or bool(
            layout and layout.is_vendor(values.get("ref") or "")
        )

    def _judge_unknown(self, row, values, facts, identity, notes):
        """Judge a row of somebody who is no customer of this company's: an archived
        one, another company's contact, or new."""
        archived = facts.extra["archived"].find_alike(identity)
        if archived and archived[0].score >= ALIKE:
            best = archived[0]
            return {
                "state": "duplicate",
                "duplicate_id": best.key,
                "score": best.score,
                "message": self.env._(
                    "%(why)s %(name)s is archived: update it to bring it back.",
                    why=self._explain_alike(best),
                    name=self._name_known(best.key),
                ),
            }
        contact_id = facts.extra["contacts"].get(("email", fold(identity.email)))
        if identity.email and contact_id:
            # sudo: a contact that this company sees
            contact = self.env["res.partner"].sudo().browse(contact_id)
            return {
                "state": "duplicate",
                "duplicate_id": contact.commercial_partner_id.id,
                "score": 90,
                "message": self.env._(
                    "The same email as %(contact)s, a contact of %(customer)s.",
                    contact=contact.name,
                    customer=contact.commercial_partner_id.display_name,
                ),
            }
        facts.customers.add(identity)
        self._note_limit(values, facts, row, None, notes)
        return {"state": "create", "message": "\n".join(notes) or None}

    def _judge_repeated(self, row, values, facts, best):
        """Judge a row of a customer who is in the file already: with another contact,
        that one is added."""
        head = self.env["customer.import.row"].browse(-best.key)
        is_same = set(best.reasons) & {*SURE, "name", "name_country"}
        if values["contact_name"] and is_same and best.score >= ALIKE:
            return self._judge_contact(row, values, facts, head)
        return {
            "state": "duplicate",
            "score": best.score,
            "head_id": head.id,
            "message": self.env._(
                "As row %(row)s: %(reasons)s",
                row=head.row_number,
                reasons=self._explain_alike(best),
            ),
        }

    @api.model
    def _find_contradiction(self, alike, best):
        """Return another customer that is known for sure as well, or None."""
        if not set(best.reasons) & set(SURE):
            return None
        return next(
            (
                one
                for one in alike
                if one.key > 0 and one.key != best.key and set(one.reasons) & set(SURE)
            ),
            None,
        )

    def _judge_update(self, row, best, vals, values, facts, notes):
        """Judge a row of a customer that is known for sure: what it changes."""
        partner = self._browse_read(best.key, facts)
        changes = self._list_changes(partner, vals, values, notes)
        lines = self._describe_changes(partner, changes)
        if self._is_new_contact(partner, values, facts):
            lines.append(
                self.env._("New contact: %(name)s", name=values["contact_name"])
            )
        if self._note_limit(values, facts, row, partner, notes):
            lines.append(notes.pop())
        facts.customers.add(self._get_identity(row, values, facts))
        found = {
            "duplicate_id": best.key,
            "score": best.score,
            "message": "\n".join([*lines, *notes, self._explain_alike(best)]),
        }
        if not lines:
            nothing = self.env._("Nothing would change.")
            found["message"] = "\n".join([nothing, found["message"]])
            return {**found, "state": "duplicate"}
        return {**found, "state": "update", "partner_id": best.key}

    @api.model
    def _is_new_contact(self, partner, values, facts):
        """Return whether a row brings a contact that its customer doesn't have."""
        person = values.get("contact_name")
        known = facts.extra["contacts"]
        return bool(person) and (partner.id, fold(person)) not in known

    # === CONTACTS === #

    def _find_company(self, row, values, facts):
        """Find the company that a row of a contact names.

        :return: (row of this file or empty, ``res.partner`` or empty)
        :raises RowError: it is in neither, or several are called so
        """
        name = values["parent"]
        Row, Partner = self.env["customer.import.row"], self.env["res.partner"]
        named = facts.extra["named"]
        head = named.get(fold(name)) or named.get(get_core_name(name))
        if head and head != row.id:
            return Row.browse(head), Partner
        found = [key for key in facts.customers.find_by("name", name) if key > 0]
        if len(found) == 1:
            return Row, Partner.browse(found[0])
        sentence = self.env._("Several customers are called “%s”.")
        if not found:
            sentence = self.env._("No customer is called “%s”.")
        raise RowError(sentence % name, "parent")

    def _judge_contact(self, row, values, facts, head):
        """Judge a row of a contact.

        :param head: the row that its customer is in, if one is
        """
        notes = []
        vals = self._prepare_contact_vals(row, values, facts, notes)
        if not vals.get("name"):
            raise RowError(self.env._("No name."))
        facts.check()
        found = {"is_contact": True, "head_id": head.id or None}
        if head.problems or head.id in facts.extra["failed"] or head.state == "error":
            raise RowError(
                self.env._(
                    "Row %(row)s, in which its customer is, has an error.",
                    row=head.row_number,
                )
            )
        if head and self._is_left_out(head.values, facts):
            skipped = self.env._("It belongs to row %(row)s.", row=head.row_number)
            return {**found, "state": "skip", "message": skipped}
        customer = self._find_customer_of(head, row, values, facts)
        self._check_no_person_here(customer)
        known = customer and facts.extra["contacts"].get(
            (customer.id, fold(vals["name"]))
        )
        if known:
            return found | self._judge_known_contact(known, vals, values, facts, notes)
        same = head.id or customer.id, fold(vals["name"])
        seen = facts.extra.setdefault("seen", {})
        if same in seen:
            twice = self.env._("As row %(row)s.", row=seen[same])
            return {**found, "state": "duplicate", "message": twice}
        seen[same] = row.row_number
        notes.insert(0, self._explain_contact(head, customer))
        return {**found, "state": "create", "message": "\n".join(notes)}

    def _judge_known_contact(self, known, vals, values, facts, notes):
        """Judge a row of a contact who is there: what it changes.

        :param int known: id of ``res.partner``
        """
        contact = self._browse_read(known, facts)
        found = {"duplicate_id": known, "score": 100}
        if self._filter_protected(contact):
            return self._protect(found, facts)
        changes = self._list_changes(contact, vals, values, notes)
        lines = self._describe_changes(contact, changes)
        if not lines:
            nothing = self.env._("Nothing would change.")
            return {**found, "state": "duplicate", "message": nothing}
        message = "\n".join([*lines, *notes])
        return {**found, "state": "update", "partner_id": known, "message": message}

    def _explain_contact(self, head, customer):
        if head:
            return self.env._(
                "A contact of “%(name)s” in row %(row)s.",
                name=head.name or "",
                row=head.row_number,
            )
        return self.env._("A contact of %(name)s.", name=customer.display_name)

    def _find_customer_of(self, head, row, values, facts):
        """Return the customer of a contact's row as far as it is there already.

        :return: ``res.partner``
        """
        if not head:
            return self._find_company(row, values, facts)[1]
        known_of = facts.extra["known_of"]
        if head.id > row.id and head.id not in known_of:
            # it stands below, and wasn't judged yet
            identity = self._get_identity(head, self._read_customer(head.values), facts)
            best = next(iter(facts.customers.find_alike(identity)), None)
            is_sure = best and best.key > 0 and set(best.reasons) & set(SURE)
            known_of[head.id] = best.key if is_sure else None
        if known := known_of.get(head.id):
            return self.env["res.partner"].browse(known)
        return head._get_customer()

    # === IN WORDS === #

    @api.model
    def _name_known(self, partner_id):
        # sudo: a customer that this company sees
        return self.env["res.partner"].sudo().browse(partner_id).display_name

    def _explain_alike(self, best):
        """Say by what a customer is the same as another one."""
        return self.env._(
            "The same %(reasons)s (%(score)s%%).",
            reasons=self._list_reasons(best),
            score=best.score,
        )

    @api.model
    def _list_reasons(self, best):
        reasons = {
            "vat": self.env._("tax number"),
            "ref": self.env._("customer code"),
            "email": self.env._("email"),
            "domain": self.env._("domain of the email"),
            "name": self.env._("name"),
            "core": self.env._("name without its legal form"),
            "name_country": self.env._("name and country"),
        }
        return format_list(self.env, [reasons[one] for one in best.reasons])

    # === COMPLETENESS === #

    def _store_completeness(self):
        """Keep how complete the data of the file's customers are on average, by the
        company's standard."""
        Rule = self.env["customer.data.rule"]
        # sudo: who works in a branch needn't see its main company
        rules = Rule._get_rules(self.company_id.sudo().root_id.id)
        counted = self.row_ids.filtered(
            lambda row: (
                row.state in ("create", "update", "duplicate") and not row.is_contact
            )
        )
        if not rules or not counted:
            self._write_guarded({"has_completeness": False, "completeness": 0})
            return
        facts = self._gather_facts()
        whole, judges = 0, Rule._get_judges()
        for row in counted:
            values = self._read_customer(row.values)
            country = self._find_country(values, facts)
            texts = {
                rule.field: values.get(STANDARD.get(rule.field, rule.field), "")
                for rule in rules
            }
            code = country.code if country else ""
            whole += judge(rules, texts, code, judges).percent
        self._write_guarded(
            {"has_completeness": True, "completeness": whole // len(counted)}
        )
