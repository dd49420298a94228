from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import format_date, format_list, frozendict

MODULE = "multicurrency_crm"

#: Where a field names no ``bounds`` of its own. A whole number is one of days, months
#: or places in a list: that many days from today are a day that a calendar has. Money
#: beyond this isn't exact to the unit in a float.
INTEGERS = (-100_000, 100_000)
NUMBERS = (-1e15, 1e15)
#: ``bounds`` of days to which others are added: what comes out is a day as well
DAYS = (date(1970, 1, 1), date(2199, 12, 31))
#: of days that come out by that, and may be typed as well
LATER_DAYS = (DAYS[0], date(2499, 12, 31))

#: A number that is bounded by this, or less, is a share: typed and read in percent.
WHOLE = 1


class TypedNumberMixin(models.AbstractModel):
    """Numbers that people type are numbers, and no larger than can be counted with; so
    are days to which others are added.

    Looks at each number of the addon that isn't readonly, or that has ``bounds=(least,
    most)``, at each day that has, and at what is chosen from a list. What is none, out
    of the bounds or not in the list meets a sentence before a computation or a column
    stumbles over it: on a form, in an import and by RPC. Money that its currency would
    round to nothing isn't taken for 0.
    """

    _name = "typed.number.mixin"
    _description = "Numbers Typed by People"

    #: {name: (least, most)} of the numbers that people type
    _typed_numbers = frozendict()
    #: names of what people choose from a list
    _typed_choices = frozenset()

    def _valid_field_parameter(self, field, name):
        return name == "bounds" or super()._valid_field_parameter(field, name)

    def _post_model_setup__(self):
        result = super()._post_model_setup__()
        type(self)._typed_numbers = frozendict(
            (name, getattr(field, "bounds", None) or default)
            for name, field in self._fields.items()
            if field._module == MODULE
            and (default := _get_default_bounds(field))
            and (getattr(field, "bounds", None) or not field.readonly)
        )
        type(self)._typed_choices = frozenset(
            name
            for name, field in self._fields.items()
            if field._module == MODULE
            and field.type == "selection"
            and not field.readonly
            and not field.related
        )
        return result

    # === GUARDS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_typed_numbers(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_typed_numbers(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_typed_numbers(values)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_typed_numbers(self, vals):
        """:param vals: values of fields, those of lines in x2many commands included
        :raises ValidationError: a typed number is none, or out of its bounds
        :raises AccessError: and whoever typed it may not write these records, of which
            the bounds say something"""
        try:
            self._check_typed_vals(vals)
        except ValidationError:
            if self:
                self.check_access("write")
            raise

    @api.model
    def _check_typed_vals(self, vals):
        self._check_typed_choices(vals)
        for name, value in vals.items():
            if bounds := self._typed_numbers.get(name):
                if not value and not self._is_never_none(name, *bounds):
                    continue
                if not _is_within(value or 0, *bounds):
                    raise self._get_number_error(name, value or 0, *bounds)
                self._check_typed_money(vals, name, value)
            elif isinstance(value, list) and name in self._fields:
                self._check_typed_lines(self._fields[name], value)

    @api.model
    def _check_typed_choices(self, vals):
        """:raises ValidationError: something is chosen that isn't offered"""
        for name in vals.keys() & self._typed_choices:
            field, value = self._fields[name], vals[name]
            if value and value not in field.get_values(self.env):
                raise ValidationError(
                    self.env._(
                        "“%(value)s” can't be chosen as %(field)s: choose one of "
                        "%(choices)s.",
                        value=value,
                        field=field._description_string(self.env),
                        choices=format_list(
                            self.env,
                            [
                                label
                                for _key, label in field._description_selection(
                                    self.env
                                )
                            ],
                        ),
                    )
                )

    @api.model
    def _is_never_none(self, name, least, most):
        """Return whether 0, which an empty field sends, too, is no answer: there is at
        least one unit, day or year. A rate of 0 may be one that is typed yet."""
        return self._fields[name].type == "integer" and not least <= 0 <= most

    @api.model
    def _check_typed_lines(self, field, commands):
        lines = self.env.get(field.comodel_name) if field.relational else None
        if not hasattr(lines, "_check_typed_numbers"):
            return
        for command in commands:
            match command:
                case [Command.CREATE | Command.UPDATE, _, dict() as vals]:
                    lines._check_typed_numbers(vals)

    @api.model
    def _check_typed_money(self, vals, name, value):
        """:param vals: in which a new currency may stand, too
        :raises ValidationError: the amount is less than half the smallest unit"""
        field = self._fields[name]
        if field.type != "monetary" or not value:
            return
        currency_name = field.get_currency_field(self)
        currency = vals.get(currency_name)
        if isinstance(currency, int):
            currencies = self.env["res.currency"].browse(currency)
        else:
            # sudo: who may write them may not read their company
            currencies = self.sudo().mapped(currency_name)
        for currency in currencies:
            if not currency.round(float(value)):
                raise ValidationError(
                    self.env._(
                        "“%(value)s” can't be entered as %(field)s: the smallest "
                        "amount of %(currency)s is %(least)s.",
                        value=_show(value),
                        field=field._description_string(self.env),
                        currency=currency.name,
                        least=_show(currency.rounding),
                    )
                )

    @api.model
    def _get_number_error(self, name, value, least, most):
        if isinstance(least, date):
            return ValidationError(
                self.env._(
                    "“%(value)s” can't be entered as %(field)s: enter a day from "
                    "%(least)s to %(most)s.",
                    value=value,
                    field=self._fields[name]._description_string(self.env),
                    least=format_date(self.env, least),
                    most=format_date(self.env, most),
                )
            )
        show = _show_share if most <= WHOLE else _show
        return ValidationError(
            self.env._(
                "“%(value)s” can't be entered as %(field)s: enter a number from "
                "%(least)s to %(most)s.",
                value=show(value),
                field=self._fields[name]._description_string(self.env),
                least=show(least),
                most=show(most),
            )
        )


def _get_default_bounds(field):
    """Return (least, most), or None where the field is neither a number nor a day that
    has bounds"""
    if field.type == "date":
        return getattr(field, "bounds", None)
    if field.type == "integer":
        return INTEGERS
    return NUMBERS if field.type in ("float", "monetary") else None


def _is_within(value, least, most):
    """Return whether a client's value is a number, or a day, in these bounds; NaN is in
    none"""
    try:
        if isinstance(least, date):
            return least <= fields.Date.to_date(value) <= most
        return least <= float(value) <= most
    except (TypeError, ValueError, OverflowError):
        return False


def _show_share(value):
    """Return a share in percent, as screens show it; other values as they are"""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return f"{_show(float(Decimal(repr(value)) * 100))}%"


def _show(value):
    """Return a number in digits, without an exponent; other values as they are"""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    text = f"{Decimal(repr(value)):,f}"
    return text.removesuffix(".0")
