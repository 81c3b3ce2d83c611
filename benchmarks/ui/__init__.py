"""What the views cost in a browser: one module a measurement, each with ``measure(page, lab)``."""
