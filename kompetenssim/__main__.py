"""`python -m kompetenssim` is the command line."""

import sys

from kompetenssim.cli import main

if __name__ == "__main__":
    sys.exit(main())
