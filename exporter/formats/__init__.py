"""A folder for each format: what it can hold, how it is written, how it is read back."""
