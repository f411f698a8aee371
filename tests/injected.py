"""Copies of the catalogue that ships with one thing changed, at a line that is known."""

from pathlib import Path

from ivigcalc.catalogue import data_file

SHIPPED = data_file("regimens.yaml").read_text(encoding="utf-8")


def injected(tmp_path: Path, entry: str, old: str, new: str, text: str = SHIPPED) -> tuple[Path, int]:
    """Write a copy in which one text is replaced.

    Args: folder; the line of the entry in which it stands, without its colon, such as "itp" (the first `  itp:` of the file; empty for
    the whole file); the text, the first after that line; what stands for it; the file's text.
    Returns: the path of the copy, and the line on which the text began.
    """
    start = text.index(f"\n  {entry}:\n") + 1 if entry else 0
    at = text.index(old, start)
    path = tmp_path / "copy.yaml"
    path.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    return path, text.count("\n", 0, at) + 1
