from __future__ import annotations

import sys
from pathlib import Path

# `made_assessments` is shared by the tests of this folder only; with importlib mode nothing puts it on the path.
sys.path.insert(0, str(Path(__file__).parent))
