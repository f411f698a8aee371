"""The yardstick: the program that one would write first. It imports everything at the top, builds pint's default
registry, reads a frozen copy of the catalogue, multiplies once and prints one rich table. It does not grow with ivigcalc."""

from pathlib import Path

import pint
import typer
import yaml
from rich.console import Console
from rich.table import Table

app = typer.Typer()


@app.command()
def plan(weight: str = typer.Option(...), regimen: str = typer.Option(...)) -> None:
    """Multiply a dose per kg by a weight."""
    registry: pint.UnitRegistry[float] = pint.UnitRegistry()
    catalogue = yaml.safe_load((Path(__file__).parent / "frozen_regimens.yaml").read_text(encoding="utf-8"))
    phase = catalogue["regimens"][regimen]["phases"][0]
    dose = registry.Quantity(phase["dose"])
    grams = (dose * registry.Quantity(f"{weight} kg")).to("g")
    table = Table("Day", "Dose")
    for day in range(1, int(phase["days"]) + 1):
        table.add_row(str(day), f"{grams:~}")
    Console().print(table)


if __name__ == "__main__":
    app()
