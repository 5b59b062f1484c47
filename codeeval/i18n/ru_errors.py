"""What went wrong, English template -> Russian: line by line, without the place in front of it (`tasks.jsonl, row 3: …`).
The rules for values are those of `ru_messages`."""

from __future__ import annotations

#: Flags and settings.
_SETTINGS: dict[str, str] = {
    "{what} {given} is unknown.{meant_said}": "{what}: {given} не существует.{meant_said}",
    "{what} {given} is unknown.": "{what}: {given} не существует.",
    "Did you mean {name}?": "Может быть, {name}?",
    "Did you mean {name} or {other}?": "Может быть, {name} или {other}?",
    "Known: {names}": "Есть: {names}",
    "--k {n}: pass@{a} needs at least {b} samples per problem, and there {c:is|are} {c}": (
        "--k {n}: для pass@{a} нужно не меньше {b} {b:образца|образцов|образцов} на задачу, а их {c}"
    ),
    "{more_said}, or ask for a smaller k: pass@k is never extrapolated.": (
        "{more_said} или возьмите меньшее k: pass@k никогда не экстраполируется."
    ),
    "Raise --n": "Увеличьте --n",
    "Give more samples": "Дайте больше образцов",
    "Make a run with more samples": "Сделайте прогон с большим числом образцов",
    "the model stopped: {kind}: {why_said}": "модель остановилась: {kind}: {why_said}",
    "which model? Name one with -m: a folder, a Hugging Face id, or a file of completions": (
        "какая модель? Укажите её в -m: папка, имя на Hugging Face или файл с ответами"
    ),
    "must be positive integers separated by commas, as in 1,5,10": (
        "нужны положительные целые числа через запятую, например 1,5,10"
    ),
    "{why_said}, got {value}": "{why_said}, получено {value}",
    "--extrapolate must be numbers separated by commas, as in 100,1000, up to {n}; got {value}": (
        "в --extrapolate нужны числа через запятую, например 100,1000, не больше {n}; получено {value}"
    ),
    "--cluster {field}: problem {problem} has no such field in its meta; it has {names}": (
        "--cluster {field}: у задачи {problem} нет такого поля в meta; есть {names}"
    ),
    "--cluster {field}: all problems are of one cluster, and an interval needs two": (
        "--cluster {field}: все задачи в одной группе, а для интервала нужны две"
    ),
    "an interval over problems needs at least two that were judged": (
        "для интервала по задачам нужны хотя бы две оценённые"
    ),
    "ids are known to {where_said}": "id знает {where_said}",
    "the server": "сервер",
    "transformers, which is not installed here": "transformers, который здесь не установлен",
    "a file of completions has no tokenizer": "у файла с ответами нет токенизатора",
    "must look like key=value": "нужен вид ключ=значение",
    "Input should be a valid integer, unable to parse string as an integer": "нужно целое число",
    "Input should be a valid number, unable to parse string as a number": "нужно число",
    "Input should be greater than or equal to {n}": "должно быть не меньше {n}",
    "Input should be less than or equal to {n}": "должно быть не больше {n}",
    "Input should be greater than {n}": "должно быть больше {n}",
    "Input should be {names}": "допустимо: {names}",
    "not valid TOML: {why_said}": "неверный TOML: {why_said}",
    "there is no setting {name}; did you mean {other}?": "нет настройки {name}; может быть, {other}?",
    "there is no setting {name}; known: {names}": "нет настройки {name}; есть: {names}",
    "can't be changed by --resume, the run keeps the settings it was started with": (
        "при --resume этого менять нельзя: прогон сохраняет настройки, с которыми начат"
    ),
    "These may be given: {names}.": "Можно указать: {names}.",
    "its completions came from a file, so there is nothing to generate again": (
        "его ответы взяты из файла, генерировать заново нечего"
    ),
    "{task} has no such problem among those selected": "среди выбранных в {task} такой задачи нет",
    "no problem of {task} can be renamed without a doubt": "в {task} нет задач, которые можно надёжно переименовать",
    "--limit must be at least 1, got {value}": "--limit должен быть не меньше 1, получено {value}",
    "no problem has an id in the range {name}": "нет задач с id в диапазоне {name}",
    "{task} has no problem {problem}; it has {names}": "в {task} нет задачи {problem}; есть {names}",
    "no problem is left to evaluate": "не осталось задач для оценки",
    "there is no problem in it": "в нём нет задач",
    "must have {one} once, where the problem goes, and {two} at most once (found {a} and {b})": (
        "{one} должно встретиться один раз, на месте задачи, {two} — не больше раза (найдено {a} и {b})"
    ),
    "it has no {name}, so the system prompt would be lost; add it": (
        "в нём нет {name}, поэтому системный промпт потерялся бы; добавьте"
    ),
    "can't read this file as UTF-8 text: {reason_said}": "не читается как текст UTF-8: {reason_said}",
    "this export needs {package}, which is not installed: pip install {name}": (
        "для этого экспорта нужен {package}, он не установлен: pip install {name}"
    ),
    "needs jinja2, which is not installed: pip install jinja2": "нужен jinja2, он не установлен: pip install jinja2",
    "unknown protocol {name}: choose one of {names}": "нет протокола {name}; есть {names}",
    "Use strict, or one of {names}.": "Возьмите strict или один из {names}.",
    "it is for sets like HumanEval and MBPP, and {task} is in MERA's schema": (
        "он для наборов вроде HumanEval и MBPP, а {task} записан в схеме MERA"
    ),
    "MERA's scorers compare texts of outputs, and {task} has tests of another kind": (
        "оценщики MERA сравнивают тексты результатов, а у {task} тесты другого рода"
    ),
    "Leave --protocol out (then it is {name}), or use strict.": (
        "Не указывайте --protocol (тогда это {name}) или возьмите strict."
    ),
    "the instruction has no {field}, so the model would never see the function; add {again} to the field `instruction`": (
        "в инструкции нет {field}, модель не увидела бы функцию; добавьте {again} в поле `instruction`"
    ),
    "unknown template {name}; known: {names}": "нет шаблона {name}; есть: {names}",
    "unknown backend {name}; known: {names}": "нет бэкенда {name}; есть: {names}",
    "backend {name} needs {names}, which is not installed: {remedy}": (
        "бэкенду {name} нужно установить {names}: {remedy}"
    ),
    "problem {problem} has {a} completions, the run needs {b}; ask for fewer with --n or --problems, or judge what is there with "
    "`codeeval score`": (
        "у задачи {problem} {a} {a:ответ|ответа|ответов}, прогону нужно {b}; возьмите меньше (--n, --problems) или оцените "
        "то, что есть: `codeeval score`"
    ),
    "problem {problem} has {a} completions, the run needs {b} ({n} problems have too few); ask for fewer with --n or "
    "--problems, or judge what is there with `codeeval score`": (
        "у задачи {problem} {a} {a:ответ|ответа|ответов}, прогону нужно {b} (слишком мало у {n} {n:задачи|задач|задач}); "
        "возьмите меньше (--n, --problems) или оцените то, что есть: `codeeval score`"
    ),
}

#: Clusters.
_CLUSTERS: dict[str, str] = {
    "--cluster-option: there is no cluster; name one with --cluster": (
        "--cluster-option: кластер не назван; назовите его через --cluster"
    ),
    "--cluster {address} is no address; it is auto, local, HOST:PORT or ray://HOST:PORT": (
        "--cluster {address} — не адрес; бывает auto, local, HOST:PORT или ray://HOST:PORT"
    ),
    "--cluster-option {key}=…: there is no such option; it knows: num_cpus, resource.NAME": (
        "--cluster-option {key}=…: такой настройки нет; есть num_cpus, resource.NAME"
    ),
    "--cluster-option {key}={value}: must be a number above 0": (
        "--cluster-option {key}={value}: должно быть число больше 0"
    ),
}

#: Models and servers.
_MODELS: dict[str, str] = {
    "no server listens at {url}; start it, or correct --base-url": (
        "по адресу {url} нет сервера; запустите его или исправьте --base-url"
    ),
    "no server listens at {url}; the others do its share until it answers": (
        "по адресу {url} нет сервера; пока он не ответит, его долю берут остальные"
    ),
    "{url} refuses the key: set OPENAI_API_KEY or -M api_key_file=PATH ({reason})": (
        "{url} не принимает ключ: задайте OPENAI_API_KEY или -M api_key_file=PATH ({reason})"
    ),
    "{url} has no such model or interface: {model} ({reason}){hint_said}": (
        "{url} не знает такой модели или такого интерфейса: {model} ({reason}){hint_said}"
    ),
    "{url} does not complete texts with {model} ({reason}){hint_said}": (
        "{url} не продолжает тексты с моделью {model} ({reason}){hint_said}"
    ),
    "{url} does not chat with {model} ({reason}){hint_said}": "{url} не ведёт диалог с моделью {model} ({reason}){hint_said}",
    "; where it only completes texts, use --template none": "; если он только продолжает тексты, возьмите --template none",
    "; where it only chats, use --template chat, or -M api=chat for a text as the user's turn": (
        "; если он только ведёт диалог, возьмите --template chat или, чтобы текст стал репликой пользователя, -M api=chat"
    ),
    "the proxy {proxy}, through which {url} is asked, does not answer; start it, unset HTTP_PROXY and HTTPS_PROXY, or name the "
    "server's host in NO_PROXY": (
        "прокси {proxy}, через который идут запросы к {url}, не отвечает; запустите его, уберите HTTP_PROXY и HTTPS_PROXY или "
        "внесите хост сервера в NO_PROXY"
    ),
    "the certificate of {url} can't be verified ({reason}): name the certificates to trust with --ca-bundle FILE or "
    "SSL_CERT_FILE, or do without the check by -M verify=0": (
        "сертификат {url} не проходит проверку ({reason}): укажите доверенные сертификаты в --ca-bundle FILE или SSL_CERT_FILE "
        "либо откажитесь от проверки: -M verify=0"
    ),
    "the proxies of the environment can't be used ({reason}); correct or unset HTTP_PROXY, HTTPS_PROXY and ALL_PROXY": (
        "прокси из окружения не подходят ({reason}); исправьте или уберите HTTP_PROXY, HTTPS_PROXY и ALL_PROXY"
    ),
    "{url} does not speak TLS ({reason}): try http:// instead of https://": (
        "{url} не понимает TLS ({reason}): попробуйте http:// вместо https://"
    ),
    "{name} {path}: can't read certificates from this file: {reason}": (
        "{name} {path}: из этого файла не читаются сертификаты: {reason}"
    ),
    "the server refuses {name}={value} ({reason}): without it something else would be measured; change {flag} to what this "
    "server takes, or take another server": (
        "сервер не принимает {name}={value} ({reason}): без этого параметра измерялось бы другое; задайте в {flag} то, что он "
        "принимает, или возьмите другой сервер"
    ),
    "--template auto: {name} is no folder, and without transformers here its tokenizer can't be looked at; name a template with "
    "--template": (
        "--template auto: {name} — не папка, а без transformers её токенизатор не посмотреть; укажите шаблон в --template"
    ),
    "--template chat needs the server's chat interface; leave -M api=completions out": (
        "для --template chat нужен интерфейс диалога; уберите -M api=completions"
    ),
    "OpenAI's API needs a key: put it into OPENAI_API_KEY or a file named by -M api_key_file=PATH (for a server of your own "
    "give --base-url)": (
        "для API OpenAI нужен ключ: положите его в OPENAI_API_KEY или в файл -M api_key_file=PATH (для своего сервера укажите "
        "--base-url)"
    ),
    "no key, token or password may be in it, because the manifest records it; put the key into OPENAI_API_KEY or a file named by "
    "-M api_key_file=PATH": (
        "в нём не должно быть ключа, токена и пароля: он попадает в манифест; положите ключ в OPENAI_API_KEY или в файл "
        "-M api_key_file=PATH"
    ),
    "no name, password or query may be in the address, because the manifest records it; put the key into OPENAI_API_KEY or a "
    "file named by -M api_key_file=PATH": (
        "в адресе не должно быть имени, пароля и параметров: он попадает в манифест; положите ключ в OPENAI_API_KEY или в файл "
        "-M api_key_file=PATH"
    ),
    "--base-url {url} is no address; it looks like http://127.0.0.1:8000/v1": (
        "--base-url {url} — не адрес; он выглядит так: http://127.0.0.1:8000/v1"
    ),
    "can't be read ({reason})": "не читается ({reason})",
    "sample {i} was asked of a run with n={n}": "запрошен образец {i}, а у прогона n={n}",
    "must be a JSON object": "нужен объект JSON",
    "the file must hold the key and nothing else, in one line": "в файле должен быть только ключ, одной строкой",
    "no such model folder: {name}; give a folder, or a name like owner/model from the Hub": (
        "нет папки модели {name}; укажите папку или имя вида owner/model на Hugging Face"
    ),
    "{name} is a file; give the folder that holds config.json and the weights": (
        "{name} — файл; укажите папку с config.json и весами"
    ),
    "{name} is no model folder: it has no config.json": "{name} — не папка модели: в ней нет config.json",
    "{name} lacks weights: {files}; copy or download them again": (
        "в {name} не хватает весов: {files}; скопируйте или скачайте их заново"
    ),
    "{name} lacks its tokenizer: there is no tokenizer.json and no vocabulary; save it into the same folder": (
        "в {name} нет токенизатора: ни tokenizer.json, ни словаря; сохраните его в ту же папку"
    ),
    "{name} {fault_said}; copy or download it again": "{name} {fault_said}; скопируйте или скачайте заново",
    "tokenizer.json is broken: {reason}; copy or download it again": (
        "tokenizer.json повреждён: {reason}; скопируйте или скачайте его заново"
    ),
    "is cut short": "обрывается",
    "is cut short: it has {n} of {m} bytes": "обрывается: в нём {n} байт из {m}",
    "is cut short: its header alone has {n} bytes": "обрывается: один заголовок занимает {n} байт",
    "is no safetensors file": "не в формате safetensors",
    "is a pointer of Git LFS, not the weights (`git lfs pull` fetches them)": (
        "— указатель Git LFS, а не веса (их скачивает `git lfs pull`)"
    ),
    "{name} is no folder here and could not be loaded from the Hub ({reason})": (
        "{name} — не папка, и с Hugging Face загрузить не удалось ({reason})"
    ),
    "can't load the model in {name}: {reason}": "не удаётся загрузить модель из {name}: {reason}",
    "the weights of {name} don't fit its config.json: {n} tensors are missing or have another shape, {tensor} first; the "
    "download may be incomplete": (
        "веса {name} не подходят к config.json: {n} {n:тензор отсутствует или имеет|тензора отсутствуют или имеют|тензоров "
        "отсутствуют или имеют} другую форму, первый — {tensor}; возможно, скачано не всё"
    ),
    "config.json or the index of the weights is broken: {reason}": "config.json или список весов испорчен: {reason}",
    "{flag} device={name}: torch sees {n} GPUs here; use device=cpu": (
        "{flag} device={name}: torch видит видеокарт: {n}; возьмите device=cpu"
    ),
    "torch knows no such device; try auto, cpu, cuda or cuda:1": (
        "torch не знает такого устройства; попробуйте auto, cpu, cuda или cuda:1"
    ),
    "-M lora needs peft, which is not installed: {command}": "для -M lora нужен peft, он не установлен: {command}",
    "can't apply the adapter in {path}: {kind}: {reason}": ("не удаётся применить адаптер {path}: {kind}: {reason}"),
    "can't load its tokenizer: {reason}": "не удаётся загрузить токенизатор: {reason}",
    "no adapter there; name the folder that holds adapter_config.json": (
        "там нет адаптера; укажите папку с adapter_config.json"
    ),
    "{who} takes one of {names}": "{who} принимает одно из {names}",
    "{who} takes an integer of at least {n}": "{who} принимает целое число не меньше {n}",
    "{who} has no such option; it knows: {names}": "у {who} нет такого параметра; есть: {names}",
    "backend vllm has no such option; it takes the arguments of vllm.LLM": (
        "у бэкенда vllm нет такого параметра; он принимает аргументы vllm.LLM"
    ),
    "this is no interpreter; name the python of the environment with vLLM": (
        "это не интерпретатор; укажите python окружения с vLLM"
    ),
    "the prompt has {n} tokens and {model} takes {m}; shorten it, leave the problem out with --problems, or take another "
    "model": (
        "в промпте {n} {n:токен|токена|токенов}, а {model} принимает {m}; сократите его, исключите задачу (--problems) или "
        "возьмите другую модель"
    ),
    "out of memory while drawing a single sample; try a smaller --max-tokens": (
        "не хватает памяти и на один образец; уменьшите --max-tokens"
    ),
    "{name} stopped answering: {reason}": "{name} перестала отвечать: {reason}",
    "{name} was closed": "{name} уже закрыта",
}

#: Runs and their folders.
_RUNS: dict[str, str] = {
    "no such run folder": "нет такой папки прогона",
    "no {name} in it, so this is no run folder of codeeval": "внутри нет {name}: это не папка прогона codeeval",
    "it holds {n} {n:run|runs}; name one: {path}": (
        "внутри {n} {n:прогон|прогона|прогонов}; укажите один из них: {path}"
    ),
    "not a run file, or a damaged one ({reason})": "не файл прогона, или он повреждён ({reason})",
    "this is a SQLite file, but not a run of codeeval": "это файл SQLite, но не прогон codeeval",
    "The file is damaged.": "Файл повреждён.",
    "no run file of ours: it has a {kind} {name} that no run writes": (
        "не файл прогона codeeval: в нём есть {kind} {name}, чего ни один прогон не пишет"
    ),
    "a damaged run file: {reason}": "повреждённый файл прогона: {reason}",
    "more than {n} values": "больше {n} значений",
    "more than {n} samples are wanted": "требуется больше {n} образцов",
    "the stored outcome can't be read ({reason})": "сохранённый результат исполнения не прочитать ({reason})",
    "table problems, column wanted: no possible number of samples": (
        "таблица problems, столбец wanted: невозможное число образцов"
    ),
    "The run file is damaged.": "Файл прогона повреждён.",
    "{run} already holds a run": "{run}: здесь уже есть прогон",
    "Continue it with `codeeval run --resume {run}`, or choose another folder with -o.": (
        "Продолжите его: `codeeval run --resume {run}`, или выберите другую папку: -o."
    ),
    "another codeeval is writing this run; wait for it, or stop it first": (
        "этот прогон сейчас пишет другой codeeval; дождитесь его или сначала остановите"
    ),
    "Choose another place with -o RUN_DIR.": "Выберите другое место: -o RUN_DIR.",
    "Choose another place with -o.": "Выберите другое место: -o.",
    "{path} is not a folder": "{path} — не папка",
    "no permission to write in {path}": "нет права писать в {path}",
    "the folder {path} does not exist": "папки {path} нет",
    "this is a folder; name a file in it": "это папка; назовите файл в ней",
    "this is a file; name a folder with -o": "это файл; назовите папку: -o",
    "the name must end in .png or .svg": "имя должно оканчиваться на .png или .svg",
    "a picture needs matplotlib: pip install matplotlib": "для картинки нужен matplotlib: pip install matplotlib",
    "{path} is a pipe, and nothing was written into it yet: waiting (Ctrl-C ends it)": (
        "{path} — канал, и в него ещё ничего не записано: ждём (прервать — Ctrl-C)"
    ),
    "not a file; completions from a pipe are read by `codeeval score --samples`": (
        "не файл; ответы из канала читает `codeeval score --samples`"
    ),
    "not a file; a submission is a zip of JSON files": "не файл; отправка — это zip с файлами JSON",
    "the result can't be written: {why_said}": "результат не записать: {why_said}",
    "not UTF-8 (byte {n})": "не UTF-8 (байт {n})",
    "pass@{k} needs no model: every problem has {n} samples or more": (
        "для pass@{k} модель не нужна: у каждой задачи не меньше {n} образцов"
    ),
    "holds something else; name a new or an empty folder with -o": (
        "в ней что-то другое; назовите новую или пустую папку: -o"
    ),
    "no policy was given": "политика не указана",
    "there is no such rule": "такого правила нет",
    "Shares, not points: 3 points are 0.03.": "Доли, а не пункты: 3 пункта — это 0.03.",
    "must be [n, c] with 1 <= n <= {most} and 0 <= c <= n, got {value}": (
        "нужно [n, c], где 1 <= n <= {most} и 0 <= c <= n, получено {value}"
    ),
    "Input should be less than {n}": "должно быть меньше {n}",
    "there is no reward model; name one with --rerank": "модели оценки нет; укажите её в --rerank",
    "larger than {n} KiB": "больше {n} КиБ",
    "Make it, or choose another place with -o.": "Создайте её или выберите другое место: -o.",
    "it was judged under the protocol {name}, which this codeeval does not know": (
        "он оценён по протоколу {name}, которого этот codeeval не знает"
    ),
    "this run's programs were executed in {then}, now it is {now}; both are recorded in the run": (
        "программы этого прогона исполнялись в {then}, теперь это {now}; в прогоне записаны оба"
    ),
    "the run is incomplete": "прогон не завершён",
    "Continue it: codeeval run --resume {run}": "Продолжить: codeeval run --resume {run}",
    "the run is incomplete, {n} samples are pending": ("прогон не завершён, ожидают {n} {n:образец|образца|образцов}"),
    "`codeeval run --resume {run}` continues it.": "Продолжить: `codeeval run --resume {run}`.",
    "the run is incomplete ({n} samples pending), so there is no result to publish": (
        "прогон не завершён (ожидают {n} {n:образец|образца|образцов}), публиковать нечего"
    ),
    "no sample has a verdict (hidden answers?), so there is no result to publish": (
        "ни у одного образца нет вердикта (ответы скрыты?), публиковать нечего"
    ),
    "no sample has a verdict, so there is nothing to compare": "ни у одного образца нет вердикта, сравнивать нечего",
    "{note_said}, and there is no result of the set to publish": "{note_said}; публиковать как результат набора нечего",
    "not judged under {name}, only under {names}": "не оценён по {name}, только по {names}",
    "`codeeval rescore {run} --protocol {name}` judges it again.": (
        "Оценить заново: `codeeval rescore {run} --protocol {name}`."
    ),
    "it holds a run per instruction; name one of them, for example {path}": (
        "внутри по прогону на инструкцию; укажите один из них, например {path}"
    ),
    "with --instructions there are several runs; give it afterwards to `codeeval report` of one of them": (
        "с --instructions прогонов несколько; укажите потом в `codeeval report` одного из них"
    ),
    "with --instructions there are several runs; `codeeval rerank` each afterwards": (
        "с --instructions прогонов несколько; выполните потом `codeeval rerank` для каждого"
    ),
    "{run} already holds runs of several instructions": "{run}: здесь уже есть прогоны с разными инструкциями",
    "Continue them with `codeeval run --resume {run}`, or choose another folder with -o.": (
        "Продолжите их: `codeeval run --resume {run}`, или выберите другую папку: -o."
    ),
    "with --instructions the folder must be new or empty": "с --instructions папка должна быть новой или пустой",
    "Choose another one with -o.": "Выберите другую: -o.",
    "{task} has {n} different instructions, so there is nothing to compare": (
        "в {task} {n} {n:инструкция|разные инструкции|разных инструкций}, сравнивать нечего"
    ),
    "MERA's sets and rustarter have ten; a file in MERA's schema may give each problem its own.": (
        "В наборах MERA и в rustarter их десять; в файле схемы MERA у каждой задачи может быть своя."
    ),
    "give all, or numbers from 1 to {n} such as 1,3-5": "укажите all или номера от 1 до {n}, например 1,3-5",
}

#: Problem files.
_TASKS: dict[str, str] = {
    "unknown task {name}: name one of {names}, or a file ({suffixes})": (
        "нет набора {name}: укажите один из {names} или файл ({suffixes})"
    ),
    "can't tell the format from the name; known are {names}": "по имени не понять формат; известны {names}",
    "can't be read: {reason_said}": "не читается: {reason_said}",
    "not a file; give the path of a problem file ({names})": "не файл; укажите путь к файлу задач ({names})",
    "{n} bytes, more than the limit of {m} MiB for a problem file": (
        "{n} {n:байт|байта|байт} — больше предела {m} МиБ для файла задач"
    ),
    "Split the set into several files.": "Разделите набор на несколько файлов.",
    "not UTF-8: {reason}": "не UTF-8: {reason}",
    "Save the file as UTF-8.": "Сохраните файл в UTF-8.",
    "broken JSON: {reason}": "испорченный JSON: {reason}",
    "Correct the file at this place.": "Исправьте файл в этом месте.",
    "The file must be a list of rows, or hold one under {names}.": (
        "Файл должен быть списком записей или содержать его в {names}."
    ),
    "a list of rows is expected, not {value}": "ожидается список записей, а не {value}",
    "an object without a list of rows{rest}": "объект без списка записей{rest}",
    "not a readable Parquet file: {reason}": "файл Parquet не читается: {reason}",
    "Download or write it again.": "Скачайте или запишите его заново.",
    "reading Parquet needs pyarrow: {command}": "для чтения Parquet нужен pyarrow: {command}",
    "See {path}.": "Схема описана в {path}.",
    "See {path} for the schema.": "Схема описана в {path}.",
    "is missing": "отсутствует",
    "a row must be an object with instruction, inputs, outputs and meta": (
        "запись должна быть объектом с полями instruction, inputs, outputs и meta"
    ),
    "a row must be an object": "запись должна быть объектом",
    "there is no {field} in it, so the model would never see the function": (
        "в нём нет {field}, модель не увидела бы функцию"
    ),
    "Put {field} where the function belongs.": "Поставьте {field} туда, где место функции.",
    "{name} is not a name of Python": "{name} — не имя в Python",
    "the function {name}, named in meta.entry_point, is not defined in it": (
        "функция {name} из meta.entry_point в нём не определена"
    ),
    "Write `def {name}(…):` there, or correct meta.entry_point.": (
        "Напишите там `def {name}(…):` или исправьте meta.entry_point."
    ),
    "the id {problem} was used before, in {place}": "id {problem} уже был: {place}",
    'Give every problem an id of its own (the number 1 and the text "1" count as the same).': (
        'Дайте каждой задаче свой id (число 1 и текст "1" — одно и то же).'
    ),
    "not a Python literal: {reason}": "не литерал Python: {reason}",
    "It must be a list of dicts.": "Нужен список словарей.",
    "a Python literal, but not a list": "литерал Python, но не список",
    "It must be a list of dicts, one per test.": "Нужен список словарей, по одному на тест.",
    "a list without a test: nothing could be judged": "список без тестов: оценивать было бы нечего",
    "Give at least one test.": "Дайте хотя бы один тест.",
    "longer than {n} characters when written as literals": "в виде литералов длиннее {n} {n:знака|знаков|знаков}",
    "Use smaller tests.": "Возьмите тесты поменьше.",
    "not a dict": "не словарь",
    "a key is not a string": "ключ — не строка",
    "an argument is given twice": "аргумент указан дважды",
    "a value is not a literal: {reason}": "значение — не литерал: {reason}",
    "A test is a dict of keyword arguments, for example {example}.": (
        "Тест — это словарь именованных аргументов, например {example}."
    ),
    "{n} {n:output|outputs} for {m} {m:test|tests}": "{n} {n:результат|результата|результатов} на {m} {m:тест|теста|тестов}",
    "Give one output per test, in the same order, or none at all if they are hidden.": (
        "Дайте по результату на тест в том же порядке или, если ответы скрыты, ни одного."
    ),
    "{task} was not published with {name}; editions: {names}": "{task} не издавался для {name}; издания: {names}",
    "can't get {pattern} of the dataset {repo} ({reason})": "не удаётся получить {pattern} из набора {repo} ({reason})",
    "there is no file {pattern} in it": "в нём нет файла {pattern}",
    "HF_HUB_OFFLINE is set, so only the cache was tried; unset it to download.": (
        "Задано HF_HUB_OFFLINE, поэтому проверен только кэш; уберите его, чтобы скачать."
    ),
    "With a network, put it into the cache:  {command}": "Если есть сеть, положите файл в кэш:  {command}",
    "Without one, copy the file here from elsewhere and name it:  -t {path}": (
        "Если сети нет, скопируйте файл сюда и укажите его:  -t {path}"
    ),
}

#: Completions, answers, submissions.
_SAMPLES: dict[str, str] = {
    "can't read the samples: {reason_said}": "ответы не читаются: {reason_said}",
    "no usable row{rest_said}": "нет ни одной пригодной строки{rest_said}",
    "no usable row": "нет ни одной пригодной строки",
    "; {row_said}: {reason_said}": "; {row_said}: {reason_said}",
    "rows look like {example}": "строки выглядят так: {example}",
    "no field completion, resps, filtered_resps or solution": (
        "нет ни одного из полей completion, resps, filtered_resps, solution"
    ),
    "no field {names}; it names the problem": "нет поля {names} с id задачи",
    "no field {name}; --responses names the other one": "нет поля {name}; другое указывается в --responses",
    "field {name} must hold texts, it holds {value_said}": "в поле {name} должны быть тексты, а там {value_said}",
    "field {name} holds no response": "в поле {name} нет ответов",
    "results of codeeval, not completions: `outputs` is what the tests gave": (
        "это результаты codeeval, а не ответы: в `outputs` то, что получили тесты"
    ),
    "a problem, not a completion: a set of problems is named with -t": (
        "это задача, а не ответ: набор задач указывается в -t"
    ),
    "completions in {language}: only Python is executed here": "ответы на языке {language}: здесь исполняется только Python",
    "field prompt must be a text": "поле prompt должно быть текстом",
    "field results must be a list of programs, with field tests beside it": (
        "поле results должно быть списком программ, и рядом должно быть поле tests"
    ),
    "field results holds what is no program with the tests at its end": (
        "в поле results не программы, в конце которых стоят тесты"
    ),
    "the {place} ended in an error, so there is no answer: {reason}": "ошибка ({place}), поэтому ответа нет: {reason}",
    "the log has no answer of the model for this sample": "в журнале нет ответа модели для этого образца",
    "the message of the model is neither a text nor a list of parts": "сообщение модели — не текст и не список частей",
    "a part of the model's message is no text": "часть сообщения модели — не текст",
    "the model's answer is an attachment that the log lacks": "ответ модели вынесен во вложение, которого в журнале нет",
    "a log of Inspect is read by inspect_ai, which is not installed: pip install inspect_ai": (
        "журнал Inspect читает inspect_ai, а он не установлен: pip install inspect_ai"
    ),
    "Or turn it into JSON where it is: inspect log dump FILE > log.json": (
        "Или превратите его в JSON там, где он есть: inspect log dump FILE > log.json"
    ),
    "more than {n} GiB when unpacked": "больше {n} ГиБ в распакованном виде",
    "Split the log.": "Разделите журнал.",
    "inspect_ai can't read the log ({kind}: {reason})": "inspect_ai не может прочесть журнал ({kind}: {reason})",
    "Inspect's log says {state}: samples that it does not have are not in the score": (
        "журнал Inspect говорит {state}: образцы, которых в нём нет, в оценку не вошли"
    ),
    "no row of a table: {reason}": "не строка таблицы: {reason}",
    "{n} cells under {m} columns": "ячеек {n}, а столбцов {m}",
    "not JSON: {reason} at column {n}; the file ends in the middle of a row": (
        "не JSON: {reason}, столбец {n}; файл обрывается посреди строки"
    ),
    "the rows name no problem": "в строках нет id задач",
    "`codeeval score --samples` takes them in the set's order.": "`codeeval score --samples` берёт их в порядке набора.",
    "--samples: a run of codeeval is scored alone; name the other files in a call of their own": (
        "--samples: прогон codeeval оценивается отдельно; назовите остальные файлы в другом вызове"
    ),
    "more than {n} samples": "больше {n} образцов",
    "Score it in parts.": "Оцените по частям.",
    "more than {n} files of completions; put the rows into fewer files": (
        "больше {n} файлов с ответами; сложите строки в меньшее число файлов"
    ),
    "no file fits this pattern": "под этот шаблон не подходит ни один файл",
    "this is no run folder of codeeval, and holds no samples_*.jsonl of lm-eval": (
        "это не папка прогона codeeval, и в ней нет samples_*.jsonl из lm-eval"
    ),
    "Name the files themselves, or a pattern such as '{folder}/*.jsonl'.": (
        "Назовите сами файлы или шаблон, например '{folder}/*.jsonl'."
    ),
    "no samples_{task}_*.jsonl in it; it has samples of {names}": "в ней нет samples_{task}_*.jsonl; есть образцы {names}",
    "samples of several models in it; name the folder of one: {names}": (
        "в ней образцы нескольких моделей; назовите папку одной: {names}"
    ),
    "read {n} files of MultiPL-E in {folder}": "прочитано файлов MultiPL-E: {n}, из {folder}",
    "{n} files were named twice, or are results of files that are read": (
        "{n} {n:файл назван|файла названы|файлов названы} дважды или {n:содержит|содержат|содержат} результаты прочитанных"
    ),
    "completions of problem {n} by its place, but {task} has {m} problems": (
        "есть ответы на задачу номер {n}, а в наборе {task} {m} {m:задача|задачи|задач}"
    ),
    "Name the set that they were made for with -t.": "Назовите в -t тот набор, для которого они сделаны.",
    "most completions don't have the function of the problem at their place in {task}": (
        "в большинстве ответов нет функции той задачи, которая стоит на их месте в наборе {task}"
    ),
    "Name the set that they were made for with -t; their order must be the set's.": (
        "Назовите в -t тот набор, для которого они сделаны; порядок должен быть как в наборе."
    ),
    "the rows name no problem: they are taken for the first {n} of {task}, in its order": (
        "в строках нет id задач: это первые {n} задач набора {task} в его порядке"
    ),
    "a sample of {name}, and not of {task}": "это образец набора {name}, а не {task}",
    "Score the samples of each set on their own: name the set that they were made for with -t.": (
        "Оцените образцы каждого набора отдельно: назовите в -t тот набор, для которого они сделаны."
    ),
    "fields {name} and {other} both hold answers; leave one of them out": (
        "ответы есть и в поле {name}, и в поле {other}; оставьте одно из них"
    ),
    "what it lacks are rows of {file} that can't be read, and no model": (
        "не хватает строк файла {file}, которые не читаются, а не модели"
    ),
    "Correct them and score the file again, or leave them out with `codeeval score --skip-bad-rows`.": (
        "Исправьте их и оцените файл снова или уберите их из оценки: `codeeval score --skip-bad-rows`."
    ),
    "the run lacks this sample": "этого образца в прогоне нет",
    "a row of completions, not a problem": "это строка с ответами, а не задача",
    "Completions are scored by `codeeval score -t SET --samples FILE`; -t names the set of their problems.": (
        "Ответы оценивает `codeeval score -t НАБОР --samples ФАЙЛ`; -t называет набор их задач."
    ),
    "a row must be a JSON object, this one is {value_said}": "строка должна быть объектом JSON, а это {value_said}",
    "the problem's id must be a number or a text, it is {value_said}": (
        "id задачи должен быть числом или текстом, а это {value_said}"
    ),
    "the problem's id is empty": "пустой id задачи",
    "a boolean": "логическое значение",
    "a number": "число",
    "a text": "текст",
    "a list": "список",
    "another kind of value": "значение другого рода",
    "an object": "объект",
    "the same responses under another filter ({name}; used: {other}, the first)": (
        "те же ответы под другим фильтром ({name}; взят {other}, первый)"
    ),
    "filtered_resps holds outputs of executed programs (MERA's scoring filter), not code: use --responses resps, or judge the "
    "outputs with `codeeval validate-submission`": (
        "в filtered_resps результаты исполнения (фильтр MERA), а не код: возьмите --responses resps или оцените результаты "
        "через `codeeval validate-submission`"
    ),
    "no samples_{task}_*.jsonl in the archive; it holds {names}": "в архиве нет samples_{task}_*.jsonl; там есть {names}",
    "choose {names}": "выберите {names}",
    "scored {name} of {file}": "оценён {name} из {file}",
    "scored {name} of {file}, the newest of {n} files for this task": (
        "оценён {name} из {file}, новейший из {n} {n:файла|файлов|файлов} этого набора"
    ),
    "no sample belongs to a selected problem of {task}": "ни один образец не относится к выбранным задачам {task}",
    "The samples name {some}, the problems are {ids}, …": "В образцах id {some}, в наборе {ids}, …",
    "these are no samples of {task}: of {n} problems in it {a} have an id that {again} lacks and {b} have another function": (
        "это не образцы набора {task}: из {n} {n:задачи|задач|задач} в нём у {a} id, которых в {again} нет, у {b} другая функция"
    ),
    "The run is one of {task} ({source}): name that with -t.": (
        "Это прогон набора {task} ({source}): укажите его в -t."
    ),
    "The samples name {some}, the problems are {ids}, …: name the set that they were made for with -t.": (
        "В образцах id {some}, в наборе {ids}, …: укажите в -t набор, для которого они сделаны."
    ),
    "problem {problem} of {task} has another function": "у задачи {problem} набора {task} другая функция",
    "the rows name the set {names}; scored as {task}": "в строках указан набор {names}; оценено как {task}",
    "{n} problems lack samples, the run is incomplete": (
        "у {n} {n:задачи|задач|задач} не хватает образцов, прогон не завершён"
    ),
    "there is no answer in it": "в нём нет ответов",
    "no id, task_id or meta.id": "нет ни id, ни task_id, ни meta.id",
    "must be a list of texts, one per test": "нужен список текстов, по одному на тест",
    "A row looks like {example}; see {path}.": "Запись выглядит так: {example}; см. {path}.",
    "the id {problem} was used before": "id {problem} уже был",
    "Give each problem's answers once.": "Дайте ответы каждой задачи один раз.",
    "none of its ids ({some}, …) is a problem of {task}": "ни один из его id ({some}, …) не относится к {task}",
    "Give one per test, in their order.": "Дайте по одному на тест, в их порядке.",
    "the set has other answers for this problem": "в наборе у этой задачи другие ответы",
    "Leave them out, or use another set.": "Уберите их или возьмите другой набор.",
    "no list under data.test": "нет списка в data.test",
    "The file is {example}.": "Файл имеет вид {example}.",
    "not JSON in UTF-8: {reason}": "не JSON в UTF-8: {reason}",
    "Write it with json.dump(…, ensure_ascii=False).": "Записывайте через json.dump(…, ensure_ascii=False).",
    "larger than {n} MiB": "больше {n} МиБ",
    "it was judged under {names} only, and a submission holds what MERA's executor returns": (
        "он оценён только по {names}, а в посылке должно быть то, что возвращает исполнитель MERA"
    ),
    "--sampling mera: {task} is no set in MERA's schema; leave --sampling out": (
        "--sampling mera: {task} — набор не в формате MERA; уберите --sampling"
    ),
    "--sampling mera: the completions are read from a file, so nothing is sampled; leave it out": (
        "--sampling mera: ответы читаются из файла, ничего не генерируется; уберите этот флаг"
    ),
    "--sampling mera: whether {model} has a chat template is not known before it is loaded": (
        "--sampling mera: до загрузки неизвестно, есть ли у {model} шаблон чата"
    ),
    "Give --template chat for an instruct model, --template none for a base model.": (
        "Укажите --template chat для instruct-модели, --template none для базовой."
    ),
    "MERA's harness can't fill in the instruction: {reason}": "программа MERA не может заполнить инструкцию: {reason}",
    "--sampling mera keeps no thoughts apart; leave -M think_tokens out": (
        "--sampling mera не отделяет рассуждения; уберите -M think_tokens"
    ),
    "{model} takes {n} tokens, and {m} new ones leave none for a prompt": (
        "{model} принимает {n} {n:токен|токена|токенов}, а {m} новых не оставляют места запросу"
    ),
    "it was judged under mera-1.1, and the leaderboard of MERA 1.1 is closed": (
        "он оценён по mera-1.1, а таблица лидеров MERA 1.1 закрыта"
    ),
    "export {format}: there is no such format any more: {why_said}": "export {format}: такого формата больше нет: {why_said}",
    "the leaderboard of MERA 1.1 is closed, so nobody takes a submission of its shape; use mera": (
        "таблица лидеров MERA 1.1 закрыта, и посылку такой формы никто не примет; используйте mera"
    ),
    "it is the only shape that is submitted now, and what mera writes": (
        "это единственная форма, которую принимают сейчас, её и пишет mera"
    ),
    "export {format}: it takes one run, and {n} were given": "export {format}: нужен один прогон, а указано {n}",
    "{run} and {other}: both are of {task}, and a submission holds one run of each set": (
        "{run} и {other}: оба по набору {task}, а в посылке один прогон на набор"
    ),
    "Name one of them.": "Укажите один из них.",
    "the runs were judged by different versions of MERA: {runs}": "прогоны оценены по разным версиям MERA: {runs}",
    "A submission goes to one leaderboard: judge them alike with `codeeval rescore RUN --protocol NAME`.": (
        "Посылка идёт в одну таблицу: оцените их одинаково через `codeeval rescore RUN --protocol NAME`."
    ),
    "the runs are of different models, and a submission is of one: {runs}": (
        "прогоны разных моделей, а посылка — одной: {runs}"
    ),
    "-t {task}: one set was named already for {name}; name it once": "-t {task}: для {name} набор уже указан; укажите один",
    "Run `codeeval rescore {run} --protocol mera-code`, then `run --resume`.": (
        "Выполните `codeeval rescore {run} --protocol mera-code`, затем `run --resume`."
    ),
    "Run the problems as they are published to submit them.": "Для посылки нужны задачи в опубликованном виде.",
    "it has {n} of the {m} problems of {task}; every id must be there, or the site scores the whole task 0": (
        "в нём {n} из {m} {m:задачи|задач|задач} {task}; должны быть все id, иначе сайт оценит весь набор в 0"
    ),
    "{task} is no set of MERA's, so there is nothing to submit there": "{task} — не набор MERA, посылать туда нечего",
    "{n} of {m} problems have no samples ({ids}); every id must be there, or the site scores the whole task 0": (
        "у {n} из {m} {m:задачи|задач|задач} нет образцов ({ids}); должны быть все id, иначе сайт оценит весь набор в 0"
    ),
    "the ids of a submission are integers, so this set can't be submitted": (
        "id в посылке — целые числа, поэтому этот набор послать нельзя"
    ),
    "the site would score this submission 0, so nothing was written:": (
        "сайт оценил бы эту посылку в 0, поэтому ничего не записано:"
    ),
}

#: Published values, comparisons, the gate.
_NUMBERS: dict[str, str] = {
    "n and problems must be positive, got {n} and {m}": "n и problems должны быть положительными, получено {n} и {m}",
    "at most 200 samples of 100,000 problems": "не больше 200 образцов 100 000 задач",
    "{n} values for {m} k ({ks}); separate them by /": (
        "{n} {n:значение|значения|значений} для {m} k ({ks}); разделяйте их знаком /"
    ),
    "every k must lie between 1 and n = {n} and occur once, got {ks}": (
        "каждое k должно быть от 1 до n = {n} и встретиться один раз, получено {ks}"
    ),
    "decimals must lie between 0 and 12, got {n}": "знаков должно быть от 0 до 12, получено {n}",
    "{value} in {text} is no share; write for example 0.015/0.076/0.152": (
        "{value} в {text} — не доля; пишите, например, 0.015/0.076/0.152"
    ),
    "name two runs or more": "укажите два прогона или больше",
    "the runs can't be compared:": "эти прогоны нельзя сравнить:",
    "the baseline is of an earlier version and states the limits {stated}, and its programs had {limits}: export it again to "
    "correct it": (
        "базовый файл записан прежней версией и называет ограничения {stated}, а у программ были {limits}: выгрузите его заново, "
        "чтобы исправить это"
    ),
    "prompt": "промпты",
    "image": "образы песочниц",
    "limits": "ограничения",
    "allow differences (--allow-different) to compare anyway": "чтобы всё же сравнить: --allow-different",
    "pass@{k} needs {a} samples of every problem; {n} of {m} have fewer": (
        "для pass@{k} нужно {a} {a:образец|образца|образцов} каждой задачи; у {n} из {m} меньше"
    ),
    "the tests of {task} keep the limits of their own scorer, under every protocol": (
        "тесты {task} сохраняют ограничения своего оценщика при любом протоколе"
    ),
    "the protocol {protocol} keeps its own limits ({limits}), which are a part of its score": (
        "у протокола {protocol} свои ограничения ({limits}), они входят в его оценку"
    ),
    "Limits can be chosen with --protocol strict, and for a file of your own without --protocol.": (
        "Ограничения можно выбрать с --protocol strict и для своего файла без --protocol."
    ),
    "must not be below the {n} s of CPU time, which could never be used up": (
        "не может быть меньше {n} с процессорного времени: его нельзя было бы израсходовать"
    ),
    "a run is no baseline; make one of it, and commit that: codeeval export baseline RUN -o baseline.json": (
        "прогон — не базовый файл; сделайте его из прогона и сохраните в репозитории: "
        "codeeval export baseline RUN -o baseline.json"
    ),
    "{flag} and {other}: only one of the two can be meant; leave one out": (
        "{flag} и {other}: имеет смысл только один из двух; уберите второй"
    ),
    "there is no baseline yet": "базового файла ещё нет",
    "Make one from a run of the model that is released now, and commit it:": (
        "Сделайте его из прогона модели, выпущенной сейчас, и сохраните в репозитории:"
    ),
    "two runs of the task {names}; give one run per task": "два прогона набора {names}; дайте по одному на набор",
    "the policy requires a run of {names}, and none was given": "правила требуют прогона {names}, а его нет",
    "the baseline has no task {name}, it has {names}": "в базовом файле нет набора {name}; наборы в нём: {names}",
    "`codeeval export baseline RUN -o FILE` adds the task of RUN to the file.": (
        "`codeeval export baseline RUN -o FILE` добавит набор прогона RUN в файл."
    ),
    "`codeeval export baseline RUN -o FILE` writes such a file.": (
        "`codeeval export baseline RUN -o FILE` пишет такой файл."
    ),
}

#: What the system says, and the parser of the command line.
SYSTEM: dict[str, str] = {
    "No such file or directory": "нет такого файла или папки",
    "Permission denied": "нет доступа",
    "Is a directory": "это папка",
    "Not a directory": "это не папка",
    "No space left on device": "на диске нет места",
    "File is not a zip file": "это не zip",
    "Usage: {usage}": "Использование: {usage}",
    "Try '{command}' for help.": "Подробнее: {command}",
    "Error: {reason_said}": "Ошибка: {reason_said}",
    "No such option: {name}": "нет такого флага: {name}",
    "No such option: {name} (Possible options: {names})": "нет такого флага: {name} (возможно, {names})",
    "No such option: {name} Did you mean {other}?": "нет такого флага: {name}. Может быть, {other}?",
    "No such command {name}.": "нет такой команды: {name}.",
    "Missing option {name}.": "не указан флаг {name}.",
    "Missing argument {name}.": "не указан аргумент {name}.",
    "Invalid value for {name}: {reason_said}": "неверное значение {name}: {reason_said}",
    "Got unexpected extra argument ({name})": "лишний аргумент ({name})",
    "Got unexpected extra arguments ({names})": "лишние аргументы ({names})",
    "Option {name} requires an argument.": "флагу {name} нужно значение.",
    "{value} is not a valid int.": "{value} — не целое число.",
    "{value} is not a valid integer.": "{value} — не целое число.",
    "{value} is not a valid float.": "{value} — не число.",
    "{value} is not in the range x>={n}.": "{value} меньше {n}.",
}

#: Run folders of other people.
_TRUST: dict[str, str] = {
    "this run can't be marked as yours, so --resume will ask for its settings again: {reason_said}": (
        "этот прогон нельзя отметить как ваш, поэтому --resume снова спросит о его настройках: {reason_said}"
    ),
    "{path} belongs to another user": "{path} принадлежит другому пользователю",
    "{path} is open to other users (chmod go= {other})": "{path} доступен другим пользователям (chmod go= {other})",
    "{path} is no key; remove it, and the next run makes a new one": (
        "{path} — не ключ; удалите его, и следующий прогон сделает новый"
    ),
    "this run was not made by you on this machine, so the programs, servers and files that it names are not used": (
        "этот прогон сделан не вами на этой машине, поэтому названные в нём программы, серверы и файлы не используются"
    ),
    "Look at every value, and give again what you want (an empty value leaves an option out):": (
        "Проверьте каждое значение и укажите снова то, что нужно (пустое значение убирает параметр):"
    ),
    "(Runs of an older codeeval, or made under another home folder, as in a container, count as somebody else's.)": (
        "(Прогоны прежних версий codeeval и сделанные при другой домашней папке, как в контейнере, считаются чужими.)"
    ),
    "the reward models of a run that was not made by you here are left to `codeeval rerank`": (
        "модели вознаграждения прогона, сделанного не вами здесь, запускает только `codeeval rerank`"
    ),
    "-m: this is not the model of the run: {name} was {value}, now it is {other}": (
        "-m: это не модель прогона: {name} было {value}, теперь {other}"
    ),
    "a run from elsewhere may ask for {value} at most": "чужой прогон может потребовать не больше {value}",
    "`codeeval score --samples RUN` executes its samples anew, under this version's limits.": (
        "`codeeval score --samples RUN` выполнит его образцы заново, с ограничениями этой версии."
    ),
    "is a link; a run file must be an ordinary file": "это ссылка; файл прогона должен быть обычным файлом",
    "Name the folder that it points to.": "Укажите папку, на которую она ведёт.",
    "has a second name elsewhere, so another file would be written too": (
        "имеет второе имя в другом месте, и был бы изменён ещё один файл"
    ),
    "Copy the run folder, and work on the copy.": "Скопируйте папку прогона и работайте с копией.",
    "is no ordinary file": "это не обычный файл",
    "is a hard link, so another file would be written too": "это жёсткая ссылка, и был бы изменён ещё один файл",
    "it changes faster than it can be copied; try again, or wait until the run has ended": (
        "файл меняется быстрее, чем копируется; повторите или дождитесь конца прогона"
    ),
    "can't be copied to {path}: {reason_said}": "не копируется в {path}: {reason_said}",
    "no run file of ours: it has the schema {n}": "не наш файл прогона: версия схемы {n}",
    "no run file of ours: it lacks the {what}": "не наш файл прогона: в нём нет {what}",
    "a journal beside a run that was not made by you on this machine is not used": (
        "журнал рядом с прогоном, сделанным не вами на этой машине, не используется"
    ),
    "Delete it to read the run without it.": "Удалите его, чтобы читать прогон без него.",
    "not a run file, or a damaged one (file is not a database)": "не файл прогона или он повреждён",
    "is a link or no ordinary file, and no run leaves that": (
        "это ссылка или не обычный файл, ни один прогон такого не оставляет"
    ),
    "names other files, which no journal of a run does": "называет другие файлы, чего журнал прогона не делает",
}

ERRORS: dict[str, str] = {
    **SYSTEM,
    **_SETTINGS,
    **_CLUSTERS,
    **_MODELS,
    **_RUNS,
    **_TRUST,
    **_TASKS,
    **_SAMPLES,
    **_NUMBERS,
}
