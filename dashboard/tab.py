"""One open tab: the forms it has filled in, and what it is storing itself, which is no news to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from secrets import token_hex

import streamlit as st

from mlops_maturity.dashboard.drafts import DraftKey, Drafts
from mlops_maturity.dashboard.form import Form
from mlops_maturity.evidence.store.answers import StoredAnswer

_KEY = "tab"


@dataclass(frozen=True, slots=True)
class Tab:
    """Lives in the session."""

    name: str = field(default_factory=partial(token_hex, 8))
    forms: dict[str, Form] = field(default_factory=dict)
    """What a form is about, to the form; those of questions that are out of sight included."""

    def form(self, about: str, stored: StoredAnswer | None) -> Form:
        """The form about this; a new one rests on what is stored."""
        return self.forms.setdefault(about, Form(stored))

    def draft(self, about: str) -> DraftKey:
        """Under which this tab's version of an answer waits to be stored."""
        return DraftKey(self.name, about)

    def saves(self, drafts: Drafts) -> bool:
        """Whether anything of this tab waits to be stored, or is just being stored."""
        return any(drafts.waits(self.draft(about)) for about in self.forms)

    def store(self, drafts: Drafts) -> None:
        """Store now what waits: the page that is gone to has to know of it."""
        for about in self.forms:
            if drafts.waits(self.draft(about)):
                drafts.flush(about)

    def saved_since(self, begun: datetime) -> bool:
        """Whether this tab stored anything after a page was begun, which may not know of it."""
        return any(form.ahead_of(begun) for form in self.forms.values())


def this_tab() -> Tab:
    """The tab that runs."""
    tab: Tab = st.session_state.setdefault(_KEY, Tab())
    return tab
