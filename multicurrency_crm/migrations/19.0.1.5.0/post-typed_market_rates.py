"""A lock says as fields that its market rate was typed, no longer as a text in the
language of whoever locked it.

Former versions wrote exactly these texts where no provider had published the rate. On
which day it was typed they didn't say: it counts as typed on the day of the rate.
"""

#: texts for a rate of nobody in particular, in the languages that the addon speaks
NOBODY = ("Manual rate", "手工汇率", "Typed by hand", "手工录入")


def migrate(cr, version):
    cr.execute(
        """UPDATE fx_rate_lock
              SET source_typed_on = rate_date
            WHERE source_typed_on IS NULL AND source IN %s""",
        [NOBODY],
    )
    # who typed it is a colleague of this database, or the text is left as it is
    cr.execute(
        """UPDATE fx_rate_lock l
              SET source_typed_on = l.rate_date, source_typist = p.name
             FROM res_users u
             JOIN res_partner p ON p.id = u.partner_id
            WHERE l.source_typed_on IS NULL
              AND l.source IN ('Typed by ' || p.name, p.name || ' 手工录入')"""
    )
