"""ggen as a library: what another program calls.

Everything that the command line does is here, as functions over values; the command line adds
nothing but arguments and output. Errors are `GgenError`s. A registry is a Protocol, so that a program
may bring its own; what a program passes as one is used as the shipped kinds are.

    >>> from pathlib import Path
    >>> from ggen_graph import api
    >>> opened = api.use_catalog()                                     # doctest: +SKIP
    >>> [pack.name for pack in api.browse(opened.catalog)]             # doctest: +SKIP
    >>> api.plan(opened.catalog, [api.PackSpec("web-api-starter", "^1")])          # doctest: +SKIP
"""

from __future__ import annotations

from ggen_graph.core.dependencies import DependencyGraph
from ggen_graph.core.diagnostics import GgenError, Location
from ggen_graph.core.findings import Finding
from ggen_graph.core.lock.diff import LockDiff
from ggen_graph.core.lock.lockfile import Lock, LockedRelease
from ggen_graph.core.manifest import ProjectManifest
from ggen_graph.core.manifest.new_pack import NewPack
from ggen_graph.core.names import PackSpec, parse_pack_spec
from ggen_graph.core.plan import Change, ChangePlan
from ggen_graph.core.release import ReleaseDependency, ReleaseId, ReleaseRecord, TreeFile
from ggen_graph.core.release_change import ReleaseChange
from ggen_graph.core.release_diff import ReleaseContents, breaking_changes
from ggen_graph.core.resolution import Preferences
from ggen_graph.core.template.engine import EngineName
from ggen_graph.core.transaction import Transaction
from ggen_graph.edges.config import Home, home
from ggen_graph.edges.git import repository
from ggen_graph.edges.registry import Registry, open_registry
from ggen_graph.edges.results import MemoryCache, ResultCache, result_cache
from ggen_graph.graph.history import FileHistory
from ggen_graph.graph.jobs import Limits
from ggen_graph.graph.packs import LocatedRelease, PackSummary
from ggen_graph.graph.parameters import Signature
from ggen_graph.graph.sync import SyncReport
from ggen_graph.workflows import configuration, graphs
from ggen_graph.workflows.adopt import Adopted, adopt, install_only, refuse_outdated
from ggen_graph.workflows.ask import Answer, Asking, NamedQuery, Question, ask, named_queries
from ggen_graph.workflows.browse import browse, details, search
from ggen_graph.workflows.catalog import (
    Catalog,
    Opened,
    open_catalog,
    read_catalog,
    sync_catalog,
    use_catalog,
)
from ggen_graph.workflows.check import CheckedFile, check
from ggen_graph.workflows.clean import Cleaned, clean
from ggen_graph.workflows.create import Created, ModelInput, create_project
from ggen_graph.workflows.create_pack import CreatedPack, create_pack, likely_author, namesakes
from ggen_graph.workflows.dependencies import (
    locked_dependencies,
    planned_dependencies,
    why,
)
from ggen_graph.workflows.diff import Diff, diff
from ggen_graph.workflows.doctor import Check, examine, restore_lock
from ggen_graph.workflows.explain import Assumed, Explanation, explain_now, last_failure, why_not
from ggen_graph.workflows.frozen import install_frozen
from ggen_graph.workflows.generate import Outcome
from ggen_graph.workflows.graphs import Target
from ggen_graph.workflows.here import current_project, find_root
from ggen_graph.workflows.history import file_history, history, roll_back
from ggen_graph.workflows.infer import (
    Inferred,
    Request,
    infer,
    owl_rl_engines,
    request_for,
    stop_inferring,
)
from ggen_graph.workflows.install import Gathered, Installed, gathered, install
from ggen_graph.workflows.lint import lint_pack
from ggen_graph.workflows.lock import Locking, compare_with_lock, frozen_lock, lock_project
from ggen_graph.workflows.lock_diff import diff_locks
from ggen_graph.workflows.lock_driver import DriverInstalled, install_driver
from ggen_graph.workflows.lock_merge import merge_lock_files
from ggen_graph.workflows.outdated import PackStatus, outdated
from ggen_graph.workflows.own_queries import OwnQuery, ask_own, own_queries, own_query
from ggen_graph.workflows.pack_tests import CaseResult, Difference, finish_update, pack_tests
from ggen_graph.workflows.pack_tests import update as update_expected
from ggen_graph.workflows.places import ANYHOW, Consent, Contents, Terms
from ggen_graph.workflows.preferences import how_of
from ggen_graph.workflows.preview import Answered, Preview, preview
from ggen_graph.workflows.project import Project, load_project, read_project, sync_project
from ggen_graph.workflows.push import Push, Pushing, push
from ggen_graph.workflows.records import clock
from ggen_graph.workflows.recovery import recover_cut_off
from ggen_graph.workflows.regenerate import regenerate
from ggen_graph.workflows.registries import registries_in_use, registries_within
from ggen_graph.workflows.resolve import How, Plan, plan
from ggen_graph.workflows.score import Score, ScorePart, score, score_folder
from ggen_graph.workflows.starting_model import missing_model
from ggen_graph.workflows.template_file import RenderedText, read_context, render_file
from ggen_graph.workflows.transaction import Committed
from ggen_graph.workflows.uninstall import Uninstalled, uninstall
from ggen_graph.workflows.uninstall_home import uninstall_from_home
from ggen_graph.workflows.validation.deep import validate_contents, validate_dependencies
from ggen_graph.workflows.validation.graph import validate_graph
from ggen_graph.workflows.validation.pack import (
    ASPECTS,
    Aspect,
    pack_folders,
    unreadable_packs,
    validate_pack,
)
from ggen_graph.workflows.validation.project import validate_project
from ggen_graph.workflows.values import Values, read_values_file, values_for
from ggen_graph.workflows.verify import Verified, repair, verify
from ggen_graph.workflows.workbench import own_folder

__all__ = [
    "ANYHOW",
    "ASPECTS",
    "Adopted",
    "Answer",
    "Answered",
    "Asking",
    "Aspect",
    "Assumed",
    "CaseResult",
    "Catalog",
    "Change",
    "ChangePlan",
    "Check",
    "CheckedFile",
    "Cleaned",
    "Committed",
    "Consent",
    "Contents",
    "Created",
    "CreatedPack",
    "DependencyGraph",
    "Diff",
    "Difference",
    "DriverInstalled",
    "EngineName",
    "Explanation",
    "FileHistory",
    "Finding",
    "Gathered",
    "GgenError",
    "Home",
    "How",
    "Inferred",
    "Installed",
    "Limits",
    "LocatedRelease",
    "Location",
    "Lock",
    "LockDiff",
    "LockedRelease",
    "Locking",
    "MemoryCache",
    "ModelInput",
    "NamedQuery",
    "NewPack",
    "Opened",
    "Outcome",
    "OwnQuery",
    "PackSpec",
    "PackStatus",
    "PackSummary",
    "Plan",
    "Preferences",
    "Preview",
    "Project",
    "ProjectManifest",
    "Push",
    "Pushing",
    "Question",
    "Registry",
    "ReleaseChange",
    "ReleaseContents",
    "ReleaseDependency",
    "ReleaseId",
    "ReleaseRecord",
    "RenderedText",
    "Request",
    "ResultCache",
    "Score",
    "ScorePart",
    "Signature",
    "SyncReport",
    "Target",
    "Terms",
    "Transaction",
    "TreeFile",
    "Uninstalled",
    "Values",
    "Verified",
    "adopt",
    "ask",
    "ask_own",
    "breaking_changes",
    "browse",
    "check",
    "clean",
    "clock",
    "compare_with_lock",
    "configuration",
    "create_pack",
    "create_project",
    "current_project",
    "details",
    "diff",
    "diff_locks",
    "examine",
    "explain_now",
    "file_history",
    "find_root",
    "finish_update",
    "frozen_lock",
    "gathered",
    "graphs",
    "history",
    "home",
    "how_of",
    "infer",
    "install",
    "install_driver",
    "install_frozen",
    "install_only",
    "last_failure",
    "likely_author",
    "lint_pack",
    "load_project",
    "lock_project",
    "locked_dependencies",
    "merge_lock_files",
    "missing_model",
    "named_queries",
    "namesakes",
    "open_catalog",
    "open_registry",
    "outdated",
    "owl_rl_engines",
    "own_folder",
    "own_queries",
    "own_query",
    "pack_folders",
    "pack_tests",
    "parse_pack_spec",
    "plan",
    "planned_dependencies",
    "preview",
    "push",
    "read_catalog",
    "read_context",
    "read_project",
    "read_values_file",
    "recover_cut_off",
    "refuse_outdated",
    "regenerate",
    "registries_in_use",
    "registries_within",
    "render_file",
    "repair",
    "repository",
    "request_for",
    "restore_lock",
    "result_cache",
    "roll_back",
    "score",
    "score_folder",
    "search",
    "stop_inferring",
    "sync_catalog",
    "sync_project",
    "uninstall",
    "uninstall_from_home",
    "unreadable_packs",
    "update_expected",
    "use_catalog",
    "validate_contents",
    "validate_dependencies",
    "validate_graph",
    "validate_pack",
    "validate_project",
    "values_for",
    "verify",
    "why",
    "why_not",
]
