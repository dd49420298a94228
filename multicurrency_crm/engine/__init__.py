"""Arithmetic only: plain Python, typed, without Odoo and without a database."""
