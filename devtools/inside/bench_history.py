"""Bring in a company's history, and time each step (runs in Odoo's shell)."""

# ruff: noqa: F821 - Odoo's shell gives `env`
import csv
import io
from base64 import b64encode
from datetime import timedelta

from odoo.addons.multicurrency_crm.models.history import customer_import

from devtools.inside.seeding import give_chart, open_currencies, write_rates
from devtools.inside.timing import tell, tell_timed

CUSTOMERS, ITEMS, PAST = 1_000, 5_000, 50_000


def prepare():
    """A company with a chart, rates, customers, and what opening entries need.

    :return: codes of three foreign currencies
    """
    give_chart(env)
    currencies = open_currencies(env)
    write_rates(env, currencies)
    account = env["account.account"].create(
        {"name": "Opening", "code": "987601", "account_type": "equity"}
    )
    journal = env["account.journal"].create(
        {"name": "Opening", "code": "OPENH", "type": "general"}
    )
    env.company.write(
        {"history_journal_id": journal.id, "history_account_id": account.id}
    )
    env["res.partner"].create(
        [
            {"name": f"Imported {n:05}", "ref": f"IMP-{n:05}", "is_company": True}
            for n in range(CUSTOMERS)
        ]
    )
    return currencies.mapped("name")


def write_file(head, rows):
    """A CSV file in an import of its own.

    :return: ``customer.import``
    """
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return env["customer.import"].create(
        {
            "file": b64encode(text.getvalue().encode()),
            "file_name": "history.csv",
            "date": DAY,
        }
    )


def check(record):
    """Read a file and judge its rows."""
    record.action_dry_run()
    assert record.state == "ready", record.failure


def publish(record):
    """Publish what was checked."""
    record.action_publish()
    assert record.state == "done", record.failure


codes = prepare()
DAY = env.company._get_today() - timedelta(days=1)
# all of it while somebody waits: as the job works, but in one transaction
customer_import.AT_ONCE = 10**9
env.cr.commit()
items = write_file(
    ("Customer Code", "Invoice No", "Date", "Due Date", "Currency", "Open Amount"),
    (
        (
            f"IMP-{n % CUSTOMERS:05}",
            f"OLD-{n:06}",
            DAY - timedelta(days=n % 200),
            DAY + timedelta(days=n % 90 - 30),
            # a customer has a currency of its own
            codes[n % CUSTOMERS % len(codes)],
            f"{n % 9_000 + 10}.{n % 100:02}",
        )
        for n in range(ITEMS)
    ),
)
past = write_file(
    ("Customer Code", "Order No", "Order Date", "Currency", "Amount", "Notes"),
    (
        (
            f"IMP-{n % CUSTOMERS:05}",
            f"SO-{n:06}",
            DAY - timedelta(days=n % 900),
            codes[n % len(codes)],
            f"{n % 70_000 + 10}.{n % 100:02}",
            f"Shipped with the {n}th container",
        )
        for n in range(PAST)
    ),
)
for name, record in (("items", items), ("past documents", past)):
    tell_timed(env, f"check {name}", lambda record=record: check(record))
    tell_timed(env, f"publish {name}", lambda record=record: publish(record))
tell_timed(env, "take items back", items.action_undo)
tell(
    what="brought in",
    seconds=0,
    items=items.total,
    past=env["customer.past.document"].search_count([("import_id", "=", past.id)]),
)
