"""The form of a determination letter: what one says, set in each layout, as a file of any format.

Both the hand-written letters of the demo (tests/sample_letters) and the generated ones
(tests/benchmarks/letters) are set by it.
"""
