"""The vocabulary: canonical names of the field, held in data files, and the ways into it."""

from imr_archive.vocabulary.loader import load_folder, load_toml, vocabulary_version
from imr_archive.vocabulary.terms import (
    Located,
    Term,
    specialty,
    specialty_names,
    split_specialties,
    split_states,
    state,
    state_names,
)

__all__ = [
    "Located",
    "Term",
    "load_folder",
    "load_toml",
    "specialty",
    "specialty_names",
    "split_specialties",
    "split_states",
    "state",
    "state_names",
    "vocabulary_version",
]
