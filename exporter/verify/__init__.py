"""Check an export with the tools of its format, without applying it or writing to its folder."""
