"""One MLflow source, asked through `MlflowClient`: pages of what it has, and what goes wrong as a SourceError."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlops_maturity.collectors.bounded_session import BoundedSession
from mlops_maturity.collectors.interface import BadAnswer, Unreachable, Unsupported
from mlops_maturity.collectors.mlflow.settings import MlflowSettings

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

    from mlops_maturity.collectors.mlflow.statements import Statements
    from mlops_maturity.collectors.mlflow.stores import Wire

MAX_PAGES = 100_000
"""More pages than this of one listing is a server that goes in a circle."""
TRACES_PAGE = 500
"""The most that MLflow gives at once."""
_REGISTRY_PAGE = 500
_ONLY_PROMPTS = "tags.`mlflow.prompt.is_prompt` = 'true'"
_ALL = 3  # mlflow.entities.ViewType.ALL, without importing it
_DELETED = 2  # mlflow.entities.ViewType.DELETED_ONLY


@dataclass(frozen=True, slots=True)
class Experiment:
    """What runs are filed under. Times in milliseconds since the epoch, by the server's clock."""

    id: str
    name: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One answer of a listing: MLflow's own entities, and the token of the next answer."""

    items: Sequence[Any]
    token: str | None


class MlflowSource:
    """Reads of one source. Connects when it is first asked. Every method raises SourceError."""

    def __init__(self, settings: MlflowSettings, *, sleep: Callable[[float], None] | None = None) -> None:
        self.settings = settings
        self._sleep = sleep
        self._wire: Wire | None = None
        self._closed = False
        self._client: MlflowClient | None = None
        self._statements: Statements | None = None

    def experiments(self) -> list[Experiment]:
        """Every experiment, deleted ones too. Raises BadAnswer where none can be asked for: every MLflow has them."""
        try:
            return list(self._experiments())
        except Unsupported as error:
            if not self.settings.is_http:
                raise
            raise BadAnswer(
                f"{error} No MLflow answers there: it may live below a path, or be older than 1.28"
            ) from None

    def _experiments(self) -> Iterable[Experiment]:
        found: dict[str, Experiment] = {}
        listing = self._all(
            lambda token: self._connected().search_experiments(
                view_type=_ALL, max_results=_REGISTRY_PAGE, order_by=["creation_time ASC"], page_token=token
            )
        )
        for item in listing:
            known = Experiment(str(item.experiment_id), item.name or "", item.creation_time or 0)
            found[known.id] = known
        return found.values()

    def runs(
        self,
        experiments: Sequence[str],
        condition: str,
        order: str,
        token: str | None = None,
        *,
        deleted_only: bool = False,
    ) -> Batch:
        """One page of runs, deleted ones too. `order` is an attribute; ascending, so that new runs come last."""
        with self._asked():
            page = self._connected().search_runs(
                list(experiments),
                filter_string=condition,
                run_view_type=_DELETED if deleted_only else _ALL,
                max_results=self.settings.page_size,
                order_by=[f"attributes.{order} ASC"],
                page_token=token,
            )
            return Batch(list(page), page.token or None)

    def models(self, name: str | None = None) -> Iterator[Any]:
        """Registered models, each with its aliases, without prompts; or the one of that name, if there."""
        condition = None if name is None else f"name = {_quoted(name)}"
        for model in self._all(
            lambda token: self._connected().search_registered_models(
                filter_string=condition, max_results=_REGISTRY_PAGE, order_by=["name ASC"], page_token=token
            )
        ):
            if not _is_prompt(model):
                yield model

    def versions(self, model: str | None = None) -> Iterator[Any]:
        """Model versions without prompts, oldest first; their `aliases` are always empty here (MLflow issue 16734)."""
        condition = None if model is None else f"name = {_quoted(model)}"
        for version in self._all(
            lambda token: self._connected().search_model_versions(
                filter_string=condition,
                max_results=_REGISTRY_PAGE,
                order_by=["creation_timestamp ASC"],
                page_token=token,
            )
        ):
            if not _is_prompt(version):
                yield version

    def logged_models(self, experiments: Sequence[str], ids: Sequence[str]) -> Iterator[Any]:
        """Those of the logged models with these ids (letters, digits, `-`) that are in these experiments."""
        wanted = ", ".join(_quoted(each) for each in ids)
        return self._all(
            lambda token: self._connected().search_logged_models(
                list(experiments), filter_string=f"model_id IN ({wanted})", max_results=len(ids) + 1, page_token=token
            )
        )

    def prompts(self) -> Iterator[Any]:
        """Registered prompts, each with its aliases."""
        return self._all(
            lambda token: self._connected().search_registered_models(
                filter_string=_ONLY_PROMPTS, max_results=_REGISTRY_PAGE, order_by=["name ASC"], page_token=token
            )
        )

    def traces(self, experiments: Sequence[str], start_ms: int, end_ms: int, token: str | None = None) -> Batch:
        """One page of what is known of traces, without their spans, ascending by their beginning."""
        with self._asked():
            page = self._connected().search_traces(
                locations=list(experiments),
                filter_string=f"timestamp_ms >= {start_ms} AND timestamp_ms < {end_ms}",
                max_results=TRACES_PAGE,
                order_by=["timestamp_ms ASC"],
                page_token=token,
                include_spans=False,
            )
            return Batch([trace.info for trace in page], page.token or None)

    def text(self, path: str) -> str:
        """What the server says at `/health`, `/version` or a file's address."""
        self._connected()
        assert self._wire is not None, "only a server has paths"
        return self._wire.text(path)

    def close(self) -> None:
        """Ends connections, and any wait at once; nothing is asked any more."""
        self._closed = True
        if self._wire is not None:
            self._wire.session.close()
            from mlops_maturity.collectors.mlflow.stores import forget

            if self._client is not None:
                forget(self._client)
        if self._statements is not None:
            self._statements.end()
        self._client = None

    def _connected(self) -> MlflowClient:
        if self._closed and not self.settings.is_http:
            raise self._stopped()
        if self._client is None:
            # MLflow reports its use to its makers unless told otherwise before it is loaded.
            os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
            self._client = self._on_server() if self.settings.is_http else self._on_database()
        return self._client

    def _on_server(self) -> MlflowClient:
        session = BoundedSession(self.settings, sleep=self._sleep)
        from mlops_maturity.collectors.mlflow.stores import Wire, client_on

        self._wire = Wire(session, self.settings.url)
        if self._closed:  # while the library was loading
            session.close()
        return client_on(self._wire)

    def _on_database(self) -> MlflowClient:
        from mlops_maturity.collectors.mlflow.local_store import local_client

        client, self._statements = local_client(self.settings)
        if self._closed:  # while the library was loading
            self._statements.end()
        return client

    def _stopped(self) -> Unreachable:
        return Unreachable(f"{self.settings.id}: stopped")

    def _all(self, ask: Callable[[str | None], Any]) -> Iterator[Any]:
        """Every item of a listing, along its tokens."""
        token: str | None = None
        for _ in range(MAX_PAGES):
            with self._asked():
                page = ask(token)
                items, following = list(page), page.token or None
            yield from items
            if following is None:
                return
            if following == token:
                break
            token = following
        raise BadAnswer(f"{self.settings.id}: the list goes in a circle. Report it to the server's owner")

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Tells what MLflow or a database raises as ours; a SourceError goes through as it is."""
        from mlflow.exceptions import MlflowException
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except (MlflowException, SQLAlchemyError, AttributeError, KeyError, ValueError) as error:
            if self._closed:
                raise self._stopped() from None
            raise BadAnswer(
                f"{self.settings.id}: MLflow's client can't read the answer ({type(error).__name__}). "
                "Does the server's version fit the client's?"
            ) from error


def _is_prompt(item: Any) -> bool:
    """Whether a registered model or version holds a prompt; of models, MLflow hides the tag from `tags`."""
    return "mlflow.prompt.is_prompt" in getattr(item, "_tags", item.tags)


def _quoted(name: str) -> str:
    """A text for MLflow's filters, which know no escapes: quoted by the kind of quote that it does not hold."""
    return f'"{name}"' if "'" in name else f"'{name}'"
