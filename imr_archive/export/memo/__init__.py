"""A memo of decisions: a table and exact quotations, in one of several formats."""
