"""The data files are found in every kind of installation, from any directory."""

import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COMMAND = ["plan", "--weight", "62", "--regimen", "itp", "--format", "csv"]


def _run(*words: str, cwd: Path, python_path: Path | None = None) -> str:
    environment = {"PATH": "", **({"PYTHONPATH": str(python_path)} if python_path else {})}
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Build a wheel and an sdist, and a wheel from that sdist, without a network."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(out)], cwd=ROOT, check=True, capture_output=True)
    (sdist,) = out.glob("*.tar.gz")
    (wheel,) = out.glob("*.whl")
    with tarfile.open(sdist) as archive:
        archive.extractall(out / "unpacked", filter="data")
    (unpacked,) = (out / "unpacked").iterdir()
    again = out / "again"
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(again)], cwd=unpacked, check=True, capture_output=True
    )
    return {"wheel": wheel, "sdist": unpacked, "wheel from sdist": next(again.glob("*.whl"))}


@pytest.mark.parametrize("kind", ["wheel", "wheel from sdist"])
def test_a_wheel_holds_what_it_needs(built: dict[str, Path], kind: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(built[kind]) as archive:
        archive.extractall(tmp_path / "site")
    assert (tmp_path / "site" / "ivigcalc" / "py.typed").exists()
    assert (tmp_path / "site" / "ivigcalc" / "regimens.schema.json").exists()  # which regimens.yaml beside it names
    text = _run(sys.executable, "-m", "ivigcalc", *COMMAND, cwd=tmp_path, python_path=tmp_path / "site")
    assert text.splitlines()[1].startswith(",itp,course,1,1,3,,24.8,24.8,0.4,74.4,")
    pounds = _run(
        sys.executable, "-m", "ivigcalc", "plan", "--weight", "137 lb", "--regimen", "itp", cwd=tmp_path, python_path=tmp_path / "site"
    )
    assert "62.14215469 kg" in pounds  # the definition file of the units is there too


def test_the_unpacked_sdist_runs_in_place(built: dict[str, Path], tmp_path: Path) -> None:
    assert "24.8" in _run(sys.executable, "-m", "ivigcalc", *COMMAND, cwd=tmp_path, python_path=built["sdist"])
    assert (built["sdist"] / "tests" / "test_package.py").exists()
    assert (built["sdist"] / "regimens.schema.json").exists()


def test_the_wheel_installs_with_pip_and_its_command_runs(built: dict[str, Path], tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", system_site_packages=False, with_pip=False, symlinks=True)
    python = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(built["wheel"])],
        check=True,
        capture_output=True,
    )
    site_packages = next(path for path in map(Path, sys.path) if (path / "typer").is_dir())
    text = _run(str(python.parent / "ivigcalc"), *COMMAND, cwd=tmp_path, python_path=site_packages)
    assert ",24.8," in text


def test_the_version_is_written_once() -> None:
    from ivigcalc import __version__

    assert __version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
