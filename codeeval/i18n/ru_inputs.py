"""What is wrong with a problem file or with what was asked for, English template -> Russian. The rules for values are those of
`ru_messages`."""

from __future__ import annotations

INPUTS: dict[str, str] = {
    # a field of a row
    "must be {wanted_said}, it is {value_said}": "нужно: {wanted_said}, а это {value_said}",
    "a whole number or a text": "целое число или текст",
    "a text": "текст",
    "a list": "список",
    "an object": "объект",
    "a number": "число",
    "a boolean": "логическое значение",
    'Write the list as a text: "[{one}, {two}]".': 'Запишите список текстом: "[{one}, {two}]".',
    'Each is the text of the right value, so "3" and not 3. Hidden answers are null or [].': (
        'Каждый — текст верного значения: "3", а не 3. Скрытые ответы — null или [].'
    ),
    "The row has {names}. {rest_said}": "В записи есть {names}. {rest_said}",
    # ids
    "is empty": "пусто",
    "has {n} characters, and {m} are the most": "{n} {n:знак|знака|знаков}, а можно не больше {m}",
    "{value} begins or ends with white space": "{value} начинается или кончается пробелом",
    "{value} has characters that can't be printed": "в {value} есть непечатаемые знаки",
    'An id is a whole number, or a short text on one line such as "7" or "strings/7".': (
        'id — целое число или короткий текст в одну строку, например "7" или "strings/7".'
    ),
    # submissions
    "MERA takes {names}.": "MERA принимает {names}.",
    "MERA takes {names}, and this zip holds {name}": "MERA принимает {names}, а в этом zip лежит {name}",
    "If {name} is one of those sets, name its file so and score the samples again: "
    "`codeeval score -t ruhumaneval.jsonl --samples {path}`": (
        "Если {name} — один из них, назовите его файл так и оцените ответы снова: "
        "`codeeval score -t ruhumaneval.jsonl --samples {path}`"
    ),
    # what a server or a backend did
    "no answer within {n} s: {why_said}; everything that had finished is kept, continue with --resume, or wait longer with "
    "-M patience=SECONDS": (
        "нет ответа за {n} с: {why_said}; всё готовое сохранено, продолжите с --resume или ждите дольше: -M patience=СЕКУНДЫ"
    ),
    "the budget of {n} requests is used up; everything that had finished is kept, continue with --resume and a larger "
    "-M budget": (
        "предел в {n} {n:запрос|запроса|запросов} исчерпан; всё готовое сохранено, продолжите с --resume и большим -M budget"
    ),
    "the account's quota is used up ({reason}); continue later with --resume": (
        "квота учётной записи исчерпана ({reason}); продолжите позже с --resume"
    ),
    "no answer from {place}": "нет ответа от {place}",
    "the server answered without a completion": "сервер ответил без текста",
    "the server refused: {reason}": "сервер отказал: {reason}",
    "problem {problem}: {why_said}": "задача {problem}: {why_said}",
    "problem {problem} (and {n} more problems): {why_said}": (
        "задача {problem} (и ещё {n} {n:задача|задачи|задач}): {why_said}"
    ),
    "backend {name} needs {names}, which are not installed: {remedy}": "бэкенду {name} нужно установить {names}: {remedy}",
    # settings
    "which model? Name one with -m: the name by which the server knows it": (
        "какая модель? Укажите в -m имя, под которым её знает сервер"
    ),
    "--base-url is for --backend openai, and --backend {name} was given: leave one of the two out": (
        "--base-url — для --backend openai, а указан --backend {name}: уберите одно из двух"
    ),
    "there is no such setting; did you mean {name}?": "нет такой настройки; может быть, {name}?",
    "not a run file of codeeval; name the folder of a run": "не файл прогона codeeval; укажите папку прогона",
    # files
    "gzipped, but not named so": "файл сжат gzip, но назван иначе",
    "Rename it to {name}.gz, or unpack it.": "Переименуйте его в {name}.gz или распакуйте.",
    "a list of rows in one line": "список записей в одной строке",
    "A .jsonl file has one row per line; a list of rows is a .json file.": (
        "В файле .jsonl каждая запись стоит на своей строке; список записей — это файл .json."
    ),
    "A .jsonl file has one whole row per line; one list over several lines is a .json file.": (
        "В файле .jsonl в каждой строке целая запись; один список на несколько строк — это файл .json."
    ),
    "A .json file is one list of rows; a file of one row per line is called .jsonl.": (
        "Файл .json — один список записей; файл с записью в каждой строке называется .jsonl."
    ),
    # one sample, lists of samples
    "problem {name} has {n} samples there": "у задачи {name} там {n} {n:образец|образца|образцов}",
    "no such problem there": "такой задачи там нет",
    "Give PROBLEM/INDEX; the first sample of a problem has the index 0.": (
        "Укажите ЗАДАЧА/ИНДЕКС; у первого образца задачи индекс 0."
    ),
    "The groups:": "Группы:",
    "no failure group of this run": "такой группы неудач в прогоне нет",
    "the beginning of several failure groups": "так начинаются несколько групп неудач",
    "no problem of the run has it; they have {names}": "такой темы нет ни у одной задачи прогона; есть {names}",
    "the run has no problem of this id": "в прогоне нет задачи с таким именем",
}
