"""What is known of prompts, releases and traces of generative applications."""

from datetime import date

import pytest

from mlops_maturity.config.settings import Team
from mlops_maturity.evidence.signals.mlflow.applications import application_of

PROMPTS, EVALUATED = "mlflow.prompt_registry_share", "mlflow.genai_eval_share"
ASSESSED, COVERED = "mlflow.assessed_trace_share", "mlflow.trace_coverage"
AGENT = Team(id="only", kinds=("genai", "agent"), models=("*",), experiments=("*",))


@pytest.mark.parametrize(
    ("name", "application"),
    [
        ("chat", "chat"),
        ("team/chat", "chat"),
        ("chat-greeting", "chat"),
        ("chat-pro-greeting", "chat-pro"),
        ("chatter", None),
        ("mail", None),
    ],
)
def test_a_prompt_or_experiment_is_named_after_an_application(name, application):
    assert application_of(name, ("chat", "chat-pro")) == application
    assert application_of(name, ("chat",)) == "chat"


def prompt(make, name, day="2026-11-20", state="yes", subject=None):
    return make.observation(
        "prompt_registered", day, subject or name, state, id=f"{name}/{day}", attributes={"prompt": name}
    )


def app(make, name, kind="genai"):
    return make.model(name, model_kind=kind)


class TestPrompts:
    def test_share_of_applications_with_a_marked_prompt(self, make, measure):
        records = [app(make, "chat"), app(make, "mail", "agent"), app(make, "fax"), app(make, "old", "classical")]
        said = [prompt(make, "chat-hello"), prompt(make, "chat-bye", state="no"), prompt(make, "mail-a", state="no")]
        reading = measure(PROMPTS, [*records, *said])
        assert reading.value == pytest.approx(100 / 3)
        assert (reading.seen, reading.scope, reading.opportunities) == (3, 3, 3)

    def test_the_newest_look_counts(self, make, measure):
        seen = [prompt(make, "chat-a", "2026-11-01"), prompt(make, "chat-a", "2026-11-20", "no")]
        assert measure(PROMPTS, [app(make, "chat"), *seen]).value == 0
        assert measure(PROMPTS, [app(make, "chat"), *seen], on=date(2026, 11, 10)).value == 100

    def test_no_prompt_at_all_and_prompts_not_read_are_told_apart(self, make, measure, cover):
        chat = app(make, "chat")
        looked = make.observation("prompt_registered", "2026-11-20", "*", "no")
        assert measure(PROMPTS, [chat, looked]).value == 0
        assert measure(PROMPTS, [chat]).reason == "not_covered"
        old = make.observation("prompt_registered", "2026-11-20", "*", "unsupported")
        assert measure(PROMPTS, [chat, old]).reason == "unsupported"
        assert measure(PROMPTS, [app(make, "x", "classical"), looked]).reason == "no_records"
        assert measure(PROMPTS, [chat], coverage=cover(kinds=["training_run"])).reason == "not_configured"

    def test_a_prompt_of_an_application_that_is_not_known_counts_for_none(self, make, measure):
        reading = measure(PROMPTS, [app(make, "chat"), app(make, "mail"), prompt(make, "else-a")])
        assert reading.value == 0
        assert "1 prompts of no application known" in reading.note

    def test_a_team_of_generative_kinds_need_not_say_so_of_each_model(self, make, measure):
        served = make.observation("serving", "2026-11-20", "chat")
        reading = measure(PROMPTS, [served, prompt(make, "chat-a")], team=AGENT)
        assert reading.value == 100


def evaluation(make, day, **fields):
    given = {"experiment": "team/chat", "datasets": ("d1",), "attributes": {"evaluation": True}}
    return make.tracked(day, **{**given, **fields})


def release(make, number, day):
    return [make.version(day, "chat", version=str(number)), make.alias("chat", str(number), day, day)]


class TestReleases:
    def test_each_release_needs_an_evaluation_since_the_one_before(self, make, measure):
        records = [app(make, "chat"), *release(make, 1, "2026-10-10"), *release(make, 2, "2026-10-20")]
        reading = measure(EVALUATED, [*records, evaluation(make, "2026-10-05")])
        assert (reading.value, reading.seen, reading.scope) == (50, 2, 2)
        both = [evaluation(make, "2026-10-05"), evaluation(make, "2026-10-15")]
        assert measure(EVALUATED, [*records, *both]).value == 100

    @pytest.mark.parametrize("lacking", [{"datasets": ()}, {"outcome": "failure"}, {"experiment": "team/mail"}])
    def test_what_is_no_evaluation_of_it(self, make, measure, lacking):
        records = [app(make, "chat"), app(make, "mail"), *release(make, 1, "2026-10-10")]
        other = evaluation(make, "2026-05-01", experiment="team/mail")
        assert measure(EVALUATED, [*records, other, evaluation(make, "2026-10-05", **lacking)]).value == 0

    def test_the_first_release_takes_one_of_the_last_90_days(self, make, measure):
        records = [app(make, "chat"), *release(make, 1, "2026-10-10")]
        assert measure(EVALUATED, [*records, evaluation(make, "2026-07-13")]).value == 100
        assert measure(EVALUATED, [*records, evaluation(make, "2026-07-11")]).value == 0

    def test_a_prompt_that_moves_is_a_release(self, make, measure):
        moved = make.observation("prompt_released", "2026-10-10", "chat-hello", attributes={"version": "2"})
        reading = measure(EVALUATED, [app(make, "chat"), moved, evaluation(make, "2026-10-05")])
        assert (reading.value, reading.opportunities) == (100, 1)

    def test_an_experiment_is_known_by_the_versions_that_came_of_it(self, make, measure):
        run = make.tracked("2026-10-01", experiment="lab")
        records = [app(make, "chat"), app(make, "mail"), run, make.alias("chat", "1", "2026-10-10")]
        records += [make.version("2026-10-01", "chat", version="1", run=run.id)]
        assert measure(EVALUATED, [*records, evaluation(make, "2026-10-05", experiment="lab")]).value == 100

    def test_without_any_mark_nothing_is_known(self, make, measure, cover):
        records = [app(make, "chat"), *release(make, 1, "2026-10-10")]
        assert measure(EVALUATED, records).reason == "insufficient_data"
        assert measure(EVALUATED, [app(make, "chat")]).reason == "no_records"
        assert measure(EVALUATED, [app(make, "chat", "classical")]).reason == "no_records"
        assert measure(EVALUATED, records, coverage=cover(kinds=["model"])).reason == "not_configured"


def traces(make, day, number, experiment="team/chat", **told):
    return make.observation("trace_day", day, experiment, value=number, attributes={"experiment": experiment, **told})


def requests(make, day, number):
    return make.observation("request_count", day, "chat", value=number)


class TestAssessed:
    def test_share_over_all_traces_of_the_window(self, make, measure):
        records = [
            traces(make, "2026-11-01", 900, assessed=9, by_people=3),
            traces(make, "2026-11-02", 100, assessed=1, capped=True),
            traces(make, "2026-01-02", 100, assessed=100),
        ]
        reading = measure(ASSESSED, records)
        assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (1, 2, 2, 1000)
        assert reading.note == "10 of 1000 traces; 3 by people; 1 days read in part"

    def test_a_day_without_the_number_is_unknown(self, make, measure):
        reading = measure(ASSESSED, [traces(make, "2026-11-01", 10, assessed=5), traces(make, "2026-11-02", 90)])
        assert (reading.value, reading.seen, reading.scope) == (50, 1, 2)
        assert measure(ASSESSED, [traces(make, "2026-11-02", 90)]).reason == "insufficient_data"

    def test_the_team_is_found_by_the_experiment(self, make, measure):
        team = Team(id="chatters", experiments=("team/*",))
        records = [traces(make, "2026-11-01", 10, assessed=5), traces(make, "2026-11-01", 10, "else", assessed=0)]
        assert measure(ASSESSED, records, team=team).value == 50


@pytest.mark.parametrize("signal", [ASSESSED, COVERED])
class TestNoTraces:
    @pytest.mark.parametrize(
        ("state", "reason"), [("unsupported", "unsupported"), ("forbidden", "forbidden"), ("unknown", "not_configured")]
    )
    def test_the_source_says_why(self, make, measure, signal, state, reason):
        said = make.observation("trace_day", "2026-11-20", "*", state)
        assert measure(signal, [requests(make, "2026-11-20", 5), said]).reason == reason

    def test_not_read(self, make, measure, cover, signal):
        counted = requests(make, "2026-11-20", 5)
        assert measure(signal, [counted]).reason == "not_covered"
        assert measure(signal, [counted], coverage=cover(kinds=["observation"])).reason == "not_configured"


def test_read_and_none_there(make, measure):
    looked = make.observation("trace_day", "2026-11-20", "*", "no", value=0)
    assert measure(ASSESSED, [looked]).reason == "no_records"
    assert measure(COVERED, [looked, requests(make, "2026-11-20", 5)]).value == 0


class TestCoverage:
    def test_share_of_requests_by_day_and_at_most_all_of_them(self, make, measure):
        records = [
            requests(make, "2026-11-01", 100), traces(make, "2026-11-01", 40), traces(make, "2026-11-01", 10, "b"),
            requests(make, "2026-11-02", 100), traces(make, "2026-11-02", 900),
        ]  # fmt: skip
        reading = measure(COVERED, records)
        assert (reading.value, reading.seen, reading.scope, reading.opportunities) == (75, 2, 2, 200)

    def test_declared_sampling_counts_for_all(self, make, measure):
        records = [requests(make, "2026-11-01", 100), traces(make, "2026-11-01", 10, sampling=0.1)]
        assert measure(COVERED, records).value == 100

    def test_days_of_which_one_is_not_known_are_unknown(self, make, measure):
        records = [
            requests(make, "2026-11-01", 100), traces(make, "2026-11-01", 40),
            requests(make, "2026-11-02", 100), traces(make, "2026-11-02", 40, capped=True),
            requests(make, "2026-11-03", 100),
            traces(make, "2026-11-04", 40),
        ]  # fmt: skip
        reading = measure(COVERED, records)
        assert (reading.value, reading.seen, reading.scope) == (40, 1, 3)

    def test_without_requests_there_is_no_value(self, make, measure):
        assert measure(COVERED, [traces(make, "2026-11-01", 40)]).reason == "not_configured"
