"""`--lang ru` as a submitter uses it: words change, numbers and JSON do not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cli_runs import RIGHT, WRONG, codeeval, document, failed, write_samples, write_tasks

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
PROSE = "Вот решение:\n    return a + b"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with tasks.jsonl and `run`, two problems with a right, a wrong and a talkative completion each."""
    folder = tmp_path_factory.mktemp("lang")
    write_tasks(folder)
    write_samples(folder, {pid: [RIGHT, WRONG, PROSE] for pid in (1, 2)})
    flags = ("-t", "tasks.jsonl", "--samples", "samples.jsonl", "--sandbox", "local", "-o", "run")
    done = codeeval(folder, "score", *flags, "--lang", "ru")
    assert done.returncode == 0, done.stderr
    assert "6 образцов для 2 задач" in done.stderr
    assert "2 задачи, оценено 6 образцов, прогон завершён" in done.stdout
    return folder


@pytest.mark.local
def test_a_report_in_russian(folder: Path) -> None:
    """By flag and by environment alike; the verdicts are explained; the numbers are those of the English report."""
    english = codeeval(folder, "report", "run")
    russian = codeeval(folder, "report", "run", "--lang", "ru")
    assert codeeval(folder, "report", "run", env={"CODEEVAL_LANG": "ru"}).stdout == russian.stdout
    assert codeeval(folder, "report", "run", "--lang", "en", env={"CODEEVAL_LANG": "ru"}).stdout == english.stdout
    assert codeeval(folder, "report", "run", env={"LANG": "ru_RU.UTF-8"}).stdout == english.stdout
    for words in ("неверный результат (wrong_output)", "проза перед кодом", "предупреждение:", "исправленным"):
        assert words in russian.stdout
    assert not CYRILLIC.search(english.stdout)
    number = re.compile(r"\d+\.\d+")
    assert number.findall(russian.stdout) == number.findall(english.stdout)


@pytest.mark.local
def test_json_is_never_translated(folder: Path) -> None:
    """One document in every language."""
    assert document(codeeval(folder, "report", "run", "--format", "json", "--lang", "ru")) == document(
        codeeval(folder, "report", "run", "--format", "json")
    )


@pytest.mark.local
def test_markdown_and_the_manifest_in_russian(folder: Path) -> None:
    """`report --format markdown`, `export markdown`, `report --manifest`; the exports for programs stay as they are."""
    shown = codeeval(folder, "report", "run", "--format", "markdown", "--lang", "ru").stdout
    assert "| вердикт | образцов | доля |" in shown
    assert codeeval(folder, "export", "markdown", "run", "-o", "out.md", "--lang", "ru").returncode == 0
    assert (folder / "out.md").read_text("utf-8") == shown
    assert "протокол MERA" in codeeval(folder, "report", "run", "--manifest", "--lang", "ru").stdout
    for name, lang in (("ru.csv", "ru"), ("en.csv", "en")):
        assert codeeval(folder, "export", "csv", "run", "-o", name, "--lang", lang).returncode == 0
    assert (folder / "ru.csv").read_bytes() == (folder / "en.csv").read_bytes()


@pytest.mark.local
def test_a_submission_in_russian(folder: Path) -> None:
    """What is wrong or worth knowing, both scores, and what can't be opened."""
    assert codeeval(folder, "export", "mera", "run", "-o", "sub.zip").returncode == 0
    done = codeeval(folder, "validate-submission", "sub.zip", "-t", "tasks.jsonl", "--lang", "ru")
    assert done.returncode == 0
    assert "посылка правильная" in done.stdout
    assert "3 образца на задачу; MERA требует 10" in done.stdout
    assert re.search(r"как оценит сайт +pass@1 0\.333", done.stdout)
    failed(codeeval(folder, "validate-submission", "no.zip", "--lang", "ru"), 2, "no.zip: не читается")


def test_an_audit_in_russian(tmp_path: Path) -> None:
    """The histogram and what is odd about it."""
    done = codeeval(tmp_path, "audit", "0.015/0.076/0.152", "--n", "10", "--problems", "164", "--lang", "ru")
    assert "возможно: ровно 1 гистограмма" in done.stdout
    assert "25 задач с 1 из 10" in done.stdout
    assert "ни одна задача не решена больше одного раза" in done.stdout


@pytest.mark.local
def test_the_pages_of_a_run_follow_the_same_rule(folder: Path) -> None:
    """The flag, else CODEEVAL_LANG, else English; the locale is not looked at."""
    russian = {"CODEEVAL_LANG": "ru"}
    for name, flags, env, language in (
        ("flag", ("--lang", "ru"), {}, "ru"),
        ("variable", (), russian, "ru"),
        ("both", ("--lang", "en"), russian, "en"),
        ("locale", (), {"LANG": "ru_RU.UTF-8", "LC_ALL": "ru_RU.UTF-8"}, "en"),
    ):
        assert codeeval(folder, "export", "html", "run", "-o", name, *flags, env=env).returncode == 0
        assert f'<html lang="{language}">' in (folder / name / "run" / "index.html").read_text("utf-8"), name


def test_what_the_parser_says_follows_the_same_rule(tmp_path: Path) -> None:
    """Even before it has read `--lang`."""
    russian = {"CODEEVAL_LANG": "ru"}
    assert "нет такого флага: --nosuch" in codeeval(tmp_path, "audit", "--nosuch", "--lang", "ru").stderr
    assert "нет такого флага: --nosuch" in codeeval(tmp_path, "audit", "--lang=ru", "--nosuch").stderr
    assert "нет такого флага: --nosuch" in codeeval(tmp_path, "audit", "--nosuch", env=russian).stderr
    assert "No such option: --nosuch" in codeeval(tmp_path, "audit", "--nosuch", "--lang", "en", env=russian).stderr
    assert "No such option: --nosuch" in codeeval(tmp_path, "audit", "--nosuch", "ru").stderr


def test_an_unknown_language(tmp_path: Path) -> None:
    """Says which there are, and where it was asked for."""
    failed(codeeval(tmp_path, "audit", "0.5", "--lang", "de"), 2, "--lang", "en, ru")
    failed(codeeval(tmp_path, "audit", "0.5", env={"CODEEVAL_LANG": "fr"}), 2, "CODEEVAL_LANG", "en, ru")
    failed(codeeval(tmp_path, "explore", ".", "--lang", "de"), 2, "--lang", "en, ru")


#: Latin words that stay: names of things, not phrases.
NAMES = re.compile(
    r"mera|strict|pass|avg|sandbox|runs?|samples|tasks|jsonl?|json|codeeval|export|rescore|resume|protocol|score|local|docker"
    r"|passed|wrong_output|exception|syntax_error|timeout|sha|image|backend|isolation|warm|fresh|python|answers|prompt|FILE|other"
    r"|def|docstring|Markdown|id|outputs|meta|zip|ruHumanEval|null|INCONCLUSIVE|PASS|FAIL|gate|compare|report|run_dir|RUN_DIR|audit"
)


def english(text: str) -> list[str]:
    """Runs of two Latin words or more, which only a sentence has, beside those that name something."""
    found = re.findall(
        r"(?<![\w/.=`-])[A-Za-z']{2,}(?: [A-Za-z']{2,})+(?![\w/=-])", re.sub(r"`[^`]*`|'[^']*'", "", text)
    )
    return [phrase for phrase in found if not all(NAMES.fullmatch(word) for word in phrase.split())]


@pytest.mark.local
def test_a_session_of_a_submitter_has_no_english(folder: Path) -> None:
    """From the first mistake to the zip, what is printed has no English sentence; the formats for programs stay English."""
    shown = {}
    for name, arguments, code in (
        ("no task", ("run", "-t", "nosuch"), 2),
        ("no flag", ("run", "--nosuch"), 2),
        ("bad value", ("run", "--n", "x"), 2),
        ("bad protocol", ("run", "--protocol", "mera"), 2),
        ("no file", ("score", "-t", "tasks.jsonl", "--samples", "no.jsonl"), 2),
        ("used folder", ("score", "-t", "tasks.jsonl", "--samples", "samples.jsonl", "-o", "run"), 2),
        (
            "score",
            ("score", "-t", "tasks.jsonl", "--samples", "samples.jsonl", "--sandbox", "local", "-o", "session"),
            0,
        ),
        ("report", ("report", "session"), 0),
        ("manifest", ("report", "session", "--format", "markdown"), 0),
        ("rescore", ("rescore", "session"), 0),
        ("compare", ("compare", "run", "session"), 0),
        ("table", ("compare", "run", "session", "--format", "markdown"), 0),
        ("baseline", ("export", "baseline", "session", "-o", "base.json"), 0),
        ("gate", ("gate", "run", "--baseline", "base.json"), 0),
        ("summary", ("gate", "run", "--baseline", "base.json", "--format", "markdown"), 0),
        ("export", ("export", "mera", "session", "-o", "session.zip"), 0),
        ("no export", ("export", "mera", "nowhere", "-o", "no.zip"), 2),
        ("validate", ("validate-submission", "session.zip", "-t", "tasks.jsonl"), 0),
        ("no zip", ("validate-submission", "tasks.jsonl"), 2),
        ("audit", ("audit", "0.015/0.076/0.152"), 0),
        ("bad audit", ("audit", "0.1/0.2"), 2),
    ):
        done = codeeval(folder, *arguments, env={"CODEEVAL_LANG": "ru"})
        assert done.returncode == code, (name, done.stderr)
        assert CYRILLIC.search(done.stdout + done.stderr), name
        shown[name] = english(
            (done.stdout + done.stderr).replace("invalid syntax", "")
        )  # what Python said of a program
    assert {name: phrases for name, phrases in shown.items() if phrases} == {}
