"""Run as `python -m ivigcalc`."""

from ivigcalc.cli import main

main()
