"""What `make bench` runs: real DAG files, a real engine in its own process, numbers next to their budgets."""
