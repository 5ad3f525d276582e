from __future__ import annotations

import pytest

from mlops_maturity.dashboard import text
from mlops_maturity.dashboard.widgets.missing import nearest

PAGES = {"": "Overview", "trends": "Trends", "gaps": "Gaps"}


@pytest.mark.parametrize(
    ("asked", "path"),
    [("trend", "trends"), ("Gap", "gaps"), ("overview", ""), ("overveiw", ""), ("no-such-page", None)],
)
def test_the_page_meant_is_found_by_its_address_or_its_name(asked: str, path: str | None) -> None:
    assert nearest(asked, PAGES) == path


def test_a_page_is_named_by_address_and_title_and_the_first_has_an_address_too() -> None:
    assert text.page_name("", "Overview") == r"\/ \(Overview\)"
    assert text.not_found("trend", text.page_name("trends", "Trends")) == (
        r"Nothing is at **/trend**; did you mean **\/trends \(Trends\)**?"
    )
    assert text.not_found("<b>x", "") == r"Nothing is at **/\<b\>x**"
