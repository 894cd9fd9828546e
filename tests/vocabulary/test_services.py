"""The catalogue of services: its shape, and every word that it lists read both ways."""

from __future__ import annotations

from collections import Counter

import pytest

from imr_archive.parsing.services import classify
from imr_archive.vocabulary.lexicon import normal_form
from imr_archive.vocabulary.loader import load_folder, load_toml
from imr_archive.vocabulary.schema import BodyParts, Compounds, Group, ServiceFile
from imr_archive.vocabulary.services import body_parts, catalogue, plural

FILES = load_folder("services", ServiceFile)
GROUPS = [(file.category, group) for file in FILES for group in file.groups]
QUALIFIERS = load_toml("qualifiers.toml", dict[str, tuple[str, ...]])

# Every category and subcategory that the state's own search knows.
CLASSIFICATION = {
    "Diagnostic Testing": {"Imaging/Radiology", "EMG/NCV/NCS", "Lab & Pathology", "Other Diagnostic Tests"},
    "DMEPOS": {"DME", "Electrical Stimulation", "Prosthetics/Orthotics", "Supplies"},
    "Evaluation & Management": {"Medical Specialties", "Dental Services"},
    "Home Health": {"Home Health"},
    "Injection": {"Facet Injection", "Epidural Steroid Injection", "Other Injection"},
    "Pharmaceuticals": {
        *("Adrenal Cortical Steroids", "Alpha-blocker", "Androgens & Anabolic Steroids", "Anti-anxiety"),
        *("Anti-coagulant", "Antidepressant", "Antidiabetics", "Antiemetic", "Anti-epilepsy drugs"),
        *("Antihistamine", "Antihypertensive", "Anti-infectives", "Antimigraine Agent", "Asthma Medications"),
        *("Atypical Antipsychotic", "Barbiturates", "Benzodiazepines", "Beta-blocker", "Bisphosphonates"),
        *("Calcium Channel Blocker", "Cannabinoids", "Dopamine agonists", "Fibric Acid", "GI Agents"),
        *("H2 Blocker", "Hormones", "Impotence Agents", "Misc Analgesics", "Muscle Relaxant", "NSAID"),
        *("Nutritional Products", "Opioids", "Opioid Antagonist", "Proton Pump Inhibitors"),
        *("Sedative-hypnotics", "Statin", "Stimulants", "Topical Analgesics", "Topical Compounds"),
        *("Tumor necrosis factor (TNF) modifier", "Viscosupplementation", "Unspecified"),
    },
    "Programs": {"Programs"},
    "Psych Services": {"Evaluation & Management", "Therapies"},
    "Rehabilitation": {
        *("Acupuncture", "Chiropractic", "Physical Therapy/Occupational Therapy", "Other Therapies"),
    },
    "Surgery": {
        *("Spine", "Arthroscopic Surgery", "Non-arthroscopic Surgery", "Adjunct Surgical Services"),
        "Surgical Consult",
    },
    "Transportation": {"Transportation"},
}


def listed(group: Group) -> list[tuple[str, str]]:
    """Each name of a group with the terms listed for it, as printed in the file."""
    return [*group.drugs.items(), *((service.name, service.patterns) for service in group.services)]


def examples(kind: str) -> list[tuple[str, str]]:
    rows = []
    for _, group in GROUPS:
        by_name = getattr(group, kind)
        rows += [(name, heading) for name, headings in by_name.items() for heading in headings]
        rows += [(service.name, heading) for service in group.services for heading in getattr(service, kind)]
    return rows


def test_every_category_and_subcategory_is_covered_and_no_other() -> None:
    found: dict[str, set[str]] = {}
    for entry in catalogue().values():
        found.setdefault(entry.category, set()).add(entry.subcategory)
    assert found == CLASSIFICATION


@pytest.mark.parametrize(("service", "heading"), examples("examples"))
def test_an_example_reads_as_its_service(service: str, heading: str) -> None:
    match = classify(heading)
    assert match is not None
    assert (match.category, match.subcategory, match.service) == (*catalogue()[service][:2], service)


@pytest.mark.parametrize(("service", "heading"), examples("counterexamples"))
def test_a_counterexample_does_not_read_as_that_service(service: str, heading: str) -> None:
    match = classify(heading)
    assert match is None or match.service != service


def test_every_service_but_drugs_has_examples_and_every_class_of_drugs_too() -> None:
    assert [s.name for _, group in GROUPS for s in group.services if not s.examples] == []
    assert [group.subcategory for _, group in GROUPS if group.drugs and not group.examples] == []
    strangers = [
        (group.subcategory, name)
        for _, group in GROUPS
        for name in (*group.examples, *group.counterexamples)
        if name not in group.drugs
    ]
    assert strangers == []


def test_every_name_of_every_drug_reads_as_that_drug() -> None:
    wrong = []
    for _, group in GROUPS:
        for name, others in group.drugs.items():
            for term in filter(None, [name, *others.replace("\n", " ").split(", ")]):
                match = classify(f"{term} #30")
                if match is None or match.service != name:
                    wrong.append((term, name, match and match.service))
    assert wrong == []


def test_no_service_and_no_term_is_listed_twice() -> None:
    names = Counter(name for _, group in GROUPS for name, _ in listed(group))
    assert [name for name, count in names.items() if count > 1] == []
    owners: dict[str, set[str]] = {}
    for entry in catalogue().values():
        for term in entry.patterns:
            owners.setdefault(term, set()).add(entry.name)
            several = None if entry.drug else plural(term)
            if several:
                owners.setdefault(several, set()).add(entry.name)
    assert {term: names for term, names in owners.items() if len(names) > 1} == {}


def test_terms_are_in_normal_form_sorted_and_without_what_goes_without_saying() -> None:
    for _, group in GROUPS:
        for name, patterns in listed(group):
            terms = patterns.replace("\n", " ").split(", ") if patterns else []
            terms[:1] = [term.strip() for term in terms[:1]]
            assert [normal_form(term) for term in terms] == terms, name
            assert sorted(set(terms)) == terms, name
            if name not in group.drugs:
                assert {plural(term) for term in terms}.isdisjoint(terms), name


def test_no_term_ends_in_a_preposition_which_would_hide_that_its_object_is_no_part_of_it() -> None:
    small = {"of", "for", "to", "with", "without", "by", "in", "at", "on", "from", "and", "or"}
    assert [
        term for entry in catalogue().values() for term in entry.patterns if term.split()[-1] in small
    ] == []


def test_variants_and_refinements_name_what_exists() -> None:
    kinds = {entry.category for entry in catalogue().values()}
    kinds |= {f"{entry.category}/{entry.subcategory}" for entry in catalogue().values()}
    qualifying = kinds | set(QUALIFIERS)
    for part in body_parts():
        qualifying |= {part.name, f"{part.region} region"}
    for entry in catalogue().values():
        assert set(entry.refined_by) <= kinds, entry.name
        for variant in entry.variants:
            assert variant.becomes in catalogue(), entry.name
            assert set(variant.near) <= qualifying, entry.name


def test_body_parts_are_sorted_and_no_word_names_two_of_them() -> None:
    parts = load_toml("body_parts.toml", BodyParts).parts
    assert [part.name for part in parts] == sorted(part.name for part in parts)
    words = Counter(normal_form(term) for part in parts for term in set(part.terms))
    assert [word for word, count in words.items() if count > 1] == []
    assert all(part.name in part.terms for part in parts)


def test_every_ingredient_of_compounds_is_known_once() -> None:
    compounds = load_toml("compounds.toml", Compounds)
    names = [*compounds.prescription, *compounds.over_the_counter]
    assert len(names) == len(set(names))
    assert list(compounds.prescription) == sorted(compounds.prescription)
    assert list(compounds.over_the_counter) == sorted(compounds.over_the_counter)


@pytest.mark.parametrize(
    ("term", "several"),
    [
        ("knee brace", "knee braces"),
        ("crutch", "crutches"),
        ("biopsy", "biopsies"),
        ("x ray", "x rays"),
        ("orthosis", None),
        ("walker boots", None),
        ("os4", None),
    ],
)
def test_the_plural_of_a_term(term: str, several: str | None) -> None:
    assert plural(term) == several
