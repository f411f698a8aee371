"""What every command shares: options given twice are refused, and options are taken as typed."""

import click
from click.core import ParameterSource
from typer.core import TyperCommand


class StrictCommand(TyperCommand):
    """A command that refuses an option given twice, where click would let the last one win in silence."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words, after looking for repeated options."""
        _, _, order = self.make_parser(ctx).parse_args(args=list(args))
        options = [parameter for parameter in order if isinstance(parameter, click.Option) and not parameter.multiple]
        for number, option in enumerate(options):
            if option in options[:number]:
                raise click.UsageError(f"{option.opts[0]} is given twice; write it once.", ctx)
        return super().parse_args(ctx, args)


def options_given(ctx: click.Context) -> dict[str, str | tuple[str, ...]]:
    """Collect the options that were typed.

    Args: the command's context.
    Returns: long name without dashes -> text as typed, or a tuple of texts for a repeatable option.
    """
    given: dict[str, str | tuple[str, ...]] = {}
    for parameter in ctx.command.params:
        if not parameter.name or ctx.get_parameter_source(parameter.name) is not ParameterSource.COMMANDLINE:
            continue
        name = next((opt for opt in parameter.opts if opt.startswith("--")), parameter.opts[0]).lstrip("-")
        value = ctx.params[parameter.name]
        given[name] = tuple(value) if isinstance(value, list | tuple) else value
    return given
