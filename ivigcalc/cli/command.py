"""What every command shares: options given twice are refused, and options are taken as typed."""

from importlib import import_module

import click
from click.core import ParameterSource
from typer import Typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command as get_command_of
from typer.main import get_command_from_info
from typer.models import CommandInfo

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


LATE = {
    "batch": "Plan a file of patients, row by row.",
    "demand": "What a schedule of many asks for.",
    "check": "Check an order that somebody else wrote.",
    "weight": "Every dosing weight side by side.",
    "regimens": "Find, show or compare regimens.",
    "products": "List the products, or show one.",
    "about": "Intended use, data files, faults.",
    "catalogue": "Look after the data files.",
}
"""Commands that are loaded only when they are asked for, so that `plan` does not wait for their options; with their short help. Each
is the function, or the group of commands, of its name in the module of its name."""


class LateGroup(TyperGroup):
    """The commands of ivigcalc, those that are loaded late among them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        first, *others = super().list_commands(ctx)
        return [first, *LATE, *others]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a line of words; of an unknown one, say which names are close, those that are loaded late among them."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            from difflib import get_close_matches

            if close := get_close_matches(args[0], self.list_commands(ctx)):
                raise click.UsageError(f"No such command {args[0]!r}. Did you mean {' or '.join(map(repr, close))}?", ctx) from None
            raise

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command, and load it where that was left until now."""
        if cmd_name not in LATE:
            return super().get_command(ctx, cmd_name)
        function = getattr(import_module(f"ivigcalc.cli.{cmd_name}"), cmd_name)
        if isinstance(function, Typer):
            group = get_command_of(function)
            group.short_help = LATE[cmd_name]
            return group
        info = CommandInfo(name=cmd_name, cls=StrictCommand, callback=function, short_help=LATE[cmd_name])
        return get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)


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
            if isinstance(text, str) and not text.isascii() and text.encode("utf-8", "replace") != text.encode("utf-8", "surrogatepass"):
                raise InputError(f"--{name}: {text!r} is not UTF-8; type it again in a terminal that is set to UTF-8")
        given[name] = tuple(value) if isinstance(value, list | tuple) else "yes" if value is True else value
    return given
