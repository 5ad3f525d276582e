"""Driving pages without a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from mlops_maturity.dashboard import app
from mlops_maturity.dashboard.widgets.respondent import KEPT

Open = Callable[..., AppTest]


@pytest.fixture
def open_page(at_noon: None) -> Open:
    """Opens a page by its address, `open_page("gaps", team="fraud")`, and runs it once; `respondent` has begun."""

    def open_(path: str = "", *, respondent: str = "", **params: str) -> AppTest:
        test = AppTest.from_file(Path(app.__file__), default_timeout=20)
        if respondent:
            test.session_state[KEPT] = respondent
        for name, value in params.items():
            test.query_params[name] = value
        # AppTest can switch to pages that are files; ours are functions, known by the hash of their address.
        test._page_hash = calc_hash(path)
        return test.run()

    return open_


@pytest.fixture
def rows_of() -> Callable[[Any], list[dict[str, Any]]]:
    """Gives the rows that a chart sends to the browser, of all its datasets."""

    def rows_of_(chart: Any) -> list[dict[str, Any]]:
        sent = [convert_arrow_bytes_to_pandas_df(each.data.data) for each in chart.proto.datasets]
        return [row for frame in sent for row in frame.to_dict("records")]

    return rows_of_
