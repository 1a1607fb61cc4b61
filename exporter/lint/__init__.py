"""Rules that find wrong or risky SES settings."""
