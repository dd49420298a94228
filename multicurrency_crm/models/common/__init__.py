from . import guarded_mixin
