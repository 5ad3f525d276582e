"""Commands that hold others: a name that is none of them is answered with what there is."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup
from typer.models import TyperInfo

from mlops_maturity.config.hints import did_you_mean, near_miss


class Group(TyperGroup):
    """Names the nearest command for one that is not there, or else all; and itself, where it does something alone."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command of that name. Wrong use for one that is not there."""
        if args and not args[0].startswith("-") and args[0] not in (known := self.list_commands(ctx)):
            of = "" if ctx.parent is None else f" of `{self.name}`"
            alone = of and self.invoke_without_command and near_miss(args[0], known) is None
            itself = f", and `{self.name}` alone" if alone else ""
            ctx.fail(f"There is no command {args[0]!r}{of}{did_you_mean(args[0], known)}{itself}")
        return super().resolve_command(ctx, args)


def group_of(app: typer.Typer) -> Group:
    """The commands of an app as such a group."""
    made = typer.main.get_group_from_info(
        TyperInfo(app, cls=Group),
        pretty_exceptions_short=app.pretty_exceptions_short,
        rich_markup_mode=app.rich_markup_mode,
        suggest_commands=app.suggest_commands,
    )
    assert isinstance(made, Group)
    return made
