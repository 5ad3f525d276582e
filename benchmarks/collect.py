"""What collecting costs beside the bare requests it is made of. `python benchmarks/collect.py [github] [mlflow]`.

Each part starts a server of its own, runs each way of reading in a process of its own, in turn, and prints a table.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import collect_github
import collect_mlflow

PARTS: dict[str, Callable[[], None]] = {"github": collect_github.main, "mlflow": collect_mlflow.main}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("part", nargs="*", help=f"one or more of {', '.join(PARTS)}; all without any")
    asked = arguments.parse_args().part or list(PARTS)
    if unknown := set(asked) - set(PARTS):
        arguments.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    for name in asked:
        PARTS[name]()


if __name__ == "__main__":
    main()
