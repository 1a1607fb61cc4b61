"""Code back to models: one module for each kind of code."""
