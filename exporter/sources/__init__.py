"""Where configuration comes from, and which part of it."""
