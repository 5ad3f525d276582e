"""`python -m mlops_maturity.cli`: the command line where the script is not on the path."""

from __future__ import annotations

from mlops_maturity.cli.start import main

if __name__ == "__main__":
    main()
