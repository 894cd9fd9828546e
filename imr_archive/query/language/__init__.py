"""The language of queries: text → tokens → plan."""
