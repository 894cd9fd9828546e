"""LetterRecord → tables: schema, ingest, full text, and what is read back."""
