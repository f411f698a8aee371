"""What every command shares: options given twice are refused, and options are taken as typed."""

import click
from click.core import ParameterSource
from typer.core import TyperCommand

from ivigcalc.errors import InputError


class StrictCommand(TyperCommand):
    """A command that refuses an option given twice, where click would let the last one win in silence."""

    def get_help(self, ctx: click.Context) -> str:
        """The help, in which a no-break space has kept a number with its unit and then is an ordinary one."""
        return super().get_help(ctx).replace("\u00a0", " ")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words, after looking for repeated options."""
        try:
            _, extra, order = self.make_parser(ctx).parse_args(args=list(args))
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        if extra and not any(isinstance(parameter, click.Argument) for parameter in self.params):
            raise click.UsageError(f"{extra[0]!r} stands without an option; write such as --weight 62 --regimen itp.", ctx)
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
        for text in value if isinstance(value, list | tuple) else (value,):
            if isinstance(text, str) and not text.isascii() and text.encode("utf-8", "replace") != text.encode("utf-8", "surrogateescape"):
                raise InputError(f"--{name}: {text!r} is not UTF-8; type it again in a terminal that is set to UTF-8")
        given[name] = tuple(value) if isinstance(value, list | tuple) else "yes" if value is True else value
    return given
