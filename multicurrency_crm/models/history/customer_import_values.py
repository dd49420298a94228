from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import format_list

from ...engine.customer_data import EMAIL
from ...engine.customer_rows import read_channel, read_hours, split_list
from ...engine.history import fold
from ..common.html_text import as_html
from .customer_import_checking import RowError

#: Standard fields that are fields of a customer as they are.
PLAIN = (
    *("name", "ref", "vat", "email", "phone", "street", "street2", "city", "zip"),
    "website",
)
#: Fields that an update only fills.
ONLY_FILLED = ("allowed_currency_ids", "comment")
#: Hours in the fields of a contact.
HOURS = ("contact_from", "contact_to")


class CustomerImport(models.Model):
    """What rows of customers and contacts write: values of partners, and what they
    change of those that are there."""

    _inherit = "customer.import"

    # === ROWS TO VALUES === #

    def _prepare_customer_vals(self, row, values, facts, notes):
        """Prepare the values of a customer from a row.

        :param values: as :meth:`_read_customer` returns them
        :param list notes: sentences on what is left out, added to
        :return: dict, without what the row doesn't say
        :raises RowError: something isn't known here, or isn't what it should be
        """
        before = len(facts.wrong)
        vals = {name: values[name] for name in PLAIN if values.get(name)}
        facts.attempt(self._check_email, row, vals.get("email"), facts)
        if vals.get("website"):
            vals["website"] = self.env["res.partner"]._clean_website(vals["website"])
        if values.get("currency"):
            if currency := facts.attempt(self._find_currency, values, facts):
                vals["preferred_currency_id"] = currency.id
        self._add_allowed(vals, values, facts)
        facts.attempt(self._add_place, row, vals, values, facts, notes)
        facts.attempt(self._add_looked_up, row, vals, values, facts, notes)
        self._add_habits(row, vals, values, facts, notes)
        if values.get("note"):
            vals["comment"] = as_html(values["note"])
        if vals.get("vat"):
            vals["vat"] = facts.attempt(self._read_vat, row, vals, facts)
        facts.check(since=before)
        return vals

    def _add_allowed(self, vals, values, facts):
        """Add the currencies that a customer may have, with its own."""
        if codes := split_list(values.get("currencies")):
            asked = [({"currency": code}, facts, "currencies") for code in codes]
            found = {facts.attempt(self._find_currency, *args) for args in asked}
            ids = {currency.id for currency in found if currency}
            ids |= {vals.get("preferred_currency_id")} - {None}
            vals["allowed_currency_ids"] = [Command.set(sorted(ids))]

    def _prepare_contact_vals(self, row, values, facts, notes, beside=False):
        """Prepare the values of a person below a customer, from a row of its own or
        from the customer's.

        :param bool beside: it is the customer's row, whose email is the customer's
        :return: dict, without what the row doesn't say
        :raises RowError: as for a customer
        """
        read = self._read_customer(values)
        email = not beside and values.get("email")
        phone = not beside and values.get("phone")
        vals = {
            "name": read["contact_name"] or read.get("name"),
            "email": values.get("contact_email") or email,
            "phone": values.get("contact_phone") or phone,
            "function": values.get("position"),
        }
        vals = {name: value for name, value in vals.items() if value}
        before = len(facts.wrong)
        facts.attempt(self._check_email, row, vals.get("email"), facts)
        said = {"lang": values.get("lang")}
        facts.attempt(self._add_looked_up, row, vals, said, facts, notes)
        self._add_habits(row, vals, values, facts, notes)
        if values.get("note") and not beside:
            vals["comment"] = as_html(values["note"])
        facts.check(since=before)
        return vals

    def _check_email(self, row, email, facts):
        """:raises RowError: it is none"""
        if email and not EMAIL.fullmatch(email):
            sentence = self.env._("“%(email)s” isn't a valid email.", email=email)
            raise RowError(sentence, "email")

    def _read_vat(self, row, vals, facts):
        """Return a tax number as Odoo keeps it for its country; nobody is asked over
        the net.

        :raises RowError: it isn't one of its country, where ``base_vat`` knows these
        """
        country = self.env["res.country"].browse(vals.get("country_id", ()))
        try:
            vat, _code = self.env["res.partner"]._run_vat_checks(
                country, vals["vat"], partner_name=vals.get("name", "")
            )
        except ValidationError as error:
            raise RowError(str(error), "vat") from error
        return vat

    def _add_place(self, row, vals, values, facts, notes):
        """Add country and state; a state that its country doesn't have is said."""
        if text := values.get("country"):
            country = self._find_country(values, facts)
            if not country:
                sentence = self.env._("No country is called “%s”.", text)
                raise RowError(sentence, "country")
            vals["country_id"] = country.id
        if not (text := values.get("state")):
            return
        country = self.env["res.country"].browse(vals.get("country_id", ()))
        state = country.state_ids.filtered(
            lambda one: fold(text) in (fold(one.name), fold(one.code))
        )[:1]
        if state:
            vals["state_id"] = state.id
            return
        sentence = self.env._("“%s” is left out: the row has no country.", text)
        if country:
            sentence = self.env._(
                "“%(state)s” is left out: no state of %(country)s is called so.",
                state=text,
                country=country.name,
            )
        self._note_left_out(row, "state", text, facts, notes, sentence)

    def _add_looked_up(self, row, vals, values, facts, notes):
        """Add what a row names and what has to be there already. Whose payment term
        isn't known would get another one: that is an error."""
        if text := values.get("terms"):
            term = facts.extra["terms"].get(fold(text))
            if not term:
                sentence = self.env._("No payment term is called “%s”.", text)
                raise RowError(sentence, "terms")
            vals["property_payment_term_id"] = term
        if text := values.get("owner"):
            if user := facts.users.get(fold(text)):
                vals["user_id"] = user
            else:
                sentence = self.env._("“%s” is left out: no user is called so.", text)
                self._note_left_out(row, "owner", text, facts, notes, sentence)
        if text := values.get("lang"):
            if lang := facts.extra["langs"].get(fold(text)):
                vals["lang"] = lang
            else:
                sentence = self.env._(
                    "“%s” is left out: no language in use is called so.", text
                )
                self._note_left_out(row, "lang", text, facts, notes, sentence)

    def _add_habits(self, row, vals, values, facts, notes):
        """Add how and when somebody likes to be reached."""
        if text := values.get("channel"):
            if channel := read_channel(text):
                vals["preferred_channel"] = channel
            else:
                sentence = self.env._(
                    "“%s” is left out: no channel is called so.", text
                )
                self._note_left_out(row, "channel", text, facts, notes, sentence)
        if text := values.get("hours"):
            if hours := read_hours(text):
                vals |= dict(zip(HOURS, hours, strict=True))
            else:
                sentence = self.env._(
                    "“%s” is left out: hours are read from texts such as 9:00-18:00.",
                    text,
                )
                self._note_left_out(row, "hours", text, facts, notes, sentence)

    def _note_left_out(self, row, name, text, facts, notes, sentence):
        """Say of a row that one of its values is left out, which the whole file is told
        of, too.

        :param str name: standard field
        :param str text: what the row says
        :param list notes: sentences, added to
        """
        notes.append(self._at(row, name, facts, sentence))
        facts.extra.setdefault("left_out", {})[name] = text

    def _list_tags(self, values):
        """Return the names of the tags of a row, its grade's included."""
        tags = split_list(values.get("tags"))
        if grade := self._get_grade_tag(values):
            tags.append(grade)
        return list(dict.fromkeys(tags))

    @api.model
    def _get_grade_tag(self, values):
        """Return the tag that keeps the grade of a row. A room that grades customers
        takes the grade itself, and returns "" here.

        :return: str
        """
        grade = (values.get("grade") or "").strip()
        return self.env._("Grade %(grade)s", grade=grade) if grade else ""

    # === CHANGES === #

    def _list_changes(self, partner, vals, values, notes):
        """Return those values that a customer doesn't have yet. Nothing is emptied;
        what is only filled stays as it is, and so does what its contact gives.

        :param values: what the row says
        :param list notes: sentences on what stays, added to
        """
        found = {}
        for name, value in vals.items():
            field = partner._fields[name]
            if not self._is_other(partner, field, value):
                continue
            if name in values.get("inherited", ()) and partner[name]:
                continue
            if name in ONLY_FILLED and partner[name]:
                label = field._description_string(self.env)
                notes.append(self.env._("%(field)s stay as they are.", field=label))
                continue
            found[name] = value
        self._keep_address(partner, found, notes)
        tags = self._list_tags(values)
        missing = {fold(tag) for tag in tags}
        missing -= {fold(name) for name in partner.category_id.mapped("name")}
        if missing:
            found["category_id"] = [tag for tag in tags if fold(tag) in missing]
        return found

    @api.model
    def _is_other(self, partner, field, value):
        """Return whether a partner has another value than a row says."""
        if field.type == "html":
            return Markup(partner[field.name] or "").striptags() != value.striptags()
        if field.type == "many2many":
            return set(partner[field.name].ids) != set(value[0][2])
        if field.type == "float":
            return abs(partner[field.name] - value) > 1e-6
        return field.convert_to_cache(value, partner) != field.convert_to_cache(
            partner[field.name], partner
        )

    def _describe_changes(self, partner, changes):
        """Say what a row changes of a customer, old → new, a line each."""
        lines = []
        for name, value in changes.items():
            field = partner._fields[name]
            if name == "category_id":
                tags = format_list(self.env, value)
                lines.append(self.env._("New tags: %(tags)s", tags=tags))
                continue
            lines.append(
                self.env._(
                    "%(field)s: %(old)s → %(new)s",
                    field=field._description_string(self.env),
                    old=self._show_value(partner, field, partner[name]) or "–",
                    new=self._show_value(partner, field, value),
                )
            )
        return lines

    def _show_value(self, partner, field, value):
        """Return a value of a partner's field as people read it."""
        if field.type == "many2one":
            if not isinstance(value, models.BaseModel):
                value = self.env[field.comodel_name].browse(value)
            return value.display_name or ""
        if field.type == "many2many":
            if not isinstance(value, models.BaseModel):
                value = self.env[field.comodel_name].browse(value[0][2])
            return format_list(self.env, value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value) or ""
        if field.type == "html":
            return str(Markup(value or "").striptags())
        if field.type == "float":
            hours, minutes = divmod(round((value or 0) * 60), 60)
            return f"{hours}:{minutes:02}"
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        return str(value or "")
