"""ivigcalc: an IVIG dose and regimen calculator with a source behind every number."""

__version__ = "0.1.0"
