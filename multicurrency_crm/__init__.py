from . import models, controllers, wizards, demo
from .hooks import pre_init_hook, uninstall_hook
