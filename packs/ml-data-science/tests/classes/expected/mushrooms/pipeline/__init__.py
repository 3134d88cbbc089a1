"""From a table of cases to a model that predicts one of its columns.

``data`` reads and checks, ``model`` fits, ``metrics`` says how well, and ``__main__`` does one after the
other. All of it gives the same bytes for the same data and seed.
"""
