"""Read Amazon SES event destinations and write them as infrastructure as code."""

__version__ = "0.2.0"
