"""Credit: how much a customer may owe, how it is judged, and what is let through.

Three rooms in one, each reaching those before it and none after it: ``limits`` (what a
customer may owe, and whose facts count) ← ``assessment`` (what it could cost, and how
it pays) ← ``decisions`` (documents that are checked, and who decides on them).
"""

from . import limits, assessment, decisions
