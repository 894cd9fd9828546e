"""How fast an archive answers: the questions, the baselines beside which they are measured, and the tables.

    from speed.questions import questions

`tests/benchmarks/queries.py` is the command.
"""
