"""Rates from publishers: what adapters share, and below ``sources`` the adapters."""

from . import sources
