"""The order of hits: best first, within bounds."""
