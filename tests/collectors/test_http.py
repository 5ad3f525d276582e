"""The HTTP core: what it sends, what it tries again, what it refuses, and what never shows in a text."""

from __future__ import annotations

import socket
import traceback
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from scripted_http import DATE, TOKEN, Sleeps, Source, ok, scripted, source

from mlops_maturity.collectors.http import Http
from mlops_maturity.collectors.interface import (
    BadAnswer,
    Forbidden,
    RateLimited,
    SourceError,
    Unauthorized,
    Unreachable,
    Unsupported,
)
from mlops_maturity.collectors.patience import FAULT_TRIES


def test_asks_under_the_configured_path_with_token_and_parameters():
    http, got, _ = scripted(ok({"a": 1}), url="https://host.example/api/v3/", headers={"X-Version": "7"})
    answer = http.get("repos/acme/x", {"per_page": 100})
    assert answer.data == {"a": 1}
    assert str(got[0].url) == "https://host.example/api/v3/repos/acme/x?per_page=100"
    assert got[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert got[0].headers["x-version"] == "7"


def test_without_a_token_sends_none_even_where_a_netrc_has_one(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.example login me password hush\n")
    monkeypatch.setenv("NETRC", str(netrc))
    http, got, _ = scripted(ok([]), settings=source(token=None))
    http.get("x")
    assert "authorization" not in got[0].headers


def test_user_and_password_in_the_address_are_neither_sent_nor_shown():
    http, got, _ = scripted((404,), settings=source("https://me:hush@api.example", token=None))
    with pytest.raises(Unsupported) as caught:
        http.get("x")
    assert "authorization" not in got[0].headers
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_tries_server_faults_again_with_full_jitter(status):
    http, got, sleeps = scripted((status,), (status,), ok("fine"))
    assert http.get("x").data == "fine"
    assert len(got) == 3
    assert 0 <= sleeps.taken[0] <= 0.5
    assert 0 <= sleeps.taken[1] <= 1.0


def test_gives_up_a_server_fault_after_bounded_tries():
    http, got, sleeps = scripted((502,))
    with pytest.raises(BadAnswer, match="HTTP 502"):
        http.get("x")
    assert len(got) == FAULT_TRIES
    assert sum(sleeps.taken) < 60


@pytest.mark.parametrize(
    "fault",
    [httpx.ReadError("reset"), httpx.RemoteProtocolError("closed"), httpx.ReadTimeout("slow")],
)
def test_tries_resets_and_time_outs_again(fault):
    http, got, _ = scripted(fault, ok(1))
    assert http.get("x").data == 1
    assert len(got) == 2


def test_a_slow_server_is_not_asked_for_longer_than_the_total():
    sleeps = Sleeps()

    def slow(request):
        sleeps.now += 30
        raise httpx.ReadTimeout("slow")

    http, got, _ = scripted(slow, sleeps=sleeps)
    with pytest.raises(Unreachable, match="no answer within 30 s"):
        http.get("x")
    assert len(got) == 2


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Unauthorized),
        (403, Forbidden),
        (451, Forbidden),
        (404, Unsupported),
        (410, Unsupported),
        (501, Unsupported),
    ],
)
def test_refusals_are_told_apart_and_not_tried_again(status, error):
    http, got, sleeps = scripted((status,))
    with pytest.raises(error):
        http.get("x")
    assert len(got) == 1
    assert not sleeps.taken


def test_an_ordinary_429_waits_as_asked():
    http, _, sleeps = scripted((429, {"retry-after": "7"}), ok(1))
    assert http.get("x").data == 1
    assert sleeps.taken == [7.0]


def test_retry_after_may_be_a_date_by_the_servers_own_clock():
    late = {"retry-after": "Mon, 02 Mar 2026 10:00:20 GMT", **DATE}
    http, _, sleeps = scripted((429, late), ok(1))
    http.get("x")
    assert sleeps.taken == [20.0]


def test_a_429_that_says_nothing_waits_a_minute_once():
    http, got, sleeps = scripted((429,), (429,), ok(1))
    with pytest.raises(RateLimited):
        http.get("x")
    assert sleeps.taken == [60.0]
    assert len(got) == 2


@pytest.mark.parametrize("status", [403, 429])
def test_a_spent_quota_waits_for_the_reset(status):
    reset = int(datetime(2026, 3, 2, 10, 0, 30, tzinfo=UTC).timestamp())
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset), **DATE}
    http, _, sleeps = scripted((status, spent), ok(1))
    http.get("x")
    assert sleeps.taken == [30.0]


def test_retry_after_goes_before_the_reset():
    both = {"retry-after": "3", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1", **DATE}
    http, _, sleeps = scripted((403, both), ok(1))
    http.get("x")
    assert sleeps.taken == [3.0]


def test_a_long_wait_ends_the_run_and_says_when_to_come_back():
    reset = datetime(2026, 3, 2, 10, 45, tzinfo=UTC)
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(reset.timestamp())), **DATE}
    http, got, sleeps = scripted((403, spent))
    with pytest.raises(RateLimited) as caught:
        http.get("x")
    assert caught.value.resumes_at == reset
    assert not sleeps.taken
    with pytest.raises(RateLimited):
        http.get("y")
    assert len(got) == 1, "a server that asked for quiet is not asked again"


def test_a_secondary_limit_without_headers_is_a_limit_and_a_plain_403_is_not():
    text = '{"message": "You have exceeded a secondary rate limit. Please wait."}'
    http, _, sleeps = scripted(httpx.Response(403, text=text), ok(1))
    assert http.get("x").data == 1
    assert sleeps.taken == [60.0]


def test_keeps_a_share_of_the_quota_for_others():
    quota = {"x_ratelimit_limit": "5000", "x_ratelimit_remaining": "500", "x_ratelimit_reset": "1772449200"}
    http, got, _ = scripted(ok("last", **quota), reserve=0.1)
    assert http.get("x").data == "last"
    with pytest.raises(RateLimited, match="500 of 5000 requests left") as caught:
        http.get("y")
    assert caught.value.resumes_at == datetime.fromtimestamp(1772449200, UTC)
    assert len(got) == 1


@pytest.mark.parametrize("header", ["soon", "-5", "", "1e3", "nan"])
def test_an_unreadable_retry_after_is_no_crash_and_no_busy_loop(header):
    http, _, sleeps = scripted((429, {"retry-after": header}), ok(1))
    assert http.get("x").data == 1
    assert sleeps.taken == [60.0]


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html>\n<title>Sign in</title>",
        b'{"a": [1, 2',
        b"\xff\xfe\x00garbage",
        b"",
        b'{"a": NaN}',
        b"[" * 99_999,
    ],
)
def test_what_is_not_json_is_a_bad_answer_that_shows_its_beginning(body):
    http, _, _ = scripted(httpx.Response(200, content=body))
    with pytest.raises(BadAnswer, match="something else than JSON") as caught:
        http.get("x")
    assert "\n" not in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


def test_a_body_without_end_is_cut_off():
    http, _, _ = scripted(httpx.Response(200, content=b"x" * 5000), max_bytes=1000)
    with pytest.raises(BadAnswer, match="larger than 1,000 bytes"):
        http.get("x")


def test_pages_follow_the_links_to_the_last():
    def answer(request):
        number = int(request.url.params.get("page", 1))
        link = {"link": f'<{request.url.copy_set_param("page", number + 1)}>; rel="next"'} if number < 3 else {}
        return ok(number, **link)

    http, _, _ = scripted(answer)
    assert [page.data for page in http.pages("x", {"per_page": 5})] == [1, 2, 3]


def test_a_circle_of_links_is_ended():
    http, _, _ = scripted(lambda request: ok([], link='<https://api.example/base/x?page=2>; rel="next"'))
    with pytest.raises(BadAnswer, match="circle"):
        list(http.pages("x"))


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/x", "http://api.example/base/x", "https://api.example:8443/x", "//evil.example/x"],
)
def test_links_and_redirects_to_another_origin_are_refused_and_get_no_token(elsewhere):
    for answer in (ok([], link=f'<{elsewhere}>; rel="next"'), httpx.Response(302, headers={"location": elsewhere})):
        http, got, _ = scripted(answer)
        with pytest.raises(BadAnswer, match="another host"):
            list(http.pages("x"))
        assert {request.url.host for request in got} == {"api.example"}
        assert len(got) == 1


def test_a_redirect_on_the_same_origin_is_followed():
    moved = httpx.Response(301, headers={"location": "/base/renamed"})
    http, got, _ = scripted(moved, ok("here"))
    assert http.get("x").data == "here"
    assert got[1].url.path == "/base/renamed"


def test_redirects_without_end_are_ended():
    http, got, _ = scripted(httpx.Response(302, headers={"location": "/base/x"}))
    with pytest.raises(BadAnswer, match="HTTP 302"):
        http.get("x")
    assert len(got) < 10


def test_a_304_has_no_data():
    http, _, _ = scripted((304,))
    assert http.get("x", headers={"If-None-Match": '"e"'}).data is None


FAILURES = [
    (401,),
    (403,),
    (404,),
    (500,),
    (429, {"retry-after": "900"}),
    httpx.Response(422, text=f"your token {TOKEN} is odd"),
    httpx.Response(200, text=f"<html>{TOKEN}"),
    httpx.ConnectError("refused"),
    httpx.LocalProtocolError(f"Illegal header value b'Bearer {TOKEN}'"),
]


@pytest.mark.parametrize("failure", FAILURES)
def test_no_text_or_trace_holds_the_token_or_the_query(failure):
    http, _, _ = scripted(failure)
    with pytest.raises(SourceError) as caught:
        http.get("x", {"key": "q_secret"})
    without_code = [line for line in traceback.format_exception(caught.value) if not line.startswith("  File")]
    assert TOKEN not in "".join(without_code)
    assert "q_secret" not in "".join(without_code)
    assert str(caught.value).startswith("src: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("token", ["two\nlines", "schlüssel", "\x00"])
def test_a_token_no_header_can_carry_is_named_without_showing_it(token):
    http, got, _ = scripted(ok(1), settings=source(token=token))
    with pytest.raises(Unauthorized) as caught:
        http.get("x")
    assert not got
    assert token not in str(caught.value)


def test_a_token_that_is_not_there_is_unauthorised_not_a_crash():
    class Without(Source):
        def secret(self, name="token"):
            raise LookupError("the environment variable GITHUB_TOKEN is not set")

    http, _, _ = scripted(ok(1), settings=Without.model_construct(id="src", type="t", url="https://api.example"))
    with pytest.raises(Unauthorized, match="GITHUB_TOKEN"):
        http.get("x")


@pytest.mark.parametrize("url", ["api.example", "ftp://api.example", "http://", "http://[::bad"])
def test_an_address_that_is_none_is_told(url):
    http, _, _ = scripted(ok(1), url=url)
    with pytest.raises(Unreachable, match="`url`"):
        http.get("x")


def test_a_name_that_leads_to_a_metadata_address_is_not_asked(monkeypatch):
    def leads(*_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", leads)
    http = Http(source("http://innocent.example"), sleep=Sleeps())
    with pytest.raises(Unreachable, match=r"innocent\.example leads to 169\.254\.169\.254"):
        http.get("x")


def test_a_bundle_that_holds_no_certificate_is_told(tmp_path):
    bundle = tmp_path / "ca.pem"
    bundle.write_text("nothing")
    for path in (bundle, Path("absent.pem")):
        with pytest.raises(Unreachable, match="ca_bundle"):
            Http(source(ca_bundle=path)).get("x")


def test_a_closed_source_neither_waits_nor_asks():
    asked = []

    def fail(request):
        asked.append(request)
        http.close()  # as from another thread, while this one is about to wait
        return httpx.Response(429, headers={"retry-after": "50"})

    http = Http(source(), transport=httpx.MockTransport(fail))
    for _ in range(2):
        with pytest.raises(Unreachable, match="stopped"):
            http.get("x")
    assert len(asked) == 1
