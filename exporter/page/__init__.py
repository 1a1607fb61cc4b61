"""``report``: what is there as one HTML page that needs nothing from elsewhere."""
