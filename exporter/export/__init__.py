"""One export from start to end: the previous one, names, rendering, writing."""
