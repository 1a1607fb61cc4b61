"""Code that knows nothing about SES: errors, files, processes, signals, text."""
