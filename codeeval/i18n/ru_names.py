"""Verdicts, causes and failures of format in Russian. Verdicts keep their identifier, which JSON has too."""

from __future__ import annotations

NAMES: dict[str, str] = {
    # verdicts
    "passed": "верно (passed)",
    "wrong_output": "неверный результат (wrong_output)",
    "exception": "исключение (exception)",
    "syntax_error": "синтаксическая ошибка (syntax_error)",
    "no_entry_point": "нет нужной функции (no_entry_point)",
    "empty": "пустой ответ (empty)",
    "timeout": "превышено время (timeout)",
    "memory": "превышена память (memory)",
    "output_limit": "слишком большой вывод (output_limit)",
    "crashed": "аварийное завершение (crashed)",
    # why MERA and strict disagree
    "time limit": "ограничение времени",
    "one call ends the whole sample": "один вызов обрывает весь образец",
    "extraction": "извлечение кода",
    "recursion": "рекурсия",
    "helper function or class": "вспомогательная функция или класс",
    "import at the top": "import в начале программы",
    "variable at the top": "переменная в начале программы",
    "name of the scorer's own imports": "имя, импортированное самим оценщиком",
    "entry point named like a local of the executor": "функция названа как локальная переменная исполнителя",
    "function that the executor disables": "функция, отключённая исполнителем",
    "comparison": "сравнение",
    "other scorer semantics": "прочие особенности оценщика",
    # failures of format ("empty" is above)
    "stop sequence at the first character": "стоп-последовательность на первом символе",
    "Markdown fence": "ограда Markdown",
    "prose before code": "проза перед кодом",
    "whole function": "функция целиком",
    "cut by a stop sequence": "обрезано стоп-последовательностью",
    "glued to the docstring's line": "приклеено к строке docstring",
    "lost indentation": "потерян отступ",
    "body indented wrongly": "неверный отступ тела",
    "ended by length": "обрыв по длине",
    "too long to look at": "слишком длинный текст, не разбирался",
    # levels and stages of the waterfall
    "strict, format repaired": "strict, формат исправлен",
    "scorer": "оценщик",
    "format": "формат",
}
