"""`codeeval run`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codeeval.cli import options

HELP = """Sample completions from a model, execute them in isolated workers, report pass@k.

\b
Examples:
  codeeval run --k 1,5,10                             the bundled problems and demo model
  codeeval run -t rustarter -m ./checkpoint --template code-user
  codeeval run -t ruhumaneval -m org/model --backend vllm --n 20 --k 1,5,10
  codeeval run -t rustarter -m name --base-url http://127.0.0.1:8000/v1
  codeeval run -t tasks.jsonl -m completions.jsonl    replay completions
  codeeval run --resume runs/my-run                   continue after Ctrl-C or kill -9
  codeeval run --like runs/my-run -m ./checkpoint-2   the same again for another model
  codeeval run --like runs/my-run --rename            the same problems under other names; then compare
  codeeval run -m ./checkpoint --rerank org/reward    best-of-k of a reward model beside pass@k
  codeeval run -m ./checkpoint --instructions all     how far the score depends on the wording
  codeeval run -m ./checkpoint --show-prompt 3        one prompt as text and ids

Settings: flags, then CODEEVAL_* (CODEEVAL_N=5), then the file of -C, then defaults; --print-config shows the result. Every
sample is judged under the protocol and under strict. Result on stdout, everything else on stderr.
"""

Model = Annotated[
    str | None,
    typer.Option(
        "-m", "--model", help="Folder, Hugging Face id, served name, or a .jsonl of completions.", metavar="MODEL"
    ),
]
Backend = Annotated[
    str | None,
    typer.Option("--backend", help="hf, vllm, openai or replay (default: by what MODEL is).", metavar="NAME"),
]
BaseUrl = Annotated[str | None, typer.Option("--base-url", help="An OpenAI-compatible server.", metavar="URL")]
CaBundle = Annotated[
    str | None,
    typer.Option("--ca-bundle", help="Certificates to trust at --base-url (default: SSL_CERT_FILE).", metavar="FILE"),
]
N = Annotated[
    int | None, typer.Option("-n", "--n", help="Completions per problem (default: the protocol's, 10).", metavar="N")
]
Temperature = Annotated[float | None, typer.Option("--temperature", help="Default: the protocol's, 0.6.", metavar="T")]
MaxTokens = Annotated[
    int | None, typer.Option("--max-tokens", help="New tokens at most (default: the protocol's).", metavar="N")
]
TopP = Annotated[float | None, typer.Option("--top-p", help="Default: 1, no cut.", metavar="P")]
TopK = Annotated[int | None, typer.Option("--top-k", help="Default: 0, no cut.", metavar="N")]
Seed = Annotated[int | None, typer.Option("--seed", help="Default: the protocol's, 1234.", metavar="N")]
Template = Annotated[
    str | None,
    typer.Option(
        "--template",
        help="auto (default: what the model was made for), code-user, gpt4-correct, chat, none, or a file.",
        metavar="NAME",
    ),
]
System = Annotated[
    str | None,
    typer.Option("--system", help="System prompt: a text, @FILE, or mera (the published one).", metavar="TEXT"),
]
Rename = Annotated[
    bool | None,
    typer.Option("--rename", help="Give every function and its arguments neutral names: a look at memorisation."),
]
Instructions = Annotated[
    str | None,
    typer.Option(
        "--instructions", help="Every problem under all of the set's instructions, or under 1,3-5.", metavar="all|N,..."
    ),
]
ModelOptions = Annotated[
    list[str] | None,
    typer.Option("-M", "--model-option", help="An option of the backend; may be repeated.", metavar="KEY=VALUE"),
]
Rerank = Annotated[
    str | None,
    typer.Option("--rerank", help="Then score with this reward model: best-of-k beside pass@k.", metavar="MODEL"),
]
Resume = Annotated[Path | None, typer.Option("--resume", help="Continue this run.", metavar="RUN_DIR")]
Like = Annotated[Path | None, typer.Option("--like", help="Take the settings of this earlier run.", metavar="RUN_DIR")]
ShowPrompt = Annotated[
    str | None,
    typer.Option("--show-prompt", help="Print the prompt of this problem as text and ids; run nothing.", metavar="ID"),
]
PrintConfig = Annotated[
    bool, typer.Option("--print-config", help="Print the settings and where each comes from; run nothing.")
]


def register(app: typer.Typer) -> None:
    app.command("run", help=HELP, short_help="Sample from a model, execute, report pass@k.")(run)


def run(
    task: options.Task = None,
    model: Model = None,
    backend: Backend = None,
    base_url: BaseUrl = None,
    ca_bundle: CaBundle = None,
    n: N = None,
    k: options.Ks = None,
    temperature: Temperature = None,
    top_p: TopP = None,
    top_k: TopK = None,
    max_tokens: MaxTokens = None,
    seed: Seed = None,
    template: Template = None,
    system: System = None,
    protocol: options.ProtocolName = None,
    sandbox: options.Sandbox = None,
    workers: options.Workers = None,
    limit: options.Limit = None,
    problems: options.Problems = None,
    rename: Rename = None,
    instructions: Instructions = None,
    model_options: ModelOptions = None,
    config: options.Config = None,
    out: options.Out = None,
    resume: Resume = None,
    like: Like = None,
    dedup: options.Dedup = None,
    isolation: options.Isolation = None,
    results: options.Results = None,
    answers: options.Answers = None,
    rerank: Rerank = None,
    rerank_options: options.RerankOptions = None,
    format: options.Format = None,
    show_prompt: ShowPrompt = None,
    print_config: PrintConfig = False,
    lang: options.Lang = None,
) -> int:
    given = dict(locals())
    options.speak(lang)
    from codeeval.cli.settings import resolve

    other = ("config", "resume", "like", "show_prompt", "print_config", "lang")
    flags = {name: value for name, value in given.items() if name not in other}
    earlier, then = None, None
    if like is not None:
        from codeeval.cli.like import settings_like

        earlier, then = settings_like(like)
    resolved = resolve(flags, config, like=earlier)
    if print_config:
        from codeeval.cli.printing import print_settings

        print_settings(resolved)
        return 0
    if show_prompt is not None:
        from codeeval.cli.prompt import show_prompt as show

        show(resolved, show_prompt)
        return 0
    if resume is not None:
        from codeeval.report.instructions import is_instructions

        if is_instructions(resume):
            from codeeval.cli.instructions import resume_all

            return resume_all(resume, resolved)
        from codeeval.cli.resume import resume as continue_run

        return continue_run(resume, resolved)
    if resolved.settings.instructions is not None:
        from codeeval.cli.instructions import evaluate_all

        return evaluate_all(resolved, then)
    from codeeval.cli.evaluate import evaluate

    return evaluate(resolved, then)
