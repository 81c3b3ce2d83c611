"""``python -m jupyter_couture.cli``."""

from jupyter_couture.cli.main import main

main(prog_name="jupyter couture")
