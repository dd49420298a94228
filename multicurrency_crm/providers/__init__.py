from . import ecb
