from . import decision_mixin, guarded_mixin, reason_wizard
