"""Draw the README's picture from a real run, so that it stays correct.

    python docs/pictures.py RUN          a finished run of the demo, e.g. what `make run` has just left under runs/

Writes docs/images/report.png, which is what `codeeval report RUN --plot FILE` draws.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from picture_sources import record

IMAGES = Path(__file__).parent / "images"


def main() -> None:
    """Command line: one argument, the run's folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", metavar="RUN", help="folder of the run")
    run = parser.parse_args().run
    IMAGES.mkdir(exist_ok=True)
    picture = IMAGES / "report.png"
    command = [sys.executable, "-m", "codeeval", "report", run, "--plot", str(picture)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    record(picture.name)
    print("wrote", picture)


if __name__ == "__main__":
    main()
