"""Decisions like a case, a letter or a pasted request, and the opposite outcomes beside them."""
