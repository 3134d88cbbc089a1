"""The columns of the data."""

FEATURES = (
    "rainfall",
    "sunshine",
    "temperature",
)
TARGET = "harvest"
