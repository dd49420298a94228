"""What other programs' lists of customers, invoices and balances look like."""

from .layouts import LAYOUTS, Layout, find_layout

__all__ = ["LAYOUTS", "Layout", "find_layout"]
