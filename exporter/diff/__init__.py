"""Two descriptions of SES: recognized, loaded, paired, compared."""
