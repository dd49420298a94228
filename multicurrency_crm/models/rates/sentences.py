import re


def join_sentences(sentences):
    """Join sentences with a blank between them, but none after a full-width stop.

    :param sentences: texts; empty ones are left out
    """
    return re.sub("(?<=[。！？]) ", "", " ".join(filter(None, sentences)))
