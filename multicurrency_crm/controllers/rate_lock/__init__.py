from . import configurator, portal
