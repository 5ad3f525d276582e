"""Where the command begins: as little as possible is loaded before Ctrl-C is seen to."""

from __future__ import annotations

import sys

_INTERRUPTED = 130
"""As `cli.main` has it, which is not loaded yet."""


def main() -> None:
    """Load the command line and run it. Ctrl-C before it is loaded ends it without a trace, as nothing has begun."""
    try:
        from mlops_maturity.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
