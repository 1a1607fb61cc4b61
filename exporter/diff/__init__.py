"""Compare two descriptions of SES: recognize, load, pair and compare them."""
