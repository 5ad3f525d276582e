"""Asks before a tab is closed or left while the last keys are still on their way to the server."""

from __future__ import annotations

import json

import streamlit as st

_ON_ITS_WAY_MS = 1000
"""How long a key may take: Streamlit gathers keys for a tenth of a second, and the server takes them one by one."""
_SCRIPT = """<script>
if (!window.maturityLeaving) {
  window.maturityLeaving = {field: null, at: -Infinity};
  const typed = window.maturityLeaving;
  document.addEventListener("input", event => {
    if (event.target.matches("[data-testid=stMain] :is(input[type=text], input[type=radio])")) {
      typed.field = event.target; typed.at = performance.now();
    }
  }, true);
  document.addEventListener("focusout", event => {
    if (event.target === typed.field) { typed.field = null; typed.at = performance.now(); }
  }, true);
  window.addEventListener("beforeunload", event => {
    if (!location.pathname.endsWith("/assess")) return;
    const held = typed.field && typed.held.includes(typed.field.getAttribute("aria-label"));
    const busy = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning";
    const age = performance.now() - typed.at;
    if (!held && age > ON_ITS_WAY && !(busy && age < 10 * ON_ITS_WAY)) return;
    document.activeElement?.blur();  // sends what is held until the field is left; who stays finds it saved
    event.preventDefault();
  });
}
window.maturityLeaving.held = HELD;
</script>"""


def ask_before_leaving(held: tuple[str, ...]) -> None:
    """Have the browser ask before it drops what was typed a moment ago on this page.

    `held` are the labels of the fields whose text is sent only when they are left: there it asks however long ago the
    last key was. Without JavaScript nothing breaks; the words beside the fields say when it is safe.
    """
    script = _SCRIPT.replace("ON_ITS_WAY", str(_ON_ITS_WAY_MS)).replace("HELD", json.dumps(list(held)))
    st.html(script, unsafe_allow_javascript=True)
