"""What every worker needs, for the server that forks them: imported there once, each of them has it at once.

Vocabulary and patterns are loaded by parsing a letter that has all parts of one, and the text readers by
their modules' import.
"""

from __future__ import annotations

import imr_archive.archive.worker
import imr_archive.sources.pdf
import imr_archive.sources.plain
from imr_archive.archive.prepare import prepare_document
from imr_archive.archive.texts import compress
from imr_archive.sources.documents import Document, Found

__all__ = ["imr_archive"]

_TEXT = """\
Case Number: CM16-0000000
Date Assigned: 06/06/2016
Date of Injury: 05/17/2014
Decision Date: 07/08/2016
UR Denial Date: 05/02/2016
Priority: Standard
Application Received: 05/16/2016

HOW THE IMR FINAL DETERMINATION WAS MADE

The Expert Reviewer has the following credentials:
State(s) of Licensure: Wyoming, Utah
Certification(s)/Specialty: Pain Management, Anesthesiology

CLINICAL CASE SUMMARY

A 44 year old female baker hurt her low back on 05-17-2014. Diagnoses: lumbar sprain (S33.5XXA), dusty lungs.
On 04-18-2016 six visits were requested. Utilization review of 05-02-2016 modified them to two visits.

IMR ISSUES, DECISIONS AND RATIONALES

Massage therapy 2 times a week for 3 weeks, low back, quantity: 6 visits: Upheld

Claims Administrator guideline: Decision based on MTUS Eye Complaints 2004, Section(s): Massage.
Pages 60, 98-99.

Maximus guideline: Decision based on MTUS Eye Complaints 2004, Section(s): Massage.
Decision based on Non-MTUS Citation ODG, Low Back, Massage. Other Medical Treatment Guideline or Medical
Evidence: Journal of Bakers, 2012.

Decision rationale: Kneading was tried before. Nothing says that it helped. It is not medically necessary.

Ibuprofen 800 mg #60 with 2 refills: Overturned

Claims Administrator guideline: No medical evidence was cited by the Claims Administrator.

Maximus guideline: Decision based on MTUS Eye Complaints 2004, Section(s): NSAIDs.

Decision rationale: The guideline supports it for her pain. It is medically necessary.

Wooden kneadding trough: Upheld

Claims Administrator guideline: No medical evidence was cited by the Claims Administrator.

Maximus guideline: The reviewer found no guideline that applies.

Decision rationale: No trough was described.
"""

compress(_TEXT)
prepare_document(
    Document("warm.txt", "warm.txt", "", len(_TEXT), _TEXT, "text"), Found("warm.txt", len(_TEXT), 0, "text")
)
