"""Text as LaTeX in plain ASCII, so that BibTeX of any age and any engine can take it."""

from __future__ import annotations

import unicodedata

from imr_archive.export.plain_text import one_line

# Characters that mean something to TeX or BibTeX. Braces are written as words, for BibTeX counts them even
# after a backslash. Less, greater and bar are other characters in TeX's first fonts.
_COMMANDS = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}",
    "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_", "$": r"\$",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "`": r"\textasciigrave{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}",
    "“": "``", "”": "''", "‘": "`", "’": "'", "–": "--", "—": "---", "…": r"\ldots{}",
    "•": r"\textbullet{}", "·": r"\textperiodcentered{}", "§": r"\S{}",
    "®": r"\textregistered{}", "™": r"\texttrademark{}",
    "©": r"\copyright{}", "°": r"\textdegree{}", "±": r"\textpm{}", "×": r"\texttimes{}",
    "µ": r"\textmu{}", "½": r"\textonehalf{}", "¼": r"\textonequarter{}", "¾": r"\textthreequarters{}",
    "≥": r"$\geq$", "≤": r"$\leq$", "ß": r"\ss{}", "ø": r"\o{}", "Ø": r"\O{}", "æ": r"\ae{}", "Æ": r"\AE{}",
    "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}",
}  # fmt: skip

# Combining accents (Unicode Standard, block 0300-036F) and the commands that set them on a letter.
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u ",
    "\u0307": ".", "\u0308": '"', "\u030a": "r ", "\u030b": "H ", "\u030c": "v ", "\u0327": "c ",
    "\u0328": "k ",
}  # fmt: skip


def latex(text: str) -> str:
    """Text on one line as LaTeX that sets the same characters; what LaTeX has no name for, by its number."""
    return "".join(map(_character, unicodedata.normalize("NFC", one_line(text))))


def _character(character: str) -> str:
    if character in _COMMANDS:
        return _COMMANDS[character]
    if character.isascii():
        return character
    parts = unicodedata.normalize("NFD", character)
    if len(parts) == 2 and parts[0].isascii() and parts[1] in _ACCENTS:
        return f"{{\\{_ACCENTS[parts[1]]}{parts[0]}}}"
    return f'{{\\char"{ord(character):X}}}'
