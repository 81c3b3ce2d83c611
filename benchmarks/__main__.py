"""``python -m benchmarks [WORKLOAD ...] [--json] [--list]``."""

from jupyter_couture.cli.bench import command

command(prog_name="benchmarks")
