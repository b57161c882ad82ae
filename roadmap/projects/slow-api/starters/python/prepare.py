"""Given: installs the packages of requirements.txt into .venv, once."""

import pathlib
import subprocess
import sys
import venv

here = pathlib.Path(__file__).parent
folder = here / ".venv"
python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

if not python.exists():
    try:
        venv.create(folder, with_pip=True)
    except subprocess.CalledProcessError:
        sys.exit("Python can't make a virtual environment here. On Debian and Ubuntu: sudo apt install python3-venv, then remove .venv and try again.")
subprocess.run([python, "-m", "pip", "install", "--disable-pip-version-check", "-r", here / "requirements.txt"], check=True)
# Says that all of them are there: an installation that was interrupted does not.
(folder / "ready").write_text("The packages of requirements.txt are installed.\n")
