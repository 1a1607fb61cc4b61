"""Everything that is printed or drawn: pure functions of result types."""
