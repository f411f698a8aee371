"""The command line: reads, calls, prints, exits. No arithmetic. One file a command; what is heavy is imported inside it."""

import os
import sys
from contextlib import suppress
from typing import Annotated

import click
import typer

from ivigcalc import __version__
from ivigcalc.cli.command import LateGroup, StrictCommand
from ivigcalc.cli.ending import BY_SIGNAL, cleaning_up
from ivigcalc.cli.output import printable
from ivigcalc.cli.plan import plan
from ivigcalc.errors import CatalogueError, IvigcalcError, OutputError, ReaderGone

INTERRUPTED = 130

app = typer.Typer(
    name="ivigcalc", cls=LateGroup, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True, suggest_commands=False
)
app.command(cls=StrictCommand, short_help="Plan a regimen: grams for each day.")(plan)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 (typer calls it so)
    if wanted:
        typer.echo(f"ivigcalc {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and leave.")] = False,
) -> None:
    """Plan intravenous immunoglobulin: grams for each day, with a source behind every number.

    \b
    Examples:
      ivigcalc plan --weight 62 --regimen itp
      ivigcalc plan --weight 62 --regimen itp --start 2027-01-04 --cycles 4 -o itp.csv
      ivigcalc batch patients.csv -o schedule.csv
      ivigcalc demand schedule.csv
      ivigcalc plan --weight "137 lb" --dose "2 g/kg/course" --days 5
      ivigcalc check --weight 62 --regimen itp --order "25 g OD for 3 days"
      ivigcalc regimens
      ivigcalc regimens show itp
      ivigcalc products show octagam-10-us
      ivigcalc catalogue check regimens.yaml
      ivigcalc about

    For prescribers and pharmacists. Not a registered medical device.
    """


def main() -> None:
    """Run the program and leave with its exit code."""
    with cleaning_up() as ended:
        code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except (OSError, ValueError, AttributeError):
        _drop_stdout()
    sys.exit(BY_SIGNAL + ended[0] if ended and code else code)


def run(arguments: list[str]) -> int:
    """Run one command.

    Args: the words of the command line.
    Returns: the exit code (docs/design.md, "Exit codes").
    """
    command = typer.main.get_command(app)
    try:
        result = command.main(args=arguments, prog_name="ivigcalc", standalone_mode=False)
    except IvigcalcError as error:
        return _tell(error)
    except click.exceptions.NoArgsIsHelpError as error:
        return _print(error.format_message(), 2)
    except click.UsageError as error:
        command_path = error.ctx.command_path if error.ctx else "ivigcalc"
        message = error.format_message().rstrip(".")
        return _say(f"{message}{'' if message.endswith('?') else '.'} See: {command_path} --help", 2)
    except click.ClickException as error:
        return _say(error.format_message(), 2)
    except (click.Abort, KeyboardInterrupt):
        return _say("interrupted; nothing was written", INTERRUPTED)
    except SystemExit:  # click leaves so when it prints help into a pipe that nobody reads
        return _tell(ReaderGone())
    except OSError as error:  # help that could not be printed; what reads and writes files has its own words
        return _tell(OutputError(f"standard output could not be written ({error.strerror}); what it holds is not complete"))
    except Exception as error:
        return _bug(error)
    if result == INTERRUPTED:  # typer turns Ctrl-C into this code without a word
        return _say("interrupted; nothing was written", INTERRUPTED)
    return result if isinstance(result, int) else 0


def _tell(error: IvigcalcError) -> int:
    if isinstance(error, ReaderGone):
        _drop_stdout()
        return error.exit_code
    if isinstance(error, CatalogueError):
        _print("\n".join(error.faults), error.exit_code)
        return _say(
            f"{len(error.faults)} fault{'' if len(error.faults) == 1 else 's'} in a data file; mend and run again",
            error.exit_code,
        )
    return _say(str(error), error.exit_code)


def _bug(error: Exception) -> int:
    frame = error.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    where = f"{os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else "?"  # noqa: PTH119
    what = f"a bug in ivigcalc {__version__}: {type(error).__name__} at {where}: {error}. Do not use anything it printed."
    how = "Please report this line and the command you typed, without a patient's name, to its maintainers (CONTRIBUTING.md)"
    return _say(" ".join(f"{what} {how}".split()), 70)


def _say(message: str, code: int) -> int:
    """Say why, on stderr, wrapped where a person reads it."""
    text = f"ivigcalc: {printable(message)}"
    if sys.stderr and sys.stderr.isatty():
        import shutil

        from ivigcalc.export.screen import wrap

        text = "\n".join(wrap(text, shutil.get_terminal_size().columns))
    return _print(text, code)


def _print(text: str, code: int) -> int:
    """Write to stderr; where that cannot be written, the exit code has to do."""
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)  # noqa: T201
    return code


def _drop_stdout() -> None:
    """Keep the interpreter from trying again to write what cannot be written."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
