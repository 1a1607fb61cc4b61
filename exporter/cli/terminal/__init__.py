"""What the commands share to talk to a terminal."""
