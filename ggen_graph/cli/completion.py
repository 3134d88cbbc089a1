"""`ggen completion`."""

from __future__ import annotations

import click

from ggen_graph.cli.command import command


@command("completion", recovers=False)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell: bash, zsh or fish.

    For bash: eval "$(ggen completion bash)" in ~/.bashrc; for zsh the same in ~/.zshrc; for fish:
    ggen completion fish > ~/.config/fish/completions/ggen.fish
    """
    from click.shell_completion import get_completion_class  # noqa: PLC0415 - only here

    from ggen_graph.cli.main import ggen  # noqa: PLC0415 - the root imports this module by name

    script = get_completion_class(shell)
    if script is None:
        raise LookupError(f"no completion for {shell}")
    click.echo(script(ggen, {}, "ggen", "_GGEN_COMPLETE").source())
