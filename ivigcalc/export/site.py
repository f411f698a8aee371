"""What a list or page of reference owes to a hospital's own file."""

from collections.abc import Collection, Iterable

from ivigcalc.export.screen import Screen


def site_entries(shown: Iterable[str], site: str, own: Collection[str], replaced: Collection[str], width: int, *, colour: bool) -> str:
    """Name what is the site's own among what is shown, each with a warning where it replaces ours.

    Args: the names of what is shown, such as regimens.itp; the name of the site; what is its own; what of that replaces what ships;
    width of the screen [characters]; whether colour may be used.
    Returns: the text of the screen; empty where nothing shown is the site's own.
    """
    here = [name for name in dict.fromkeys(shown) if name in own]
    if not here:
        return ""
    screen = Screen(width, colour=colour)
    screen.gap()
    for name in (name for name in here if name in replaced):
        kind, key = _words(name)
        screen.entry("Warning", f"The {kind} {key} is the site's own and replaces the one that ships with ivigcalc.", "yellow")
    screen.entry("Site file", f"From the site file of {site}: {', '.join(_words(name)[1] for name in here)}")
    return screen.text()


def _words(name: str) -> tuple[str, str]:
    section, key = name.split(".", 1)
    return section.removesuffix("s"), key
