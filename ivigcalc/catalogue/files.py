"""Where the data files are: inside an installed package, or at the top of a checkout."""

from pathlib import Path

from ivigcalc.errors import CatalogueError

_PACKAGE = Path(__file__).parent.parent


def data_file(name: str) -> Path:
    """Find a data file that ships with ivigcalc.

    Args: the file's name, such as regimens.yaml.
    Returns: its path.
    Raises: CatalogueError when it is in neither place.
    """
    for folder in (_PACKAGE, _PACKAGE.parent):
        if (path := folder / name).is_file():
            return path
    raise CatalogueError((f"{name}: the file that ships with ivigcalc is missing; install ivigcalc again",))


def read_bytes(path: Path) -> bytes:
    """Read a data file whole.

    Args: its path.
    Returns: its bytes.
    Raises: CatalogueError when it cannot be read.
    """
    try:
        if path.exists() and not path.is_file():
            raise CatalogueError((f"{path}: cannot be read (Is a directory or a device); name a YAML file that can",))
        return path.read_bytes()
    except OSError as error:
        raise CatalogueError((f"{path}: cannot be read ({error.strerror}); name a YAML file that can",)) from None
