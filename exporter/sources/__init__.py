"""Sources of configuration (live accounts, snapshots, AWS CLI output), and what to select of it."""
