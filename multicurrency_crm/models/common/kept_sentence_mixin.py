from odoo import models


class KeptSentenceMixin(models.AbstractModel):
    """A record that keeps sentences which were written when something happened.

    Whoever caused it isn't who reads it: such a field is ``translate=True`` and gets
    its sentence in each language of the database at once, figures and dates included.
    A language that is installed later reads the English one.

    What goes to one person (an activity, a message to a user) needs none of this: it
    is written in that user's language, ``record.with_context(lang=user.lang)``.
    """

    _name = "kept.sentence.mixin"
    _description = "Record That Keeps Sentences"

    def _keep_sentence(self, name, make):
        """Write a sentence in each language.

        :param str name: a field with ``translate=True``, guarded or not
        :param make: function of this record in the environment of one language → str;
            called once a language, it reads and writes nothing else
        """
        self.ensure_one()
        for code in self._list_languages():
            spoken = self.with_context(lang=code)
            values = {name: make(spoken)}
            if name in getattr(spoken, "_guarded_fields", ()):
                spoken._write_guarded(values)
            else:
                spoken.write(values)

    def _list_languages(self):
        """Return codes of the languages that people read, English first: a field that
        has no other text shows that one."""
        # the list is cached by Odoo, so that this asks for nothing
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        english = "en_US" if "en_US" in installed else None
        return [english, *(code for code in installed if code != "en_US")]
