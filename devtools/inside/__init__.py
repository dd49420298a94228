"""Scripts that run inside the Python environment or inside Odoo, not in `./dev`."""
