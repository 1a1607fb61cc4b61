"""A difference as a report: for a terminal, for a pull request, for a program.

Commands load these modules when they run: ``text``, ``markdown`` and ``document`` need the console.
"""
