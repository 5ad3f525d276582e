"""What a session remembers is changed by those who pick, not by timers."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from mlops_maturity.dashboard import state
from mlops_maturity.dashboard.scope import Scope


class Address(dict[str, str]):
    """The parameters of an address, as Streamlit has them."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)

    def from_dict(self, params: dict[str, str]) -> None:
        self.clear()
        self.update(params)


@pytest.mark.parametrize(
    ("running", "practice"),
    [(["follow"], None), (None, "version-control")],
    ids=["a fragment's timer", "the whole page"],
)
def test_an_echo_of_an_old_pick_is_no_pick(
    monkeypatch: pytest.MonkeyPatch, running: list[str] | None, practice: str | None
) -> None:
    streamlit = SimpleNamespace(session_state={"scope": Scope()}, query_params=Address())
    monkeypatch.setattr(state, "st", streamlit)
    monkeypatch.setattr(state, "get_script_run_ctx", lambda: SimpleNamespace(fragment_ids_this_run=running))
    state.change_scope(lambda scope: replace(scope, practice="version-control"))
    assert streamlit.session_state["scope"].practice == practice
    assert streamlit.query_params == ({"practice": practice} if practice else {})
