"""The root command and the order of its groups."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from guozi import __version__
from guozi.cli import care, checks, engines, filings, numbers, packs, register


@click.group(
    help=_("guozi: supervision of state-owned enterprises. An instance lives in GUOZI_HOME (default ./var)."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="guozi", message="%(prog)s %(version)s")
def main() -> None:
    """The command line."""


for command in (
    care.demo,
    care.serve,
    care.worker,
    care.migrate,
    care.doctor,
    packs.pack,
    packs.indicator,
    register.entity,
    filings.filing,
    numbers.close_,
    numbers.facts_,
    numbers.value_,
    numbers.values_,
    numbers.explain_,
    numbers.check_,
    engines.engine,
):
    main.add_command(command)
filings.filing.add_command(checks.checks)
