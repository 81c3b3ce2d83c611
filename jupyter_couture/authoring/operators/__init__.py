"""The operators that come with us: Python callables, Bash commands, notebooks, and tasks without work."""
