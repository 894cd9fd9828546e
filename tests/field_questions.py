"""What users of the archive ask, likeliest first, and what they type that has no plain meaning."""

from __future__ import annotations

QUESTIONS_OF_THE_FIELD = (
    "norco 10/325 overturned",
    "lumbar epidural steroid injection medically necessary",
    "physical therapy more than 24 visits approved",
    "MRI lumbar spine repeat overturned",
    "functional restoration program overturned",
    "gabapentin neuropathic pain approved vs denied",
    "acupuncture functional improvement overturned 2016..2018",
    "cyclobenzaprine long term use upheld how often",
    "EMG/NCV bilateral upper extremities overturned why",
    "TENS unit purchase vs 30 day trial",
    "urine drug screen frequency low risk",
    "lumbar fusion L5-S1 spinal instability criteria",
    "lidoderm patch postherpetic neuralgia exception",
    "overturn rate for psychotherapy sessions",
    "CM16-0230548",
    "omeprazole with NSAID GI risk over 65",
    "home health care assistance hours per week overturned",
    "orthopedic reviewer knee arthroscopy meniscus overturned",
    "UR denied ODG, IMR used MTUS and overturned",
    "what section of MTUS is cited to approve H-wave",
    'lack of documentation upheld "functional improvement" opioid weaning',
    "overturned decisions like this one",
    "compound cream ketamine gabapentin topical ever approved",
    "gym membership OR weight loss program overturned",
    "uphold rate by drug class per year as csv",
    "massage upheld by specialty",
)
"""As people of the field type them; the case number is one that no archive of these tests has."""

ODD_QUERIES = (
    "park.",
    "C5-6",
    "L4-L5",
    "60%",
    "10/325mg",
    "NSAID's",
    "(CM16-0213037)",
    "TENS/H-wave",
    "grammar::x",
    '"unclosed',
    "AND",
    "",
    "massage -",
    "No. 3",
    "O'Neil",
    "*",
    "NEAR(",
)
"""Each finds the obvious or nothing, and none raises."""
