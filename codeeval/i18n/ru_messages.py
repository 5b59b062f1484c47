"""Messages that pure modules make, English template -> Russian. A value named `…_said` is a message itself, one
named by a single letter is a number; of the others only `reason` may have a semicolon in it."""

from __future__ import annotations

from codeeval.i18n.ru_errors import ERRORS
from codeeval.i18n.ru_inputs import INPUTS

#: Warnings of a report, and the methods of its intervals.
_REPORT: dict[str, str] = {
    "the run is incomplete: {n} of {m} samples are pending, and the numbers are over those that were judged; "
    "`codeeval run --resume {run}` continues it": (
        "прогон не завершён: {n} из {m} {m:образца|образцов|образцов} ещё ждут, и числа относятся только к оценённым; "
        "`codeeval run --resume {run}` продолжит его"
    ),
    "the run is incomplete: {n} of {m} samples are pending, and the numbers are over those that were judged; "
    "correct the rows that can't be read, or leave them out with --skip-bad-rows": (
        "прогон не завершён: {n} из {m} {m:образца|образцов|образцов} ещё ждут, и числа относятся только к оценённым; "
        "исправьте строки, которые не читаются, или уберите их из оценки ключом --skip-bad-rows"
    ),
    "pending ({n}): {why_said}": "ожидают ({n}): {why_said}",
    "{n} samples belong to problems whose expected outputs are hidden: they were executed, but there is no verdict and no "
    "pass@k for them": (
        "{n} {n:образец относится|образца относятся|образцов относятся} к задачам со скрытыми ответами: они исполнены, но "
        "ни вердикта, ни pass@k для них нет"
    ),
    "pass@{ks}: {text_said}": "pass@{ks}: {text_said}",
    "pass@1 is {a} as {protocol} scores it and {b} under strict; the table of differences says why": (
        "pass@1 равен {a} по правилам {protocol} и {b} по strict; почему — сказано в таблице расхождений"
    ),
    "only {n} problems: the intervals were checked for {m} and more": (
        "всего {n} {n:задача|задачи|задач}: интервалы проверены для {m} и более"
    ),
    "problems have between {a} and {b} samples": "у задач от {a} до {b} {b:образца|образцов|образцов}",
    "one sample per problem: the rerun interval is an upper bound, sampling noise was not observed": (
        "по одному образцу на задачу: интервал повтора — оценка сверху, шум сэмплирования не наблюдался"
    ),
    "the reward model {model} has not scored {n} samples, so there is no best-of-k yet; `codeeval run --resume {run}` "
    "continues": (
        "модель вознаграждения {model} не оценила {n} {n:образец|образца|образцов}, поэтому best-of-k пока нет; "
        "`codeeval run --resume {run}` продолжит"
    ),
    "{n} samples were longer than the context of the reward model {model} and were scored by their beginning": (
        "{n} {n:образец оказался длиннее|образца оказались длиннее|образцов оказались длиннее} контекста модели "
        "вознаграждения {model}: оценено только начало"
    ),
    "{level}: population: {population_said}; rerun: {rerun_said}": (
        "{level}: другие задачи: {population_said}; повтор: {rerun_said}"
    ),
    "{level}% CI, new problems (total)": "{level} % ДИ, новые задачи (всего)",
    "{level}% CI, these problems (sampling only)": "{level} % ДИ, эти задачи (только сэмплирование)",
    "samples of {n} problems are not independent draws, {why_said}: intervals for these problems are too short, and n "
    "says nothing "
    "of their noise": (
        "образцы {n} {n:задачи|задач|задач} не независимы, {why_said}: интервалы для этих задач слишком коротки, и n "
        "ничего не говорит о "
        "шуме"
    ),
    "temperature 0": "температура 0",
    "one seed": "одно зерно (seed)",
    "identical samples beyond chance": "одинаковых образцов больше, чем бывает случайно",
    "standard error": "стандартная ошибка",
    "intervals are of the long-run score, not of a second run": (
        "интервалы — для оценки при бесконечном сэмплировании, не для второго прогона"
    ),
    "samples of a problem are taken for independent draws": "образцы одной задачи считаются независимыми",
    "Wilson score with effective sample size": "Уилсон с эффективным размером выборки",
    "{method_said}, worst-case sampling variance": "{method_said}, наихудшая дисперсия сэмплирования",
    "{method_said}, {variance_said} sampling variance": "{method_said}, дисперсия сэмплирования {variance_said}",
    "unbiased or fitted": "несмещённая или подобранная",
    "fitted": "подобранная",
    "{a} as {protocol} scores it; {b} with format repaired": "{a} по правилам {protocol}; {b} с исправленным форматом",
    "{head_said} · {calls_said}": "{head_said} · {calls_said}",
    "all calls": "все вызовы",
    "call {n}": "вызов {n}",
    "calls {calls}": "вызовы {calls}",
    "call {i}: expected {right_said}, got {got_said}": "вызов {i}: ожидалось {right_said}, получено {got_said}",
    "nothing": "ничего",
    "{what_said} (call {i})": "{what_said} (вызов {i})",
    "{what_said} in call {i}": "{what_said} в вызове {i}",
    "line {n}": "строка {n}",
    "{what_said} (line {n} of the tests)": "{what_said} (строка тестов {n})",
    "a test does not hold": "тест не выполнен",
    "a test does not hold: {reason}": "тест не выполнен: {reason}",
    "the tests can't work with what was returned: {reason}": "тесты не могут работать с тем, что возвращено: {reason}",
    "the tests can't be carried out: {reason}": "тесты нельзя выполнить: {reason}",
    "{n} samples count as not passed because the tests of their problems can't be carried out here (not_supported): {names}": (
        "{n} {n:образец засчитан как неверный|образца засчитаны как неверные|образцов засчитаны как неверные}: "
        "тесты этих задач здесь нельзя выполнить (not_supported): {names}"
    ),
    "{reason} in line {n} of the program": "{reason} в строке {n} программы",
    "{n} inputs are left out, because they or their answers are no plain data: {reason}": (
        "{n} {n:вход опущен|входа опущены|входов опущены}: они или ответы на них — не простые данные: {reason}"
    ),
    "executing the reference solutions of {task} once, to know the right answers": (
        "эталонные решения набора {task} исполняются один раз, чтобы узнать верные ответы"
    ),
    "results of every sample: {path}": "результаты каждого образца: {path}",
    "{n} {n:sample|samples} {n:imports|import} {package}, which the sandbox lacks": (
        "{n} {n:образец импортирует|образца импортируют|образцов импортируют} {package}, которого нет в песочнице"
    ),
    "{n} {n:sample|samples} {n:begins|begin} with a thought and {n:was|were} cut by a stop sequence; -M think_tokens=N keeps the "
    "stops out of thoughts": (
        "{n} {n:образец начинается|образца начинаются|образцов начинаются} с рассуждения и {n:обрезан|обрезаны|обрезаны} "
        "стоп-последовательностью; -M think_tokens=N не применяет их внутри рассуждений"
    ),
    "nothing was left of the completion": "от ответа модели ничего не осталось",
    "the function is not defined by the end of the definitions": "после определений функции так и нет",
    "{what_said}; found instead: {names}": "{what_said}; вместо неё есть: {names}",
    "the program does not compile": "программа не компилируется",
    "the definitions raised": "исключение в определениях",
    "the time limit was reached": "достигнуто ограничение времени",
    "the memory limit was reached": "достигнуто ограничение памяти",
    "the outputs are larger than the limit": "вывод больше допустимого",
    "the process ended before it had reported": "процесс завершился, не сообщив результата",
    "none": "нет",
    "of a file, {name}": "из файла, {name}",
    "{backend}, {isolation}, {n} workers": "{backend}, {isolation}, {n} {n:исполнитель|исполнителя|исполнителей}",
    "{platform}, {n} processors, Python {version}": (
        "{platform}, {n} {n:процессор|процессора|процессоров}, Python {version}"
    ),
    "cut at {stop}, the rest was never generated": "обрезано на {stop}, продолжение не генерировалось",
    "cut at {stop}": "обрезано на {stop}",
    "none, the instruction alone": "нет, только инструкция",
    "the chat template of the model's own tokenizer": "шаблон диалога из токенизатора модели",
    "{task}, {n} of {m} problems": "{task}, {n} из {m} {m:задачи|задач|задач}",
}

#: How the sampling looks.
_SAMPLING: dict[str, str] = {
    "temperature 0: n samples of a problem are one sample repeated": (
        "температура 0: n образцов задачи — это один и тот же образец"
    ),
    "only {share} of a problem's samples are distinct: check the temperature and the seeds": (
        "в среднем лишь {share} образцов задачи различны: проверьте температуру и зёрна (seed)"
    ),
    "all samples are the same text on {share} of the problems: the server may ignore n or the seed": (
        "на {share} задач все образцы — один и тот же текст: возможно, сервер не учитывает n или seed"
    ),
    "all samples are the same text on {share} of the problems: the model is sure of them at this temperature": (
        "на {share} задач все образцы — один и тот же текст: при этой температуре модель в них уверена"
    ),
    "one seed gave one text for all samples of {share} of the problems: give each its own": (
        "на {share} задач одно зерно (seed) дало один текст для всех образцов: дайте каждому образцу своё"
    ),
    "one seed for all problems: they share one random stream; derive each problem's seed from its id": (
        "одно зерно (seed) на все задачи: у них общий поток случайных чисел; выводите зерно задачи из её id"
    ),
    "{share} of the samples were cut by a stop sequence at the first character: a format failure": (
        "{share} образцов обрезано стоп-последовательностью на первом символе: это нарушение формата"
    ),
    "{share} of the samples ended before their first character, at a stop sequence or by themselves": (
        "{share} образцов кончились до первого символа: из-за стоп-последовательности или сами"
    ),
    "{share} of the samples were cut or withheld by the server's content filter; they count": (
        "{share} образцов обрезал или не выдал фильтр содержания сервера; они учтены"
    ),
    "in {share} of the samples the model declined to answer; they count": (
        "в {share} образцов модель отказалась отвечать; они учтены"
    ),
    "{share} of the samples hold a thought, and stop sequences cut it like an answer: -M think_tokens=2048 keeps them out of "
    "it": (
        "в {share} образцов есть размышление, и стоп-последовательности режут его как ответ: с -M think_tokens=2048 они его не "
        "тронут"
    ),
    "{share} of the samples ran into the token limit: raise it, or check the stop sequences": (
        "{share} образцов упёрлись в предел токенов: увеличьте его или проверьте стоп-последовательности"
    ),
    "{share} of the samples are empty: check the prompt and the template": (
        "{share} образцов пусты: проверьте промпт и шаблон"
    ),
}

#: What is odd about published values.
_AUDIT: dict[str, str] = {
    "read as rounded to {n} decimals": "прочитано как округлённое до {n} {n:знака|знаков|знаков} после запятой",
    "pass@{a} exceeds pass@{b}: impossible, more samples can't solve less": (
        "pass@{a} больше pass@{b}: невозможно, с большим числом образцов нельзя решить меньше"
    ),
    "pass@{a} exceeds {ratio} × pass@{b}: impossible for any run": (
        "pass@{a} больше {ratio} × pass@{b}: невозможно ни для какого прогона"
    ),
    "no mean pass@{k} of {m} problems rounds to the value given": (
        "никакое среднее pass@{k} по {m} {m:задаче|задачам|задачам} не округляется до данного значения"
    ),
    "no run of {n} samples on {m} problems can give these numbers": (
        "никакой прогон с {n} {n:образцом|образцами|образцами} на {m} {m:задаче|задачах|задачах} не даст таких чисел"
    ),
    "every sample of every problem failed: suspect the format (stop sequence, fence, indentation), not the model": (
        "неверны все образцы всех задач: подозревайте формат (стоп-последовательность, ограду, отступ), а не модель"
    ),
    "no problem was solved more than once: {m} problems have exactly 1 correct sample of {n}, the others none. A model that "
    "can solve a problem solves it repeatedly; one lucky sample per problem points to an accident of format or to one "
    "sample in the set being different from the others": (
        "ни одна задача не решена больше одного раза: в {m} {m:задаче|задачах|задачах} ровно 1 верный образец из {n}, в "
        "остальных ни одного. Модель, которая умеет решать задачу, решает её многократно; один удачный образец на задачу "
        "указывает на случайность формата или на то, что один образец получен иначе, чем остальные"
    ),
    "every problem is solved always or never: all samples of a problem look alike (temperature 0, or one seed)": (
        "каждая задача решена либо всегда, либо никогда: образцы одной задачи одинаковы (температура 0 или одно зерно)"
    ),
    "pass@{a} = pass@{b}: further samples solve nothing new": (
        "pass@{a} = pass@{b}: дополнительные образцы не решают ничего нового"
    ),
    "pass@{a} = {ratio} × pass@{b} within rounding, the largest ratio there can be: no problem gained from a second correct "
    "sample": (
        "pass@{a} = {ratio} × pass@{b} с точностью до округления — наибольшее возможное отношение: ни у одной задачи не "
        "было второго верного образца"
    ),
}

#: What is wrong with a submission.
_SUBMISSION: dict[str, str] = {
    "this id occurs twice": "этот id встречается дважды",
    "some problems have outputs [1][n][n_tests] (1.2), others [n][n_tests] (1.1)": (
        "у одних задач outputs имеет вид [1][n][n_tests] (1.2), у других — [n][n_tests] (1.1)"
    ),
    "meta.id is missing": "нет поля meta.id",
    "meta.id must be an integer, it is {value}": "meta.id должен быть целым числом, а не {value}",
    "outputs must be a list that is not empty": "outputs должен быть непустым списком",
    'sample {i}: neither a list nor "{said}"': 'образец {i}: не список и не "{said}"',
    "sample {i}: an empty list": "образец {i}: пустой список",
    "sample {i}: an output is neither a text nor null": "образец {i}: вывод — не текст и не null",
    "no problem of it is well formed": "ни одна задача в нём не записана правильно",
    "{n} samples instead of {m}": "{n} {n:образец|образца|образцов} вместо {m}",
    "{n} samples per problem; MERA asks for {m}": ("{n} {n:образец|образца|образцов} на задачу; MERA требует {m}"),
    "this problem of the set is missing": "этой задачи набора нет в посылке",
    "the set has no such problem; the site ignores it": "в наборе такой задачи нет; сайт её не учтёт",
    "sample {i}: {n} {n:output|outputs} for {m} {m:test|tests}": (
        "образец {i}: {n} {n:вывод|вывода|выводов} на {m} {m:тест|теста|тестов}"
    ),
    "the site looks for {name} in the root of the zip, and finds nothing under {other}": (
        "сайт ищет {name} в корне архива и под именем {other} ничего не найдёт"
    ),
    "the scorer raises {error} here, and scores the whole file 0": (
        "проверяющая программа здесь получает {error} и ставит за весь файл 0"
    ),
    "the file is not JSON in UTF-8 (a byte order mark is refused too): {error}": (
        "файл — не JSON в UTF-8 (метка порядка байтов тоже не принимается): {error}"
    ),
    'the field "{name}" is missing': "нет поля «{name}»",
    'no object where "{name}" is looked up: the scorer ends there, and scores no file of the zip': (
        "вместо объекта с полем «{name}» что-то другое: проверяющая программа на этом завершается и не оценивает ничего в zip"
    ),
    "data.test is no list: the scorer ends there, and scores no file of the zip": (
        "data.test — не список: проверяющая программа на этом завершается и не оценивает ничего в zip"
    ),
    "meta.id is a list or an object: the scorer ends there, and scores no file of the zip": (
        "meta.id — список или объект: проверяющая программа на этом завершается и не оценивает ничего в zip"
    ),
    "the scorer ends at {name}, and scores no file of the zip": (
        "проверяющая программа завершается на {name} и не оценивает ничего в zip"
    ),
    "outputs is missing": "нет поля outputs",
    "the site reads .json only, and {name} is the file that it takes": (
        "сайт читает только .json, а возьмёт он файл {name}"
    ),
    "the site looks for {name}, and finds nothing under {other}": "сайт ищет {name} и под именем {other} ничего не найдёт",
    "the site takes files that are called .zip only": "сайт берёт только файлы с именем на .zip",
    "the zip has no {name}; without it a submission can't be published": (
        "в zip нет {name}; без него посылку нельзя опубликовать"
    ),
    "the zip has {n} files of this name, and the site takes the last that it finds: {name}": (
        "в zip {n} {n:файл|файла|файлов} с этим именем, сайт возьмёт последний найденный: {name}"
    ),
    "{name} is in a folder; put it in the root of the zip": "{name} лежит в папке; положите его в корень zip",
    "outputs has the shape of MERA 1.1: the site takes its first sample for the list of all samples": (
        "outputs имеет форму MERA 1.1: сайт примет первый образец за список всех образцов"
    ),
    "{n} outputs are null, and the site counts them as wrong; MERA writes the text None": (
        "{n} {n:вывод|вывода|выводов} — null, сайт считает их неверными; MERA пишет текст None"
    ),
    "{name}: can't be extracted: {reason}": "{name}: не распаковывается: {reason}",
    "{path}: can't be read: {reason_said}": "{path}: не читается: {reason_said}",
    "{path}: not a readable zip ({reason_said}); a submission is a zip of JSON files": (
        "{path}: не читается как zip ({reason_said}); посылка — это zip с файлами JSON"
    ),
    "{path}: there is no {name} in it; it holds {others}": "{path}: внутри нет {name}; там есть {others}",
    "{path}: it holds {names}; say which with --file NAME": "{path}: внутри {names}; выберите: --file NAME",
    "{path}: no {names} in it; it holds {others}": "{path}: внутри нет {names}; там есть {others}",
}

#: Notes that `run`, `score` and `rescore` print on their way.
_NOTES: dict[str, str] = {
    "{first_said}; {others_said}": "{first_said}; {others_said}",
    "line {n}: {reason_said}": "строка {n}: {reason_said}",
    "row {n}: {reason_said}": "запись {n}: {reason_said}",
    "sample {n}: {reason_said}": "образец {n}: {reason_said}",
    "and {n} more": "и ещё {n}",
    "{task} has no problem {problem}": "в наборе {task} нет задачи {problem}",
    "not UTF-8": "не UTF-8",
    "not JSON: {reason} at column {n}": "не JSON: {reason}, столбец {n}",
    "not JSON that can be read: a number too long, nested too deeply, or too many values": (
        "JSON, который нельзя прочесть: слишком длинное число или слишком глубокая вложенность"
    ),
    "the line is longer than {n} MiB": "строка длиннее {n} МиБ",
    "warning: {path} has no numpy, so programs that import it fail; `{other} -m pip install numpy` adds it": (
        "предупреждение: в {path} нет numpy, программы с его импортом не работают; `{other} -m pip install numpy` добавит его"
    ),
    "warning: {note_said}": "предупреждение: {note_said}",
    "{file} ({format}): {n} {n:sample|samples} of {m} {m:problem|problems} of {task}": (
        "{file} ({format}): {n} {n:образец|образца|образцов} для {m} {m:задачи|задач|задач} набора {task}"
    ),
    "{n} rows could not be used: {rows_said}": (
        "{n} {n:строка не использована|строки не использованы|строк не использованы}: {rows_said}"
    ),
    "{n} of {m} problems have no samples: the numbers are over the other {rest}": (
        "у {n} из {m} {m:задачи|задач|задач} нет образцов: числа относятся к остальным {rest}"
    ),
    "the problems have between {a} and {b} samples": "у задач от {a} до {b} {b:образца|образцов|образцов}",
    "answers of {n} of {m} problems from {file} (sha256 {digest})": (
        "ответы {n} из {m} {m:задачи|задач|задач} взяты из {file} (sha256 {digest})"
    ),
    "{file}: {n} ids are no problems of {task} ({ids})": "{file}: {n} id не относятся к набору {task} ({ids})",
    "{model} ({backend}) writes {what_said}, protocol {protocol}. {taken_said}": (
        "{model} ({backend}) пишет: {what_said}; протокол {protocol}. {taken_said}"
    ),
    "Template {name}: {why_said}": "Шаблон {name}: {why_said}",
    "as asked": "как указано",
    "it was trained on it": "модель на нём обучена",
    "its tokenizer is OpenChat's, whose template for code that is": (
        "токенизатор — OpenChat, а для кода у него этот шаблон"
    ),
    "its tokenizer has a chat template": "у токенизатора есть шаблон диалога",
    "its tokenizer has no chat template": "у токенизатора нет шаблона диалога",
    "the server chats with it": "сервер ведёт с этой моделью диалог",
    "the server only completes texts with it": "сервер с этой моделью только продолжает текст",
    "the completions exist already": "ответы уже есть",
    "that is how a server that chats would be asked, and this one can't be ({why_said})": (
        "так спросили бы сервер, который ведёт диалог, а этот спросить нельзя ({why_said})"
    ),
    "the model's chat template has no system role: the system prompt opens the user's turn": (
        "в шаблоне диалога этой модели нет роли system: системный промпт стоит в начале реплики пользователя"
    ),
    "{n} {n:problem|problems} of {task}, {m} {m:sample|samples} each": (
        "{n} {n:задача|задачи|задач} набора {task}, по {m} {m:образцу|образца|образцов}"
    ),
    "{chosen_said}the bundled demo model writes {what_said}. It has memorised these problems: this shows the machinery and "
    "measures nothing. {taken_said}": (
        "{chosen_said}встроенная демонстрационная модель пишет: {what_said}. Она выучила эти задачи наизусть: это показывает, "
        "как всё работает, и ничего не измеряет. {taken_said}"
    ),
    "no model was named: ": "модель не указана: ",
    "sandbox: {backend} ({reason})": "песочница: {backend} ({reason})",
    "{n} failed {n:sample|samples} checked for format errors, {m} repaired {m:program|programs} executed": (
        "формат проверен у {n} {n:неверного образца|неверных образцов|неверных образцов}, исполнено исправленных программ: {m}"
    ),
    "{n} repairs were left out: {reason}": "пропущено исправлений: {n}: {reason}",
    "renamed: functions and arguments have neutral names, so this is no score of the set itself": (
        "переименовано: у функций и аргументов нейтральные имена, поэтому это не оценка самого набора"
    ),
    "{n} problems can't be renamed without a doubt and are left out: {ids}": (
        "{n} {n:задача пропущена|задачи пропущены|задач пропущено}: их нельзя надёжно переименовать: {ids}"
    ),
    "resuming {run}: {n} samples to generate, {m} to execute": (
        "продолжается {run}: осталось сгенерировать {n}, исполнить {m}"
    ),
    "{model} scores {n} samples": "{model} оценивает {n} {n:образец|образца|образцов}",
    "{n} samples scored, {m} different answers read": (
        "{n} {n:образец оценён|образца оценены|образцов оценены}, прочитано разных ответов: {m}"
    ),
    "scored {n}/{m}": "оценено {n}/{m}",
    "codeeval: reward model: {reason}": "codeeval: модель вознаграждения: {reason}",
    "{run} is complete: nothing is left to do": "{run} завершён: делать больше нечего",
    "the tokenizer does not give the ids of the model card: {reason}": (
        "токенизатор даёт не те id, что указаны в карточке модели: {reason}"
    ),
    "{n} instructions, and each problem under its own: {m} runs": (
        "{n} {n:инструкция|инструкции|инструкций}, и каждая задача со своей: {m} {m:прогон|прогона|прогонов}"
    ),
    "instruction {instruction} ({n} of {m})": "инструкция {instruction} ({n} из {m})",
    "completions of a file do not depend on the instruction": "ответы из файла не зависят от инструкции",
    "instruction {instruction} for every problem, so this is no score of the set itself": (
        "инструкция {instruction} для всех задач, поэтому это не оценка самого набора"
    ),
    "resuming {run}: {n} runs are unfinished, {m} samples to generate": (
        "продолжается {run}: не завершено прогонов: {n}, осталось сгенерировать образцов: {m}"
    ),
    "wrote {path}": "записано: {path}",
    "codeeval: generation: {why_said}": "codeeval: генерация: {why_said}",
    "codeeval: sandbox: {why_said}": "codeeval: песочница: {why_said}",
    "no sample was judged": "ни один образец не оценён",
    "interrupted": "прервано",
    "interrupted: {n} of {m} samples generated, {j} judged; everything that had finished is kept\n"
    "  Continue with: codeeval run --resume {run}": (
        "прервано: сгенерировано {n} из {m} образцов, оценено {j}; всё, что успело завершиться, сохранено\n"
        "  Продолжить: codeeval run --resume {run}"
    ),
    "interrupted; everything that had finished is kept\n  Continue with: codeeval run --resume {run}": (
        "прервано; всё, что успело завершиться, сохранено\n  Продолжить: codeeval run --resume {run}"
    ),
}

MESSAGES: dict[str, str] = {**_REPORT, **_SAMPLING, **_AUDIT, **_SUBMISSION, **_NOTES, **ERRORS, **INPUTS}
