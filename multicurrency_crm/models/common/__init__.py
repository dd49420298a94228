from . import guarded_mixin, typed_number_mixin
