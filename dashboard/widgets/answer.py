"""One question with its four concrete answers. Whatever is chosen or typed is stored as soon as there is a pause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from functools import partial

import streamlit as st

from mlops_maturity.config.catalogue import Practice
from mlops_maturity.dashboard import data, text
from mlops_maturity.dashboard.drafts import DraftKey
from mlops_maturity.dashboard.facts.assess import CHOICES, DONT_KNOW, Choice, choice_of
from mlops_maturity.dashboard.facts.links import LONGEST, link_fault
from mlops_maturity.dashboard.form import Form
from mlops_maturity.dashboard.tab import this_tab
from mlops_maturity.dashboard.visit import Visit
from mlops_maturity.dashboard.words import assess as words
from mlops_maturity.evidence.store.answers import StoredAnswer

_COMMENT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A practice put to a respondent, with what they answered before."""

    team: str
    practice: Practice
    respondent: str
    stored: StoredAnswer | None

    @property
    def about(self) -> str:
        """What it is known by in every tab."""
        return answer_key(self.team, self.practice.id, self.respondent)

    @property
    def draft(self) -> DraftKey:
        """Under which this tab's version of the answer waits to be stored."""
        return this_tab().draft(self.about)

    @property
    def form(self) -> Form:
        """What this tab knows of the answer."""
        return this_tab().form(self.about, self.stored)

    def field(self, part: str) -> Field:
        """The widget that stands for a part of the form now."""
        return Field(part=part, former=len(self.form.outdated.get(part, ())))

    def key(self, part: str) -> str:
        """The name of that widget."""
        return self.field(part).key(self.about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A widget of a form. A new one takes its place when an answer from elsewhere changes what it shows.

    A browser sends along what every widget shows with whatever is done next, and may not have heard of the change by
    then: of the same widget that would look as if a person had chosen the old answer again.
    """

    part: str
    former: int
    """How many there were before it."""

    def key(self, about: str) -> str:
        """Its name, in the form about this."""
        return f"{about}{self.part}{f'-{self.former}' if self.former else ''}"


def answer_key(team: str, practice: str, respondent: str) -> str:
    """What an answer is known by in every tab, and what the names of its form's widgets begin with."""
    return f"answer-{team}-{practice}-{respondent}-"


def answer_form(visit: Visit, question: Question) -> None:
    """Choice, comment, link, and when it was saved."""
    _follow(visit, question)
    about = (visit, question)
    rungs = [text.safe(answer) for answer in question.practice.answers]
    # The label of a group of choices is drawn as Markdown, and read out as it is written: with every backslash. So the
    # question stands above it, and the label is for those who listen.
    st.markdown(text.safe(question.practice.question))
    st.radio(
        text.plain(question.practice.question),
        CHOICES,
        label_visibility="collapsed",
        format_func=lambda choice: words.DONT_KNOW if choice == DONT_KNOW else rungs[choice],
        key=question.key("choice"),
        on_change=_save_soon,
        args=(*about, question.field("choice")),
    )
    unanswered = st.session_state[question.key("choice")] is None
    hint = words.CHOOSE_FIRST if unanswered else None
    comment, link = st.columns(2)
    with comment:
        # Live: what reaches the server only when the field is left would be lost with the tab.
        st.text_input(
            words.COMMENT, key=question.key("comment"), max_chars=_COMMENT, live="100ms", disabled=unanswered,
            placeholder=hint, help=words.COMMENT_HELP, on_change=_save_soon,
            args=(*about, question.field("comment")),
        )  # fmt: skip
    with link:
        # Not live: the first half of an address is an address too, and would count as an artefact.
        st.text_input(
            words.LINK, key=question.key("link"), max_chars=LONGEST, disabled=unanswered,
            placeholder=hint or words.LINK_HINT, help=words.LINK_HELP, on_change=_save,
            args=(*about, question.field("link")),
        )  # fmt: skip
    _saved(visit, question)


def _follow(visit: Visit, question: Question) -> None:
    """Bring the form up to what is stored, where nothing was changed in it: another tab may have answered meanwhile.

    Set here, not passed as defaults: a default that changes with each save would reset what is being typed.
    """
    state, form = st.session_state, question.form
    if question.key("choice") not in state:
        # Drawn anew, after another aspect: what was changed in it a moment ago may still wait to be stored.
        data.drafts().flush(question.about)
    stored = form.base if form.ahead_of(visit.now) else question.stored
    before = _parts(form.base)
    for part, value in _parts(stored).items():
        key = question.key(part)
        # A field that was not drawn for a while, on another aspect, is forgotten by Streamlit.
        if key not in state:
            state[key] = value
        elif state[key] == before[part] != value:
            form.outdated.setdefault(part, []).append(before[part])
            state[question.key(part)] = value
    form.follow(stored)


def _parts(stored: StoredAnswer | None) -> dict[str, Choice | None]:
    return {
        "choice": choice_of(stored),
        "comment": stored.comment if stored else "",
        "link": stored.evidence_url if stored else "",
    }


def _saved(visit: Visit, question: Question) -> None:
    if found := question.form.elsewhere:
        st.info(words.answered_elsewhere(found, visit.now), icon=":material/sync_problem:")
    if failure := data.drafts().failure(question.draft):
        st.error(words.not_saved(failure), icon=":material/error:")
        return
    typed = st.session_state[question.key("link")].strip()
    if typed and (fault := link_fault(typed)):
        kept = question.stored.evidence_url if question.stored else ""
        st.warning(words.bad_link(fault, kept), icon=":material/link_off:")
    if data.drafts().waits(question.draft) or question.form.ahead_of(visit.now):
        _wait_until_saved(question.draft)
    elif question.stored is not None:
        st.markdown(words.saved(question.stored, visit.now))


@st.fragment(run_every=0.5)
def _wait_until_saved(key: DraftKey) -> None:
    if not data.drafts().waits(key):
        st.rerun()
    st.markdown(text.muted(words.SAVING))


def _save(visit: Visit, question: Question, field: Field) -> None:
    """Store what is chosen and typed at once."""
    if _by_a_person(question, field) and (answer := _answer(visit, question)):
        data.drafts().save(question.draft, partial(_store, visit, question.form, question.form.base, answer))


def _save_soon(visit: Visit, question: Question, field: Field) -> None:
    """Store it when the typing pauses, or the walk through the choices: each arrow key chooses the next one."""
    if _by_a_person(question, field) and (answer := _answer(visit, question)):
        data.drafts().put(question.draft, partial(_store, visit, question.form, question.form.base, answer))


def _by_a_person(question: Question, field: Field) -> bool:
    """Whether somebody changed the field. A field that another took the place of may only say again what it showed."""
    state, now = st.session_state, question.key(field.part)
    said = state.get(field.key(question.about))
    if question.key(field.part) == field.key(question.about):
        return True
    if said is None or said == question.form.outdated[field.part][field.former]:
        return False
    state[now] = said
    return True


def _store(visit: Visit, form: Form, base: StoredAnswer | None, answer: StoredAnswer) -> None:
    """In whatever thread, and maybe after the tab has gone. `base` is what the form rested on when it was typed."""
    form.took(base, data.save(visit.place, answer, base), visit.clock())


def _answer(visit: Visit, question: Question) -> StoredAnswer | None:
    choice: Choice | None = st.session_state.get(question.key("choice"))
    if choice is None:
        return None
    now = visit.clock()
    address = _address(question)
    return StoredAnswer(
        team=question.team,
        practice=question.practice.id,
        respondent=question.respondent,
        value=None if isinstance(choice, str) else choice,
        on=now.date(),
        attested=bool(address),
        comment=st.session_state.get(question.key("comment"), "").strip(),
        evidence_url=address,
        recorded_at=now.astimezone(UTC),
        author=question.respondent,
    )


def _address(question: Question) -> str:
    """The link as it is typed; the stored one where that is none: a slip must not take the artefact away."""
    typed: str = st.session_state.get(question.key("link"), "").strip()
    if typed and link_fault(typed):
        return question.stored.evidence_url if question.stored else ""
    return typed
