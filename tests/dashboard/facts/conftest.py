from __future__ import annotations

import sys
from pathlib import Path

# What tests share, here and of the two models with those of evidence; with importlib mode nothing puts it on the path.
sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "evidence")]
