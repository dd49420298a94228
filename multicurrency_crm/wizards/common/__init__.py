from . import decision_refuse
