"""Sentences for whoever reads them: joined, and said in a language of theirs."""

import re

from odoo.exceptions import UserError

from ...providers.errors import Term


def join_sentences(sentences):
    """Join sentences with a blank between them, but none after a full-width stop.

    :param sentences: texts; empty ones are left out
    """
    return re.sub("(?<=[。！？]) ", "", " ".join(filter(None, sentences)))


def say(env, error):
    """Return in the environment's language what an error of ours says in English.

    :param error: exception; one of another's making says what it says
    """
    if not hasattr(error, "sentence"):
        return str(error)
    translate = env._
    values = {
        name: translate(value) if isinstance(value, Term) else value
        for name, value in error.values.items()
    }
    sentence = translate(error.sentence)
    return sentence % values if values else sentence


class SpokenUserError(UserError):
    """What a person is told, and what a log tells others in their own language.

    :param env: environment of the person
    :param Term sentence: English, with ``%(name)s`` places
    :param values: what fills them; a :class:`Term` is translated, too
    """

    def __init__(self, env, sentence, **values):
        self.sentence = sentence
        self.values = values
        super().__init__(say(env, self))
