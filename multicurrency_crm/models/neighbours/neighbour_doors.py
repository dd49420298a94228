from odoo import models

from .door import close_doors, open_doors


class NeighbourDoors(models.AbstractModel):
    """Opens the doors of all rooms, see :mod:`.door`, when a registry is complete."""

    _name = "neighbour.doors"
    _description = "Doors to Other Modules"

    def _register_hook(self):
        super()._register_hook()
        open_doors(self.env.registry)

    def _unregister_hook(self):
        result = super()._unregister_hook()
        close_doors(self.env.registry)
        return result
