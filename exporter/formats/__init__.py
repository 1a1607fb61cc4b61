"""The output formats: one package each, and the types and steps that they share.

A format says what it can express, renders it, and reads its own code back. ``registry`` lists the
formats, ``base.Format`` is what each provides.
"""
