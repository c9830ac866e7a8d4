"""`python -m guozi`: the same as the command `guozi`."""

from guozi.cli import main

main(prog_name="guozi")
