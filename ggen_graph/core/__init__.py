"""The pure core: values in, values out; no store, no files, no clock, no network, no command line."""
