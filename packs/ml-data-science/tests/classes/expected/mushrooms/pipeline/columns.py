"""The columns of the data."""

FEATURES = ("width",)
TARGET = "poisonous"
