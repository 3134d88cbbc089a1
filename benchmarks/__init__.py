"""What ggen costs, measured side by side with a peer in the same run: `python -m benchmarks [NAME]…`.

Every figure is the median of several runs, with the lowest and the highest, after a warm-up that is
not counted. Where two things are compared they run in turn (A B A B …), and the ratio is taken pair
by pair, so that a machine which slows down slows both. Nothing here ever fails because it was slow.
"""
