"""What an experienced mail operator would say of SES settings: rules, and what they find."""
