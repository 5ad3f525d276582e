"""MLflow's own REST stores on our own session, so that `MlflowClient` asks the way every collector asks.

MLflow takes retries, time-outs, redirects, user, password and token from the environment, for the whole process, and
would send one token to every server. Its stores are made to be replaced (a *store plugin* is a URI scheme with a
builder), and all their calls go through one method; here that method uses the session of the source. Nothing of the
environment is read or set, and two sources never see each other's token.
"""

# MLflow's stores carry no types.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import itertools
import json
from typing import Any

from google.protobuf.json_format import ParseError  # type: ignore[import-untyped]
from mlflow.store.model_registry.rest_store import RestStore as RegistryRestStore
from mlflow.store.tracking.rest_store import RestStore as TrackingRestStore
from mlflow.tracking import MlflowClient
from mlflow.tracking._model_registry.utils import _get_store_registry
from mlflow.tracking._tracking_service.utils import _tracking_store_registry
from mlflow.utils.proto_json_utils import parse_dict

from mlops_maturity.collectors.bounded_session import BoundedSession, json_of
from mlops_maturity.collectors.interface import BadAnswer

SCHEME = "mlops-maturity"


class Wire:
    """Calls of one MLflow server by method, path and JSON body."""

    def __init__(self, session: BoundedSession, url: str) -> None:
        self.session = session
        self._base = url.rstrip("/")

    def text(self, path: str) -> str:
        """What a GET of `path` says, as text. Raises SourceError."""
        return self.session.request("GET", self._base + path).text

    def fill(self, method: str, path: str, body: str | None, answer: Any) -> Any:
        """The protobuf `answer` filled from what the server says. Raises SourceError."""
        given = json.loads(body) if body else None
        options = {"params": given} if method == "GET" else {"json": given}
        url = self._base + path
        said = json_of(self.session.request(method, url, **options), self.session.place(url))
        # What is empty has no keys in protobuf's JSON; other keys alone are another kind of answer, and not "none".
        known = {name for field in answer.DESCRIPTOR.fields for name in (field.name, field.json_name)}
        if said and known.isdisjoint(said):
            raise self._misshapen(url, "none of its fields")
        try:
            parse_dict(said, answer)
        except (ParseError, ValueError, TypeError, AttributeError) as error:
            raise self._misshapen(url, type(error).__name__) from None
        return answer

    def _misshapen(self, url: str, why: str) -> BadAnswer:
        return BadAnswer(
            f"{self.session.place(url)}: the answer is not shaped as MLflow's interface promises ({why}). "
            "Is `url` an MLflow server?"
        )


class _Tracking(TrackingRestStore):
    def __init__(self, uri: str) -> None:
        super().__init__(lambda: None)
        self._uri = uri  # not the wire itself: MLflow caches stores for the life of the process

    def _call_endpoint(
        self,
        api: Any,
        json_body: str | None = None,
        endpoint: str | None = None,
        retry_timeout_seconds: float | None = None,
        response_proto: Any = None,
    ) -> Any:
        path, method = self._METHOD_TO_INFO[api]
        return _open[self._uri].fill(method, endpoint or path, json_body, response_proto or api.Response())


class _Registry(RegistryRestStore):
    def __init__(self, uri: str) -> None:
        super().__init__(lambda: None)
        self._uri = uri  # not the wire itself: MLflow caches stores for the life of the process

    def _call_endpoint(
        self, api: Any, json_body: str, call_all_endpoints: bool = False, extra_headers: Any = None
    ) -> Any:
        path, method = self._get_endpoint_from_method(api)
        return _open[self._uri].fill(
            method, path, _without_prompt_filter(json_body), self._get_response_from_method(api)
        )


def client_on(wire: Wire) -> MlflowClient:
    """An `MlflowClient` whose every call goes through `wire`. It is good until `forget` is called with it."""
    uri = f"{SCHEME}://{next(_numbers)}"
    _open[uri] = wire
    _register()
    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def forget(client: MlflowClient) -> None:
    """Lets go of the wire of a client."""
    _open.pop(client.tracking_uri, None)


_numbers = itertools.count(1)
_open: dict[str, Wire] = {}


def _register() -> None:
    _tracking_store_registry.register(SCHEME, lambda store_uri, **_: _Tracking(store_uri))
    _get_store_registry().register(SCHEME, lambda store_uri, **_: _Registry(store_uri))


def _without_prompt_filter(body: str) -> str:
    """The request without the client's `is not a prompt` filter.

    Servers that know prompts leave them out by themselves; older ones take the filter for "has the tag, with another
    value" and answer no model at all. Prompts are told apart by their tag when they are read.
    """
    asked = json.loads(body)
    parts = [part for part in str(asked.get("filter", "")).split(" AND ") if not _excludes_prompts(part)]
    kept = " AND ".join(parts)
    return json.dumps({**{key: value for key, value in asked.items() if key != "filter"}, **_filter(kept)})


def _excludes_prompts(condition: str) -> bool:
    return "mlflow.prompt.is_prompt" in condition and "!=" in condition


def _filter(text: str) -> dict[str, str]:
    return {"filter": text} if text else {}
