"""Rates as charts: in the terminal, and as pictures."""
