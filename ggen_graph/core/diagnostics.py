"""The one tree of errors, and the place in a file that an error points to.

Every error a person can meet is a `GgenError`: it has a stable name for scripts, an exit code
(mission: "Exit codes and error names"), a message that says what happened to what, and help that
says what to do next. Only `ggen_graph.cli.main` turns one into output.

This module does not print, log or exit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Location(NamedTuple):
    """A place in a source file. `line` and `column` count from 1; 0 means "not known"."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return (
            f"{self.file}:{self.line}:{self.column}" if self.column else f"{self.file}:{self.line}"
        )


class GgenError(Exception):
    """Something a person can act on.

    Args:
        message: what happened, to what; one line, no full stop needed.
        help: what to do next; may be several lines; "" when the message already says it.
        where: the place in a file that is at fault.
        details: further facts for `--json` (JSON values only).
    """

    name: ClassVar[str] = "internal-error"
    exit_code: ClassVar[int] = 70

    def __init__(
        self,
        message: str,
        *,
        help: str = "",  # noqa: A002 - the word people know from compilers
        where: Location | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.where = where
        self.details = dict(details or {})

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class PlanShownError(Exception):
    """Raised where a plan was only to be shown, to leave whatever would carry it out. No error."""


class PackNotFound(GgenError):
    """No registry in use has a pack of that name."""

    name, exit_code = "pack-not-found", 1


class ReleaseNotFound(GgenError):
    """The pack exists, but no release of it is in the range asked for."""

    name, exit_code = "release-not-found", 1


class ProjectNotFound(GgenError):
    """There is no `ggen.toml` here or above."""

    name, exit_code = "project-not-found", 1


class ManifestMissing(GgenError):
    """A folder that should hold a manifest has none."""

    name, exit_code = "manifest-missing", 1


class ManifestInvalid(GgenError):
    """A manifest is not TOML, or not what a manifest may say."""

    name, exit_code = "manifest-invalid", 1


class ConfigInvalid(GgenError):
    """The person's own configuration is not TOML, or has a key that does not exist."""

    name, exit_code = "config-invalid", 1


class SettingNotFound(GgenError):
    """A key of the configuration has no value."""

    name, exit_code = "setting-not-found", 1


class LockCorrupt(GgenError):
    """`ggen.lock` cannot be read as a lock file."""

    name, exit_code = "lock-corrupt", 1


class LockOutdated(GgenError):
    """`ggen.lock` no longer says what `ggen.toml` asks for."""

    name, exit_code = "lock-outdated", 1


class LockConflict(GgenError):
    """Two locks can't be merged: a person must decide."""

    name, exit_code = "lock-conflict", 1


class LockMissing(GgenError):
    """`ggen.lock` is gone from a project with generated files."""

    name, exit_code = "lock-missing", 1


class VersionInvalid(GgenError):
    """A text is not a SemVer 2.0 version."""

    name, exit_code = "version-invalid", 1


class RangeInvalid(GgenError):
    """A text is not a version range."""

    name, exit_code = "range-invalid", 1


class QueryInvalid(GgenError):
    """A SPARQL query does not parse, or is bound to values it does not take."""

    name, exit_code = "query-invalid", 1


class QueryNotFound(GgenError):
    """There is no query of that name."""

    name, exit_code = "query-not-found", 1


class QueryRefused(GgenError):
    """A SPARQL query asks for what a reader may not do: update, SERVICE, LOAD."""

    name, exit_code = "query-refused", 1


class QueryTimeout(GgenError):
    """A SPARQL query took longer than it may, and was stopped."""

    name, exit_code = "query-timeout", 1


class QueryTooLarge(GgenError):
    """A SPARQL query needs more memory, or gives more rows or bytes, than it may; it was stopped."""

    name, exit_code = "query-too-large", 1


class RdfInvalid(GgenError):
    """An RDF file does not parse."""

    name, exit_code = "rdf-invalid", 1


class ShapesInvalid(GgenError):
    """A SHACL shape is ill-formed, or asks for what no shape may."""

    name, exit_code = "shapes-invalid", 1


class RecordInvalid(GgenError):
    """A file under `.ggen/records` is not a record."""

    name, exit_code = "record-invalid", 1


class StoreCorrupt(GgenError):
    """A generation of a graph can't be opened; the files it was made from are unharmed."""

    name, exit_code = "store-corrupt", 1


class InferenceTooLarge(GgenError):
    """More follows from a graph than may be inferred."""

    name, exit_code = "inference-too-large", 1


class EngineMissing(GgenError):
    """An engine that was asked for is not installed."""

    name, exit_code = "engine-missing", 1


class StoreBusy(GgenError):
    """Generations of a graph are replaced faster than they can be opened."""

    name, exit_code = "store-busy", 1


class FileExists(GgenError):
    """A file stands where a template would write, and it is not ours to replace."""

    name, exit_code = "file-exists", 1


class FileChanged(GgenError):
    """A file was changed by someone else between the plan and the act; nothing was written."""

    name, exit_code = "file-changed", 1


class TransactionNotFound(GgenError):
    """There is no transaction of that id."""

    name, exit_code = "transaction-not-found", 1


class RollbackBlocked(GgenError):
    """A transaction can't be rolled back before later ones are."""

    name, exit_code = "rollback-blocked", 1


class BackupMissing(GgenError):
    """What a transaction replaced is not kept any more, so it can't be rolled back."""

    name, exit_code = "backup-missing", 1


class Declined(GgenError):
    """A person did not agree to a plan; nothing was changed."""

    name, exit_code = "declined", 1


class StillNeeded(GgenError):
    """A pack can't be removed, because others need it."""

    name, exit_code = "still-needed", 1


class NothingToExplain(GgenError):
    """There is no failure of which the reason could be told."""

    name, exit_code = "nothing-to-explain", 1


class CheckFailed(GgenError):
    """A check has findings; they have been printed."""

    name, exit_code = "check-failed", 1


class InstallFailed(GgenError):
    """A release could not be installed; nothing of it was left behind."""

    name, exit_code = "install-failed", 2


class TemplateNotFound(GgenError):
    """A pack has no template of that name, or several."""

    name, exit_code = "template-not-found", 1


class CaseNotFound(GgenError):
    """A pack has no tests, or none of that name."""

    name, exit_code = "case-not-found", 1


class CaseInvalid(GgenError):
    """A test of a pack asks for what is not there, or expects what no template makes."""

    name, exit_code = "case-invalid", 1


class ArchiveMissing(GgenError):
    """A registry lists a release, but holds nothing that could be installed."""

    name, exit_code = "archive-missing", 2


class UsageError(GgenError):
    """The command line asks for something that does not exist or does not go together."""

    name, exit_code = "usage", 2


class TemplateFailed(GgenError):
    """A template did not render; nothing was written."""

    name, exit_code = "template-failed", 3


class DependencyCycle(GgenError):
    """The chosen releases require each other in a circle."""

    name, exit_code = "dependency-cycle", 4


class VersionConflict(GgenError):
    """No choice of releases meets all requirements."""

    name, exit_code = "version-conflict", 5


class GgenIncompatible(GgenError):
    """A release is made for other versions of ggen than this one."""

    name, exit_code = "ggen-incompatible", 5


class PlanRefused(GgenError):
    """What was chosen does not pass the checks that are made apart from the solver."""

    name, exit_code = "plan-refused", 5


class OperationInterrupted(GgenError):
    """An earlier operation was cut off and could not be finished on its own."""

    name, exit_code = "operation-interrupted", 6


class VariableInvalid(GgenError):
    """A variable is missing or its value is not allowed; nothing was written."""

    name, exit_code = "variable-invalid", 7


class RegistryUnavailable(GgenError):
    """A registry can't be read."""

    name, exit_code = "registry-unavailable", 8


class RemoteUnavailable(GgenError):
    """A SPARQL server can't be reached, refuses, or does not have what it is asked for."""

    name, exit_code = "remote-unavailable", 8


class ChecksumMismatch(GgenError):
    """Content is not what its checksum says."""

    name, exit_code = "checksum-mismatch", 9


class ArchiveRefused(GgenError):
    """An archive holds what an archive may not: links, devices, paths outside, bombs."""

    name, exit_code = "archive-refused", 9


class Busy(GgenError):
    """Another process holds the lock, and we were not to wait, or waited long enough."""

    name, exit_code = "busy", 10


class MergeConflicts(GgenError):
    """The work is done, but files are left that a person must look at."""

    name, exit_code = "merge-conflicts", 11


class NotPermitted(GgenError):
    """The system does not let us read or write there."""

    name, exit_code = "not-permitted", 10


class AddressInUse(GgenError):
    """Something else listens where we were to."""

    name, exit_code = "address-in-use", 1


class PathRefused(GgenError):
    """A path leaves the folder it must stay in."""

    name, exit_code = "path-refused", 10


class Interrupted(GgenError):
    """Someone stopped the command."""

    name, exit_code = "interrupted", 130


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was probably meant to be, or None.

    Ratcliff/Obershelp similarity of at least 0.6, as `difflib` and CPython's own hints use it.
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only when something is wrong

    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.6)), None)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`did you mean "x"?` for the nearest known name, else the empty string."""
    match = nearest(name, known)
    return f'did you mean "{match}"?' if match else ""
