"""Messages that the pages of the explorer show and a report does not, English template -> Russian; written as those of
`ru_messages`."""

from __future__ import annotations

EXPLORER: dict[str, str] = {
    "the run is going on: {n} of {m} samples are pending": (
        "прогон идёт: {n} из {m} {m:образца|образцов|образцов} ещё ждут"
    ),
    # comparing runs
    "different {what_said}: {left} in {a_run}, {right} in {b_run}": (
        "{what_said} различаются: {left} в {a_run}, {right} в {b_run}"
    ),
    "protocol": "протоколы",
    "problems": "наборы задач",
    "prompts": "промпты",
    "sandbox": "песочницы",
    "{n} problems are only in {where}": "{n} {n:задача есть|задачи есть|задач есть} только в {where}",
    "{a_run} and {b_run} have no problem in common": "у {a_run} и {b_run} нет общих задач",
    "pass@{k} needs {n} samples of every problem, one has {m}": (
        "для pass@{k} нужно {n} {n:образец|образца|образцов} каждой задачи, а у одной их {m}"
    ),
    # why a sample is pending
    "generation: {why_said}": "генерация: {why_said}",
    "execution:{protocol}: {why_said}": "исполнение ({protocol}): {why_said}",
    "no worker could take the job in {n} tries: {why_said}": (
        "ни один исполнитель не взял задание за {n} {n:попытку|попытки|попыток}: {why_said}"
    ),
    "no shard is left: {why_said}": "не осталось ни одного процесса с исполнителями: {why_said}",
    "no shard is left": "не осталось ни одного процесса с исполнителями",
    "{n} shards were lost with it: {why_said}": (
        "при нём {n:потерян|потеряны|потеряно} {n} {n:процесс|процесса|процессов} с исполнителями: {why_said}"
    ),
    "shard process {pid} was lost: {why_said}": "потерян процесс {pid} с исполнителями: {why_said}",
    "it ended": "он завершился",
    "nothing was heard of it for {n} s": "{n} с от него не было вестей",
    "its evidence is not in the run file": "результата его исполнения нет в файле запуска",
    "no worker could be started: {why_said}": "ни один исполнитель не запустился: {why_said}",
    "the engine could not start a worker: {why_said}": "движок не смог запустить исполнителя: {why_said}",
    "a local worker could not be started: {why_said}": "локальный исполнитель не запустился: {why_said}",
    "the machine is overloaded: the program was ready to run and had no processor for {n} s": (
        "машина перегружена: программа была готова выполняться, но {n} с не получала процессора"
    ),
    # tests that are code
    "{what_said} in line {n} of the program": "{what_said} в строке {n} программы",
    "a test does not hold: {reason} (line {n} of the tests)": "тест не выполнен: {reason} (строка тестов {n})",
    "the tests can't work with what was returned: {reason} (line {n} of the tests)": (
        "тесты не могут работать с тем, что возвращено: {reason} (строка тестов {n})"
    ),
    # files that can't be read
    "{path}: not a run file, or a damaged one ({reason})": "{path}: не файл прогона или повреждён ({reason})",
    "{path}: this is a SQLite file, but not a run of codeeval": "{path}: это файл SQLite, но не прогон codeeval",
    "{path}: no manifest in it\n  The run was killed while it was being created; start it again.": (
        "{path}: в нём нет манифеста\n  Прогон был убит, пока создавался; запустите его снова."
    ),
    "{path}: written by a newer codeeval (schema {n}, known here: {m})\n  Upgrade codeeval.": (
        "{path}: записан более новым codeeval (схема {n}, здесь известна {m})\n  Обновите codeeval."
    ),
    "{path}: written by an older codeeval (schema {n}, now {m})\n  `codeeval rescore RUN` brings the file up to date.": (
        "{path}: записан более старым codeeval (схема {n}, теперь {m})\n  `codeeval rescore RUN` обновит файл."
    ),
    "{path}: is no file of annotations ({reason})\n  Move it away; it is not part of the run.": (
        "{path}: не файл заметок ({reason})\n  Уберите его: он не часть прогона."
    ),
    "{path}: is no UTF-8 text": "{path}: не текст UTF-8",
}
