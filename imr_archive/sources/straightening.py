"""Pictures of pages → what OCR reads best: straight, and without the rules of tables and forms."""

from __future__ import annotations

import array
import itertools
import math

from PIL import Image, ImageChops, ImageFilter

WHITE = 255

_STEEPEST = 5.0
"""Degrees of skew that are looked for: a sheet that a feeder drew in askew lies within two or three."""
_COARSE, _FINE = 0.5, 0.1
_NEGLIGIBLE = 0.15
"""Degrees below which turning the page would blur more than it straightens."""
_SKETCH_DPI = 75
"""Enough to tell lines of print from the gaps between them."""

_DARK = 160
_RULE_INCHES = 0.25
"""Longer than any stroke of a letter in print of up to 18 points."""
_RULE_FILLED = 0.9
_MARGIN = 5
"""Pixels, of which the middle one is the rule's: its edges are gray."""


def straightened(page: Image.Image, dpi: int) -> Image.Image:
    """The page (in gray) turned so that its lines are level, then without rules."""
    angle = skew(page, dpi)
    if abs(angle) >= _NEGLIGIBLE:
        page = page.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=WHITE)
    return without_rules(page, dpi)


def skew(page: Image.Image, dpi: int) -> float:
    """By how many degrees, counter-clockwise, the page must be turned for its lines to be level.

    It is the angle at which rows of pixels differ most from the rows next to them (Postl's method): level
    lines of print make rows that are nearly black and gaps that are white.
    """
    scale = min(1.0, _SKETCH_DPI / dpi)
    size = max(1, round(page.width * scale)), max(1, round(page.height * scale))
    sketch = ImageChops.invert(page.resize(size, Image.Resampling.BOX))
    coarse = _levellest(sketch, 0.0, _COARSE, _STEEPEST)
    return _levellest(sketch, coarse, _FINE, _COARSE - _FINE)


def _levellest(sketch: Image.Image, around: float, step: float, reach: float) -> float:
    steps = round(reach / step)
    angles = sorted((around + step * at for at in range(-steps, steps + 1)), key=abs)
    return max(angles, key=lambda angle: _contrast_of_rows(sketch, angle))


def _contrast_of_rows(sketch: Image.Image, angle: float) -> float:
    turned = sketch.rotate(angle, Image.Resampling.BILINEAR).convert("F")
    rows = array.array("f", turned.resize((1, turned.height), Image.Resampling.BOX).tobytes())
    return math.fsum((lower - upper) ** 2 for upper, lower in itertools.pairwise(rows))


def without_rules(page: Image.Image, dpi: int) -> Image.Image:
    """The page with its long level and upright strokes painted white.

    The boxes that forms draw around their fields make OCR take words for parts of a picture.
    """
    tile = max(8, round(_RULE_INCHES * dpi))
    dark = page.point([WHITE if shade < _DARK else 0 for shade in range(256)])
    level = _strokes(dark, (max(1, page.width // tile), page.height), (1, 0))
    upright = _strokes(dark, (page.width, max(1, page.height // tile)), (0, 1))
    rules = ImageChops.lighter(level, upright)
    if rules.getbbox() is None:
        return page
    blank = Image.new("L", page.size, WHITE)
    return Image.composite(blank, page, rules.filter(ImageFilter.MaxFilter(_MARGIN)))


def _strokes(dark: Image.Image, tiles: tuple[int, int], along: tuple[int, int]) -> Image.Image:
    """The dark pixels of long strokes, by tiles (so many across and down) that are dark nearly throughout.

    A stroke ends somewhere within the tiles next to those that it fills, in the direction `along`.
    """
    filled = dark.resize(tiles, Image.Resampling.BOX).point(
        [WHITE if shade >= _RULE_FILLED * WHITE else 0 for shade in range(256)]
    )
    across, down = along
    before, after = ImageChops.offset(filled, -across, -down), ImageChops.offset(filled, across, down)
    reached = ImageChops.lighter(filled, ImageChops.lighter(before, after))
    return ImageChops.darker(reached.resize(dark.size, Image.Resampling.NEAREST), dark)
