from __future__ import annotations

import pytest

from mlops_maturity.collectors.prometheus.promql import Grouping, for_team, matchers, quoted, with_matcher


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("fraud", '"fraud"'),
        ('a"} or up{x="', '"a\\"} or up{x=\\""'),
        ("back\\slash", '"back\\\\slash"'),
        ("two\nlines", '"two\\nlines"'),
        ("ünï", '"ünï"'),
    ],
)
def test_no_value_gets_out_of_its_quotes(text, literal):
    assert quoted(text) == literal


def test_matchers_are_in_order_and_refuse_what_is_no_label():
    assert matchers({"team": "fraud", "env": "prod"}) == 'env="prod", team="fraud"'
    with pytest.raises(ValueError, match="no name of a label"):
        matchers({'team="a"} or up{x': "y"})


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ("requests_total", 'requests_total{version!=""}'),
        ('requests_total{env="prod"}', 'requests_total{env="prod", version!=""}'),
        ('requests_total{env="a}b",}', 'requests_total{env="a}b", version!=""}'),
        ('{"requests.total"}', '{"requests.total", version!=""}'),
        ("requests_total{}", 'requests_total{version!=""}'),
    ],
)
def test_a_matcher_joins_those_that_are_there(series, expected):
    assert with_matcher(series, 'version!=""') == expected


def test_the_team_and_the_window_take_their_places():
    assert for_team("avg(x{$team}[$window])", {"team": 'a"b'}, 7) == 'avg(x{team="a\\"b"}[7d])'
    assert for_team('avg(x{$team, y="z"})', {}, 7) == 'avg(x{__maturity__="", y="z"})'


def test_groups_by_the_model_and_by_what_picks_teams():
    grouping = Grouping.of("model", [{"team": "a"}, {"env": "x", "model": "m"}, {"no label": "x"}])
    assert grouping.by == "model, env, team"
