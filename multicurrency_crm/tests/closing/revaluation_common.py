"""Books in which a period ends: a journal and accounts for it, and rates by price."""

from datetime import date
from typing import NamedTuple

from odoo import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from ..ledger.ledger_common import LedgerCommon


class RevaluationSetUp:
    """What a company chooses before its first revaluation, and the runs themselves."""

    @classmethod
    def _set_up(cls, company, **choices):
        """Choose what a revaluation needs."""
        env = cls._in(company)
        make = env["account.account"].create
        names = (
            ("asset", "129901", "asset_current"),
            ("liability", "229901", "liability_current"),
            ("gain", "449901", "income_other"),
            ("loss", "669901", "expense"),
        )
        accounts = {
            f"revaluation_{name}_account_id": make(
                {
                    "name": f"Revaluation {name}",
                    "code": code,
                    "account_type": kind,
                    "reconcile": False,
                }
            ).id
            for name, code, kind in names
        }
        journal = env["account.journal"].create(
            {"name": "Revaluation", "code": "REV", "type": "general"}
        )
        company.write({"revaluation_journal_id": journal.id, **accounts, **choices})

    @classmethod
    def _in(cls, company):
        return cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})

    @classmethod
    def _revalue(cls, day, company=None, post=True, **values):
        """Compute a run, and post it."""
        company = company or cls.books
        run = cls.env["fx.revaluation"].create(
            {"company_id": company.id, "date": day, **values}
        )
        run.action_compute()
        if post:
            run.action_post()
        return run


class RevaluationCommon(RevaluationSetUp, LedgerCommon):
    """An exporter with books in yuan, and prices as people read them."""

    #: code of the books' currency
    money = "CNY"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (currency,) = cls._activate(cls.money)
        cls.books = cls._create_company("Harbour Works", currency)
        cls._work_in(cls.books)
        cls._load_chart(cls.books)
        cls.books = cls.books.with_env(cls.env)
        cls.income = cls._find_account("income")
        cls.expense = cls._find_account("expense")
        cls.general = cls._find_journal("general")
        cls.bank = cls._find_journal("bank")
        cls.buyer = cls._customer("Overseas Buyer")
        cls.receivable = cls.buyer.property_account_receivable_id
        cls.payable = cls.buyer.property_account_payable_id
        cls._set_up(cls.books)

    @classmethod
    def _price(cls, currency, day, price, company=None):
        """Type what a unit of a currency costs in company currency."""
        return cls._set_rate(currency, day, 1 / price, company or cls.books)

    @classmethod
    def _clerk(cls, login):
        """Somebody of finance, without rights of Odoo's own accounting."""
        return new_test_user(
            cls.env,
            login,
            groups="base.group_user,multicurrency_crm.group_finance",
            company_id=cls.books.id,
            company_ids=[Command.set(cls.books.ids)],
        )

    @classmethod
    def _sum(cls, account, since=None, until=None, company=None):
        """What is posted on an account between two days, in company currency."""
        lines = cls.env["account.move.line"].search(
            [
                ("account_id", "=", account.id),
                ("parent_state", "=", "posted"),
                ("company_id", "=", (company or cls.books).id),
            ]
        )
        return sum(
            lines.filtered(
                lambda line: (
                    (not since or line.date >= date.fromisoformat(since))
                    and (not until or line.date <= date.fromisoformat(until))
                )
            ).mapped("balance")
        )

    @classmethod
    def _unrealised(cls, since=None, until=None, company=None):
        """Gains less losses that revaluations have posted between two days."""
        company = company or cls.books
        gains, losses = company._get_revaluation_results()
        return -sum(
            cls._sum(account, since, until, company) for account in (gains | losses)
        )

    @classmethod
    def _realised(cls, since, until):
        """Gains less losses that Odoo has posted between two days."""
        company = cls.books
        accounts = (
            company.income_currency_exchange_account_id
            | company.expense_currency_exchange_account_id
        )
        return -sum(cls._sum(account, since, until) for account in accounts)

    def _lines(self, move):
        """[(account, currency, balance)] of an entry, in order."""
        return sorted(
            (line.account_id.name, line.currency_id.name, line.balance)
            for line in move.line_ids
        )


class Raced(NamedTuple):
    """What real transactions need of books, and take away again."""

    account_ids: list  # the first one is a receivable
    journal_id: int
    chosen: list  # settings of the company


def choose_raced(env):
    """Make what a revaluation needs, in books without a chart, and choose it.

    :return: :class:`Raced`
    """
    kinds = {
        "receivable": "asset_receivable",
        "revaluation_asset_account_id": "asset_current",
        "revaluation_liability_account_id": "liability_current",
        "revaluation_gain_account_id": "income_other",
        "revaluation_loss_account_id": "expense",
    }
    accounts = env["account.account"].create(
        [
            {
                "code": f"9877{at}",
                "name": "Raced",
                "account_type": kind,
                "reconcile": kind == "asset_receivable",
            }
            for at, kind in enumerate(kinds.values())
        ]
    )
    journal = env["account.journal"].create(
        {"name": "Raced", "code": "RACED", "type": "general"}
    )
    chosen = dict(zip(kinds, accounts.ids, strict=True))
    del chosen["receivable"]
    chosen["revaluation_journal_id"] = journal.id
    env.company.write(chosen)
    return Raced(accounts.ids, journal.id, list(chosen))


def forget_raced(env, made, runs):
    """Take away what :func:`choose_raced` made, and what was posted in its journal."""
    env.company.write(dict.fromkeys(made.chosen, False))
    runs.activity_ids.unlink()
    runs.message_ids.unlink()
    env.flush_all()
    # what was posted stays; what was tried here goes past the ORM
    env.cr.execute(SQL("DELETE FROM fx_revaluation WHERE id = ANY(%s)", runs.ids))
    env.invalidate_all()
    moves = env["account.move"].search([("journal_id", "=", made.journal_id)])
    moves.filtered(lambda move: move.state == "posted").button_draft()
    moves.name = False
    moves.unlink()
    env["account.journal"].browse(made.journal_id).unlink()
    env["account.account"].browse(made.account_ids).unlink()
