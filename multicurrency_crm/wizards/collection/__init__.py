from . import collection_call_make
