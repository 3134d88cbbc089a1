"""A project's policies, as `[policy]` of `ggen.toml` states them: what is on, and its parameters.

What each means is said by its shape, `shapes/policy/NAME.ttl`, on facts that are lifted for it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Policy:
    """Which policies are on; by default none.

    Attributes:
        licenses: the only licences that locked releases may have, as SPDX names them; () for any.
        no_yanked: whether a locked release must not have been withdrawn.
        protected: globs of generated files that nobody may edit.
        max_days_behind: how much older than its pack's newest release a locked one may be.
        one_major: whether there may be only one major version of a pack.
        files_present: whether every file that the lock names must be there.
        max_registry_days: how old a registry's listing may be.
    """

    licenses: tuple[str, ...] = ()
    no_yanked: bool = False
    protected: tuple[str, ...] = ()
    max_days_behind: int | None = None
    one_major: bool = False
    files_present: bool = False
    max_registry_days: int | None = None

    def on(self) -> tuple[str, ...]:
        """The names of the policies that are on."""
        return tuple(name for name in POLICIES if _is_on(getattr(self, name)))


def _is_on(value: object) -> bool:
    """0 days is a limit like any other."""
    return value is not None and value is not False and value != ()


POLICIES = tuple(one.name for one in fields(Policy))
"""Every policy there is."""
