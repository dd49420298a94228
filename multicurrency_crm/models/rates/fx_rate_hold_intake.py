from odoo import api, fields, models

ACTIVITY = "mail.mail_activity_data_todo"


class FxRateHold(models.Model):
    """What providers hold back, and who is told of it."""

    _inherit = "fx.rate.hold"

    @api.model
    def _get_rejected(self, provider, company):
        """What somebody has rejected: it isn't held, nor booked, a second time.

        :return: set of (currency id, day of the books, quoted text)
        """
        # sudo: whoever fetches may not read held rates of every company
        rejected = self.sudo().search_fetch(
            [
                ("provider_id", "=", provider.id),
                ("company_id", "=", company.id),
                ("state", "=", "rejected"),
            ],
            ["currency_id", "date", "quoted"],
        )
        return {(*hold._get_day(), hold.quoted or "") for hold in rejected}

    @api.model
    def _hold(self, values_list):
        """Hold rates back and tell the managers, once for all of a provider.

        One that is pending already gets the new figures; one on which somebody has
        decided, with the very same text, stays decided.

        :param values_list: list of dicts of field values; ``provider_id``,
            ``company_id``, ``currency_id``, ``date`` and ``reason`` are needed
        :return: the new ones, all pending
        """
        if not values_list:
            return self.browse()
        # the last one where one day's rate is held twice
        wanted = {
            tuple(
                values[name]
                for name in ("provider_id", "company_id", "currency_id", "date")
            ): values
            for values in values_list
        }
        pending, decided = self._find_known(wanted)
        new = []
        for key, values in wanted.items():
            if hold := pending.get(key):
                hold._refresh(values)
            elif (*key, values.get("quoted") or "") not in decided:
                new.append(values)
        # sudo: people hold nothing; and no message on each of what may be hundreds
        quietly = self.sudo().with_context(tracking_disable=True)
        now = fields.Datetime.now()
        holds = quietly._create_guarded(
            [{**values, "requested_on": now} for values in new]
        )
        holds = self.browse(holds.ids)
        holds._tell_managers()
        return holds

    @api.model
    def _find_known(self, keys):
        """What is known of some (provider id, company id, currency id, day).

        :return: ({key: pending hold}, set of (*key, quoted text) of decided ones)
        """
        provider_ids, company_ids, currency_ids, days = map(
            set, zip(*keys, strict=True)
        )
        # sudo: whoever fetches may not read what is held for another company
        known = self.sudo().search(
            [
                ("provider_id", "in", provider_ids),
                ("company_id", "in", company_ids),
                ("currency_id", "in", currency_ids),
                ("date", ">=", min(days)),
                ("date", "<=", max(days)),
            ]
        )
        pending, decided = {}, set()
        for hold in known:
            key = (hold.provider_id.id, hold.company_id.id, *hold._get_day())
            if hold.state == "pending":
                pending[key] = hold
            else:
                decided.add((*key, hold.quoted or ""))
        return pending, decided

    def _get_day(self):
        """(currency id, day of the books)"""
        return self.currency_id.id, self.date

    def _refresh(self, values):
        """Take over what is published now, if that is something else."""
        if (self.quoted or "", self.reason) != (
            values.get("quoted") or "",
            values["reason"],
        ):
            self.with_context(tracking_disable=True)._write_guarded(values)

    @api.model
    def _supersede(self, provider, company, stored):
        """Close what is pending for days whose rate has since been stored.

        :param stored: {(currency id, day of the books): quoted text} of the rates that
            a fetch has just stored without a doubt
        """
        # sudo: as above
        pending = self.sudo().search(
            [
                ("provider_id", "=", provider.id),
                ("company_id", "=", company.id),
                ("state", "=", "pending"),
            ]
        )
        over = pending.filtered(lambda hold: hold._get_day() in stored)
        same = over.filtered(
            lambda hold: (hold.quoted or "") == stored[hold._get_day()]
        )
        for holds, role, reason in (
            (same, "granted", self.env._("The rates around it bear it out by now.")),
            (over - same, "denied", self.env._("The publisher has corrected it.")),
        ):
            holds._decide_as_system(role, reason)

    # ------------------------------------------------------------------ activities

    def _tell_managers(self):
        """Give each manager one thing to do a provider and company, not one a rate."""
        # sudo: the provider may serve companies of others
        for provider, of_provider in self.sudo().grouped("provider_id").items():
            for company, holds in of_provider.grouped("company_id").items():
                if not holds._find_activities():
                    holds[0]._schedule_for_managers(provider, company)

    def _schedule_for_managers(self, provider, company):
        for user in self._get_managers(company):
            text = self.with_context(lang=user.lang).env._
            self.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=text(
                    "Rates of %(provider)s are held back for %(company)s: accept or "
                    "reject them",
                    provider=provider.name,
                    company=company.name,
                ),
            )

    @api.model
    def _get_managers(self, company):
        """The managers of Multi-Currency who work in a company or a branch of it;
        where there is none, whoever may decide there."""
        for name in ("multicurrency_crm.group_manager", self._decision_group):
            found = self.env["res.users"].search(
                [
                    ("all_group_ids", "in", self.env.ref(name).id),
                    ("company_ids", "child_of", company.id),
                    ("share", "=", False),
                ]
            )
            if found:
                break
        return found

    def _find_activities(self):
        """What managers have to do about these and all others like them.

        :param self: of one provider and company
        """
        # sudo: activities of colleagues count as well
        siblings = self.sudo().search(
            [
                ("provider_id", "=", self.provider_id.id),
                ("company_id", "=", self.company_id.id),
                ("activity_ids", "!=", False),
            ]
        )
        return siblings.activity_search([ACTIVITY])

    def _conclude_activities(self):
        """Leave managers something to do as long as something is to be decided."""
        # sudo: who decides may not see the activities of others
        for of_provider in self.sudo().grouped("provider_id").values():
            for holds in of_provider.grouped("company_id").values():
                activities = holds._find_activities()
                left = self.sudo().search(
                    [
                        ("provider_id", "=", holds.provider_id.id),
                        ("company_id", "=", holds.company_id.id),
                        ("state", "=", "pending"),
                    ],
                    limit=1,
                )
                if left:
                    moving = activities.filtered(
                        lambda activity, holds=holds: activity.res_id in holds.ids
                    )
                    moving.write({"res_id": left.id})
                    # the ORM doesn't follow an activity from record to record
                    (holds | left).invalidate_recordset(["activity_ids"])
                else:
                    activities.unlink()
