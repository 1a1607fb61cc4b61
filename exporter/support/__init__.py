"""What knows nothing of SES: errors, files, processes, signals, texts."""
