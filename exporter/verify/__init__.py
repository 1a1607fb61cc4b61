"""An export judged by its format's own engines; nothing is applied, nothing written into it."""
