"""A ledger at random: what is invoiced, paid, matched and taken apart on any day."""

from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from freezegun import freeze_time
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from odoo import Command
from odoo.exceptions import UserError

from ..hypothesis_profile import examples
from .ledger_common import LedgerCommon

FIRST = date(2026, 1, 1)
#: So many days later something is dated at the latest.
DAYS = 180
#: When all is done and looked at.
TODAY = date(2026, 10, 1)
MONEY = ("EUR", "USD", "JPY", "KWD", "CNY")


class Step(NamedTuple):
    """Something that is done to a ledger; the numbers choose among what is there."""

    what: str
    place: int  # main company, branch, or another company
    customer: int
    money: int
    amount: int  # in the smallest unit of the currency
    day: int
    asked: int  # how many days later it is done
    which: int


class Story(NamedTuple):
    money: list  # codes of the currencies that it takes place in
    before: list
    after: list
    storno: bool
    yearly: bool  # exchange entries are numbered by year, and land on the day they
    # are made; by month, on the last of theirs
    lock: int | None  # the day up to which books are closed between the two


DOCUMENTS = ("invoice", "instalments", "credit_note", "receive", "refund", "entry")
MATCHING = (
    "match",
    "bank_line",
    "match",
    "match_foreign",
    "unmatch",
    "write_off",
    "register",
)


def steps(kinds):
    return st.builds(
        Step,
        st.sampled_from(kinds),
        st.sampled_from((0, 0, 0, 0, 1, 2)),
        st.sampled_from((0, 0, 1, 1, 2)),
        st.integers(0, 2),
        st.integers(1, 999_999),
        st.integers(0, DAYS),
        st.integers(0, 60),
        st.integers(0, 2**16),
    )


stories = st.builds(
    Story,
    st.permutations(MONEY).map(lambda codes: codes[:3]),
    st.lists(steps(DOCUMENTS), min_size=10, max_size=10),
    st.lists(steps((*DOCUMENTS, *MATCHING * 4)), min_size=18, max_size=18),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(30, 120),
)


def tell_settled(seed):
    """Tell a story of few customers and currencies, one without decimals and one with
    three, in which most is matched: in full, in parts, and taken apart again.

    :param int seed: what is told once is told again
    """
    draw = Random(seed)

    def step(kinds):
        return Step(
            draw.choice(kinds),
            draw.choice((0, 0, 0, 1, 2)),
            draw.choice((0, 0, 0, 1)),
            draw.choice((0, 0, 1, 1, 2)),
            draw.randint(1, 999_999),
            draw.randint(0, DAYS),
            draw.randint(0, 60),
            draw.randrange(2**16),
        )

    return Story(
        ["KWD", "JPY", draw.choice(("USD", "CNY"))],
        [step(("invoice", "invoice", "receive", *DOCUMENTS)) for _at in range(14)],
        [step(("receive", *MATCHING)) for _at in range(22)],
        draw.random() < 0.3,
        draw.random() < 0.5,
        draw.choice((None, None, draw.randint(30, 120))),
    )


#: Stories as :func:`tell_settled` tells them: drawn by a seed, since what hypothesis
#: draws itself repeats the first choices.
settled_stories = st.integers(0, 2**32 - 1).map(tell_settled)


class RandomLedgerCommon(LedgerCommon):
    """Two companies and a branch, in books of 2 and 0 decimals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # once: what freezes the clock looks through all modules
        cls.clock = cls.startClassPatcher(freeze_time(FIRST))
        cls.branch = cls._create_company("Quay North", cls.eur, parent_id=cls.books.id)
        cls.sister = cls._create_company("Quay Osaka", cls.jpy)
        cls.env.user.company_ids |= cls.branch | cls.sister
        cls._load_chart(cls.sister)
        cls._type_rates()
        cls.places = [cls.books, cls.branch, cls.sister]
        cls.kit = {place: cls._equip(place) for place in (cls.books, cls.sister)}
        cls.kit[cls.branch] = cls.kit[cls.books]
        cls.receivables = cls.env["account.account"].concat(
            *(
                cls.kit[place][name]
                for place in (cls.books, cls.sister)
                for name in ("receivable", "doubtful")
            )
        )
        cls.buyers = [cls.buyer, cls._customer("Chandler"), cls._customer("Cooper")]
        cls.contact = cls.env["res.partner"].create(
            {"name": "Desk", "parent_id": cls.buyer.id}
        )
        cls.thirds = cls.env["account.payment.term"].create(
            {
                "name": "Two parts",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 30, "nb_days": 0}
                    ),
                    Command.create(
                        {"value": "percent", "value_amount": 70, "nb_days": 45}
                    ),
                ],
            }
        )

    @classmethod
    def _type_rates(cls):
        """A rate a month, each other than the one before."""
        usual = {"USD": 1.1, "JPY": 160.0, "KWD": 0.33, "CNY": 7.8}
        usual_in_yen = {"EUR": 0.0061, "USD": 0.0069, "KWD": 0.0021, "CNY": 0.049}
        for company, rates in ((cls.books, usual), (cls.sister, usual_in_yen)):
            cls.env["res.currency.rate"].search(
                [("company_id", "=", company.id)]
            ).unlink()
            for at, (code, rate) in enumerate(rates.items()):
                for month in range(1, 7):
                    drift = 1 + ((month * 7 + at) % 11 - 5) / 50
                    cls._set_rate(
                        getattr(cls, code.lower()),
                        f"2026-{month:02}-01",
                        rate * drift,
                        company,
                    )

    @classmethod
    def _equip(cls, company):
        """Journals, accounts and ways to pay of a company."""
        env = cls._in(company)
        find = env["account.account"].search
        journals = env["account.journal"]
        domain = env["account.account"]._check_company_domain(company)
        bank = journals.search(
            [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
        )
        outstanding = env["account.account"].create(
            {
                "name": "On its way",
                "code": "101990",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        methods = bank.inbound_payment_method_line_ids
        methods |= bank.outbound_payment_method_line_ids
        methods.payment_account_id = outstanding
        return {
            "bank": bank,
            "general": journals.search(
                [("type", "=", "general"), ("company_id", "=", company.id)], limit=1
            ),
            "income": find([*domain, ("account_type", "=", "income")], limit=1),
            "expense": find([*domain, ("account_type", "=", "expense")], limit=1),
            "doubtful": env["account.account"].create(
                {
                    "name": "Doubtful",
                    "code": "121990",
                    "account_type": "asset_receivable",
                    "reconcile": True,
                }
            ),
            "receivable": cls.buyer.with_company(
                company
            ).property_account_receivable_id,
        }

    @classmethod
    def _in(cls, company):
        return cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})

    # === A WALK === #

    def _for_any(self, usual, check, told=stories):
        """Run ``check(story)`` for ledgers at random, each in books without the
        others; none is made simpler after a failure: each takes seconds."""

        @settings(max_examples=examples(usual), phases=[Phase.generate])
        @given(told)
        def run(story):
            with self.cr.savepoint() as savepoint:
                check(story)
                savepoint.close(rollback=True)
                self.env.invalidate_all(flush=False)

        run()

    def _walk(self, story):
        """Do the steps of a story; what Odoo refuses isn't done.

        :return: {kind of step: how often it was done; "refused": how often Odoo
            refused one; "branch": how often the branch did one}
        """
        self.money = [getattr(self, code.lower()) for code in story.money]
        for company in (self.books, self.branch, self.sister):
            company.account_storno = story.storno
        done = {}
        if story.yearly:
            self._number_by_year()
        for at, step in enumerate((*story.before, *story.after)):
            if story.lock and at == len(story.before):
                self._close_books(story.lock)
            self.clock.move_to(FIRST + timedelta(days=step.day + step.asked))
            try:
                with self.cr.savepoint():
                    happened = getattr(self, f"_do_{step.what}")(step)
            except UserError as refused:
                self.env.invalidate_all(flush=False)
                note((step, str(refused)))
                done["refused"] = done.get("refused", 0) + 1
                continue
            if happened is not False:
                for what in (step.what, *["branch"] * (step.place == 1)):
                    done[what] = done.get(what, 0) + 1
        self.clock.move_to(TODAY)
        return done

    def _number_by_year(self):
        """Have exchange entries numbered by year, from the first one on."""
        for company in (self.books, self.sister):
            journal = company.currency_exchange_journal_id
            kit = self.kit[company]
            move = self._in(company)["account.move"].create(
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "date": FIRST - timedelta(days=1),
                    "name": f"{journal.code}/2025/0001",
                    "line_ids": [
                        Command.create({"account_id": kit[name].id, "balance": sign})
                        for name, sign in (("income", -1), ("expense", 1))
                    ],
                }
            )
            move.action_post()

    def _close_books(self, day):
        for company in (self.books, self.sister):
            company.sudo().fiscalyear_lock_date = FIRST + timedelta(days=day)

    # === STEPS === #

    def _get_place(self, step):
        company = self.places[step.place]
        return company, self._in(company), self.kit[company]

    def _get_amount(self, step):
        currency = self.money[step.money]
        return currency, currency.round(step.amount * currency.rounding)

    def _get_day(self, step):
        return FIRST + timedelta(days=step.day)

    def _do_invoice(self, step, kind="out_invoice", terms=None):
        company, env, _kit = self._get_place(step)
        currency, amount = self._get_amount(step)
        day = self._get_day(step)
        due = {"invoice_payment_term_id": terms.id} if terms else {}
        if not terms:
            due = {
                "invoice_payment_term_id": False,
                "invoice_date_due": day + timedelta(days=step.which % 100),
            }
        move = env["account.move"].create(
            {
                "move_type": kind,
                "partner_id": self.buyers[step.customer].id,
                "company_id": company.id,
                "currency_id": currency.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Goods", "price_unit": amount, "tax_ids": []}
                    )
                ],
                **due,
            }
        )
        move.action_post()

    def _do_instalments(self, step):
        self._do_invoice(step, terms=self.thirds)

    def _do_credit_note(self, step):
        self._do_invoice(step, "out_refund")

    def _do_receive(self, step, direction="inbound"):
        _company, env, kit = self._get_place(step)
        currency, amount = self._get_amount(step)
        bank = kit["bank"]
        payment = env["account.payment"].create(
            {
                "payment_type": direction,
                "partner_type": "customer",
                "partner_id": self.buyers[step.customer].id,
                "amount": amount,
                "currency_id": currency.id,
                "date": self._get_day(step),
                "journal_id": bank.id,
                "payment_method_line_id": bank[f"{direction}_payment_method_line_ids"][
                    :1
                ].id,
            }
        )
        payment.action_post()

    def _do_refund(self, step):
        self._do_receive(step, "outbound")

    def _do_entry(self, step, counterpart="income"):
        """By hand: for a contact or the customer, in favour of either, booked at any
        rate, and now and then at none."""
        _company, env, kit = self._get_place(step)
        currency, amount = self._get_amount(step)
        books = env.company.currency_id
        amount *= -1 if step.which % 2 else 1
        booked = books.round(amount * (0.5 + step.which % 7 / 4))
        if currency == books:
            booked = amount
        elif step.which % 13 == 0:
            booked = 0.0
        partner = self.buyers[step.customer]
        if partner == self.buyer and step.which % 3 == 0:
            partner = self.contact
        common = {"partner_id": partner.id, "currency_id": currency.id}
        move = env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": kit["general"].id,
                "date": self._get_day(step),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": kit["receivable"].id,
                            "amount_currency": amount,
                            "balance": booked,
                            **common,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": kit[counterpart].id,
                            "amount_currency": -amount,
                            "balance": -booked,
                            **common,
                        }
                    ),
                ],
            }
        )
        move.action_post()

    def _find_lines(self, step, *domain):
        """Posted items on receivables of the step's company and its branches."""
        company, _env, kit = self._get_place(step)
        return self.env["account.move.line"].search(
            [
                ("account_id", "=", kit["receivable"].id),
                ("parent_state", "=", "posted"),
                ("company_id", "child_of", company.root_id.id),
                *domain,
            ],
            order="id",
        )

    def _find_open(self, step, customers):
        owners = [self.buyers[at % 3].id for at in customers]
        return self._find_lines(
            step,
            ("reconciled", "=", False),
            ("partner_id.commercial_partner_id", "in", owners),
        )

    def _do_match(self, step, customers=None):
        lines = self._find_open(step, customers or [step.customer])
        debits = lines.filtered(lambda line: line.balance > 0)
        credits = lines - debits
        if not debits or not credits:
            return False
        picked = debits[step.which % len(debits)]
        same = credits.filtered(lambda line: line.currency_id == picked.currency_id)
        credits = same if same and step.amount % 2 else credits
        picked |= credits[step.which // 7 % len(credits)]
        if step.which % 2:
            picked |= lines[step.which // 3 % len(lines)]
        picked.with_env(self._in(picked[0].company_id.root_id)).with_context(
            allowed_company_ids=(self.books | self.branch | self.sister).ids
        ).reconcile()
        return None

    def _do_match_foreign(self, step):
        return self._do_match(step, [step.customer, step.customer + 1])

    def _do_unmatch(self, step):
        lines = self._find_lines(step, ("matching_number", "!=", False))
        if not lines:
            return False
        lines[step.which % len(lines)].remove_move_reconcile()
        return None

    def _do_write_off(self, step):
        """An entry that clears what is left of an item."""
        lines = self._find_open(step, [step.customer])
        if not lines:
            return False
        line = lines[step.which % len(lines)]
        kit = self.kit[line.company_id]
        opposite = {
            "partner_id": line.partner_id.id,
            "currency_id": line.currency_id.id,
        }
        move = self._in(line.company_id)["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": kit["general"].id,
                "company_id": line.company_id.id,
                "date": self._get_day(step),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "amount_currency": sign * line.amount_residual_currency,
                            "balance": sign * line.amount_residual,
                            **opposite,
                        }
                    )
                    for account, sign in ((line.account_id, -1), (kit["expense"], 1))
                ],
            }
        )
        move.action_post()
        on = move.line_ids.filtered(lambda other: other.account_id == line.account_id)
        (line | on).reconcile()
        return None

    def _do_register(self, step):
        """A payment of an invoice, in its currency or another, for less or more than
        is open: the difference is written off, or stays."""
        lines = self._find_open(step, [step.customer])
        moves = lines.move_id.filtered(lambda move: move.is_invoice())
        if not moves:
            return False
        move = moves[step.which % len(moves)]
        env = self._in(move.company_id)
        kit = self.kit[move.company_id]
        wizard = (
            env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create(
                {
                    "payment_date": self._get_day(step),
                    "journal_id": kit["bank"].id,
                    **(
                        {"currency_id": self.money[step.money].id}
                        if step.amount % 3 == 0
                        else {}
                    ),
                }
            )
        )
        share = (0.5, 0.9, 1.0, 1.1)[step.which % 4]
        wizard.amount = wizard.currency_id.round(wizard.amount * share)
        wizard.payment_difference_handling = ("open", "reconcile")[step.which // 4 % 2]
        wizard.writeoff_account_id = kit[("expense", "doubtful")[step.amount % 2]]
        wizard.action_create_payments()
        return None

    def _do_bank_line(self, step):
        """A line of the bank that pays an item, less what the bank keeps, or with
        somebody else's money."""
        lines = self._find_open(step, [step.customer]).filtered(
            lambda line: line.amount_residual_currency > 0 and line.balance > 0
        )
        if not lines:
            return False
        item = lines[step.which % len(lines)]
        kit, currency = self.kit[item.company_id], item.currency_id
        paid = item.amount_residual_currency
        came = currency.round(paid * (0.98, 1.0, 1.5)[step.which % 3])
        if currency.is_zero(came):
            return False
        Line = self._in(item.company_id)["account.bank.statement.line"]
        foreign = currency != item.company_id.currency_id
        day = self._get_day(step)
        line = Line.create(
            {
                "journal_id": kit["bank"].id,
                "date": day,
                "payment_ref": "Transfer",
                "partner_id": item.partner_id.id,
                "amount": currency._convert(
                    came, item.company_id.currency_id, item.company_id, day
                ),
                **(
                    {"foreign_currency_id": currency.id, "amount_currency": came}
                    if foreign
                    else {}
                ),
            }
        )
        self._book(line, item, kit["expense"], paid, came)
        return None

    @staticmethod
    def _book(line, item, rest_account, paid, came):
        """Book a bank's line against an item, and the rest on another account."""
        _liquidity, suspense, _other = line._seek_for_lines()
        total = suspense.balance  # below 0
        own = item.company_id.currency_id.round(total * paid / came)
        move = line.move_id.with_context(force_delete=True, skip_readonly_check=True)
        values = [(item.account_id, -paid, own)]
        if rest := item.currency_id.round(paid - came):
            values.append((rest_account, rest, total - own))
        move.write(
            {
                "line_ids": [
                    Command.delete(suspense.id),
                    *(
                        Command.create(
                            {
                                "account_id": account.id,
                                "partner_id": item.partner_id.id,
                                "currency_id": item.currency_id.id,
                                "amount_currency": amount,
                                "balance": balance,
                            }
                        )
                        for account, amount, balance in values
                    ),
                ]
            }
        )
        on = move.line_ids.filtered(lambda other: other.account_id == item.account_id)
        (item | on).reconcile()
