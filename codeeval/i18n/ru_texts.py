"""What the renderers say themselves, English template -> Russian. The same values in braces, in any order."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # the report on a terminal
    "complete": "прогон завершён",
    "INCOMPLETE, {n} pending": "ПРОГОН НЕ ЗАВЕРШЁН, ожидают: {n}",
    "{n} {n:problem|problems}, {samples} {samples:sample|samples} judged": (
        "{n} {n:задача|задачи|задач}, оценено {samples} {samples:образец|образца|образцов}"
    ),
    "{n} of {of} {of:problem|problems}, {samples} {samples:sample|samples} judged": (
        "{n} из {of} {of:задачи|задач|задач}, оценено {samples} {samples:образец|образца|образцов}"
    ),
    "reward model": "модель вознаграждения",
    "description": "описание",
    "reward model sha256": "её веса, sha256",
    "chosen by {model}": "выбор по {model}",
    "pass@k, the upper bound": "pass@k, верхняя граница",
    "best-of-k: how often the best scored of k samples is correct; best-of-1 is a sample drawn by lot": (
        "best-of-k: как часто лучший по оценке из k образцов верен; best-of-1 — образец наугад"
    ),
    "| protocol | k | best-of-k | {interval} | pass@k, the upper bound |": (
        "| протокол | k | best-of-k | {interval} | pass@k, верхняя граница |"
    ),
    "extrapolated by a model from {n} samples per problem, not estimated": (
        "экстраполяция по модели с {n} {n:образца|образцов|образцов} на задачу, не оценка"
    ),
    "| k | model's pass@k | 95% of the fit |": "| k | pass@k по модели | 95% подгонки |",
    "zero-inflated beta-binomial: {never} of problems never solved, {always} always, the others Beta({alpha}, {beta})": (
        "бета-биномиальная с избытком нулей: {never} задач не решаются никогда, {always} — всегда, "
        "остальные Beta({alpha}, {beta})"
    ),
    "The interval does not cover that the model is wrong: problems without a success may be hopeless or merely hard.": (
        "Интервал не учитывает, что неверна сама модель: задачи без единого успеха могут быть безнадёжны или лишь трудны."
    ),
    "further methods: {interval}": "другими методами: {interval}",
    "Wilson score over {n} {n:cluster|clusters} by {field}": "Уилсон по {n} {n:группе|группам|группам} поля {field}",
    "Bayesian bootstrap over {n} {n:problem|problems}, seed {seed}": (
        "байесовский бутстреп по {n} {n:задаче|задачам|задачам}, seed {seed}"
    ),
    "Bayesian bootstrap over {n} {n:cluster|clusters} by {field}, seed {seed}": (
        "байесовский бутстреп по {n} {n:группе|группам|группам} поля {field}, seed {seed}"
    ),
    "intervals {methods}": "интервалы {methods}",
    "verdicts": "вердикты",
    "also": "ещё",
    "majority@{k}": "большинство@{k}",
    "samples behind the majority answer": "доля образцов за самый частый ответ",
    "tests passed": "пройдено тестов",
    "pass@{k} on base tests alone": "pass@{k} только на исходных тестах",
    "compiles": "компилируется",
    "most frequent failures": "самые частые ошибки",
    "{n} {n:sample|samples} of {m} {m:problem|problems}": (
        "{n} {n:образец|образца|образцов} в {m} {m:задаче|задачах|задачах}"
    ),
    "e.g. problem {problem}, sample {index}": "напр., задача {problem}, образец {index}",
    "{n} {n:sample|samples} judged differently by {protocol} and strict": (
        "{n} {n:образец|образца|образцов} {protocol} и strict оценивают по-разному"
    ),
    "{total:.1f} s = generation {gen:.1f} + execution {run:.1f} - both at once {both:.1f} + other {rest:.1f}": (
        "{total:.1f} с = генерация {gen:.1f} + исполнение {run:.1f} - одновременно {both:.1f} + прочее {rest:.1f}"
    ),
    "{made} {made:sample|samples} generated, under {n} {n:protocol|protocols} {run} different {run:program|programs} executed, "
    "{same} identical ones spared": (
        "{made} {made:образец сгенерирован|образца сгенерировано|образцов сгенерировано}, "
        "по {n} {n:протоколу|протоколам|протоколам} исполнено разных программ: {run}, повторов пропущено: {same}"
    ),
    ", from earlier evidence {n}": ", по прежним данным {n}",
    "samples/s": "образцов/с",
    "tokens/s": "токенов/с",
    "time": "время",
    "work": "работа",
    "sandbox": "песочница",
    "run": "прогон",
    "warning: ": "предупреждение: ",
    # the waterfall and the hidden answers
    " (pass@1 in percent)": " (pass@1 в процентах)",
    "failures of format: ": "нарушения формата: ",
    "{name} {n} ({repaired} pass once repaired)": "{name} {n} (после исправления верно: {repaired})",
    "{name} {n} ({read} pass when read)": "{name} {n} (при чтении ответа верно: {read})",
    "{name} {n} ({read} pass when read, {repaired} once repaired)": (
        "{name} {n} (при чтении ответа верно: {read}, после исправления: {repaired})"
    ),
    "{name} {n} (none passes, read or repaired)": "{name} {n} (ни при чтении, ни после исправления верных нет)",
    "pass@1 is {a} under {leading} and {b} under {other}": "pass@1 равен {a} по {leading} и {b} по {other}",
    "pass@1 is {a} under {leading} and {b} under {other}, mostly because of this: {name} ({n} of {of} samples that differ)": (
        "pass@1 равен {a} по {leading} и {b} по {other}, главная причина: {name} ({n} из {of} разошедшихся образцов)"
    ),
    "pass@1 is {a} under {leading} and {b} under {other}, mostly because of this: {name} ({n} of {of} samples that differ), "
    "which strict reads and {verbatim} executes as it stands": (
        "pass@1 равен {a} по {leading} и {b} по {other}, главная причина: {name} ({n} из {of} разошедшихся образцов): strict её "
        "понимает, а {verbatim} исполняет текст как есть"
    ),
    "special": "служебный",
    "why this template": "почему этот шаблон",
    "{n} failed samples were not repaired yet": (
        "{n} {n:неверный образец|неверных образца|неверных образцов} ещё без исправления формата"
    ),
    ": `codeeval run --resume {run}` executes their repairs; the last line is a lower bound": (
        ": `codeeval run --resume {run}` исполнит исправленные программы; последняя строка пока оценка снизу"
    ),
    "hidden answers": "скрытые ответы",
    "The expected outputs of these problems are hidden, so there is no verdict and no pass@k; below is what most samples "
    "answer. `--answers FILE` judges them; `codeeval export mera` writes a submission.": (
        "Правильные ответы этих задач скрыты, поэтому нет ни вердикта, ни pass@k; ниже — как отвечает большинство "
        "образцов. `--answers FILE` позволит их оценить; `codeeval export mera` запишет посылку."
    ),
    "problem {problem}: {votes} of {samples} samples agree ({distinct} different {distinct:answer|answers}): {outputs}": (
        "задача {problem}: согласны {votes} из {samples} {samples:образца|образцов|образцов} (разных ответов: "
        "{distinct}): {outputs}"
    ),
    "no output": "нет вывода",
    "… and {n} more problems; --format json and --results have all": (
        "… и ещё {n} {n:задача|задачи|задач}; всё есть в --format json и --results"
    ),
    "{n} {n:sample|samples} could not be read and {n:is|are} not in these numbers (--skip-bad-rows)": (
        "{n} {n:образец|образца|образцов} не удалось прочесть, в этих числах {n:его|их|их} нет (--skip-bad-rows)"
    ),
    # Markdown
    "incomplete: {n} {n:sample|samples} pending": (
        "прогон не завершён: {n:ожидает|ожидают|ожидают} {n} {n:образец|образца|образцов}"
    ),
    "| protocol | k | pass@k | {intervals} |": "| протокол | k | pass@k | {intervals} |",
    "| verdict | samples | share |": "| вердикт | образцов | доля |",
    "| samples | problems | failure | example |": "| образцов | задач | ошибка | пример |",
    "| pass@1 | | samples | problems |": "| pass@1 | | образцов | задач |",
    "| failure of format | samples | problems | pass when read | pass once repaired |": (
        "| нарушение формата | образцов | задач | верно при чтении | верно после исправления |"
    ),
    "| problem | agree | of | different answers | consensus |": "| задача | согласны | из | разных ответов | общий ответ |",
    "drawn: {path}": "нарисовано: {path}",
    # how a run was made
    "submission": "посылка",
    "generation": "генерация",
    "model": "модель",
    "scoring": "оценка",
    "this run": "этот прогон",
    "not known": "неизвестно",
    "MERA protocol": "протокол MERA",
    "code revision": "ревизия кода",
    "GPUs": "видеокарты",
    "GPU driver": "драйвер видеокарт",
    "inference": "инференс",
    "weight precision": "точность весов",
    "quantization": "квантование",
    "batch size": "размер батча",
    "context length": "длина контекста",
    "task": "набор",
    "chat template": "шаблон диалога",
    "template digest": "дайджест шаблона",
    "prompts digest": "дайджест промптов",
    "system prompt": "системный промпт",
    "same again": "воспроизводимость",
    "name": "имя",
    "found at": "расположение",
    "revision": "ревизия",
    "architecture": "архитектура",
    "parameters": "параметров",
    "size of weights": "объём весов",
    "licence": "лицензия",
    "weights sha256": "sha256 весов",
    "tokenizer sha256": "sha256 токенизатора",
    "adapter sha256": "sha256 адаптера",
    "protocols": "протоколы",
    "problems digest": "дайджест задач",
    "problems from": "источник задач",
    "sandbox {name}": "песочница: {name}",
    "created": "создан",
    "command": "команда",
    "machine": "машина",
    "versions": "версии",
    "note": "примечание",
    # on the way
    " samples": " образцов",
    "generated": "сгенерировано",
    "judged   ": "оценено      ",
    "generated {n}/{m}, ": "сгенерировано {n}/{m}, ",
    "judged {n}/{m}": "оценено {n}/{m}",
    "text": "текст",
    "tokens": "токены",
    # run --instructions
    "{n} {n:instruction|instructions} and the set's own": (
        "{n} {n:инструкция|инструкции|инструкций} и собственные инструкции набора"
    ),
    "instruction": "инструкция",
    "own problems": "своих задач",
    "against own (points)": "против собственных (п. п.)",
    "each problem under its own": "каждая задача со своей",
    "intervals: 95%, of pass@1; differences of pass@1 on the same problems, p adjusted for the instructions": (
        "интервалы 95 % для pass@1; разности pass@1 на тех же задачах, p с поправкой на число инструкций"
    ),
    "hidden answers: there is no pass@k to compare; --answers FILE gives them": (
        "ответы скрыты: сравнивать pass@k нельзя; их задаёт --answers FILE"
    ),
    "no spread yet: two instructions or more must be complete": (
        "разброса пока нет: нужны хотя бы две завершённые инструкции"
    ),
    "spread over {n} {n:instruction|instructions}, pass@k of {protocol}": (
        "разброс по {n} {n:инструкции|инструкциям|инструкциям}, pass@k по правилам {protocol}"
    ),
    "pass@{k}: {low} (instruction {worst}) to {high} (instruction {best}), range {range}, sd {sd}; by chance alone a "
    "range of {usual}, up to {most} in 95 of 100 cases (p {p})": (
        "pass@{k}: от {low} (инструкция {worst}) до {high} (инструкция {best}), размах {range}, ст. откл. {sd}; случайно "
        "получился бы размах {usual}, в 95 случаях из 100 не больше {most} (p {p})"
    ),
    # codeeval audit
    "{values}; {n} {n:sample|samples} of each of {m} {m:problem|problems}": (
        "{values}; по {n} {n:образцу|образца|образцов} на каждую из {m} {m:задачи|задач|задач}"
    ),
    "INCONSISTENT: no run can give these values": "ПРОТИВОРЕЧИЕ: ни один прогон не может дать таких значений",
    "not settled: the search was cut short before it found an answer": (
        "не решено: поиск прерван раньше, чем нашёлся ответ"
    ),
    "consistent: ": "возможно: ",
    "exactly {n} {n:histogram|histograms}": "ровно {n} {n:гистограмма|гистограммы|гистограмм}",
    "at least {n} {n:histogram|histograms}": "не меньше {n} {n:гистограммы|гистограмм|гистограмм}",
    "{n} {n:problem|problems} with {c}": "{n} {n:задача|задачи|задач} с {c}",
    "correct samples: {parts} of {n}": "верные образцы: {parts} из {n}",
    "sampled as": "сэмплирование",
    "the model's own, else 50": "как задано в модели, иначе 50",
    "MERA's harness does": "как в программе MERA",
    "codeeval does": "как в codeeval",
    "as a whole, from the first sample on": "только целиком, с первого образца",
    # codeeval validate-submission
    "{file}: {n} {n:problem|problems}, shape of {shape}": "{file}: {n} {n:задача|задачи|задач}, форма версии {shape}",
    "neither version": "«неизвестно какой»",
    "valid": "посылка правильная",
    "INVALID: the site would score the whole task 0": "ОШИБКА: сайт оценит весь набор в 0",
    "problem {problem}: ": "задача {problem}: ",
    "error": "ошибка    ",
    "note ": "примечание",
    "… and {n} more; --format json has all": "… и ещё {n}; всё есть в --format json",
    "as the site scores it": "как оценит сайт",
    "as it should be": "как правильно",
    "not scored: give -t TASK or --answers FILE": "без оценки: укажите -t TASK или --answers FILE",
    "not scored: the answers of this set are hidden: --answers FILE": (
        "без оценки: ответы этого набора скрыты, укажите --answers FILE"
    ),
}
