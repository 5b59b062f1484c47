"""Lines of `compare` and `gate`, English template -> Russian; written as those of `ru_messages`. A test renders both and
looks for English words."""

from __future__ import annotations

_COMPARE: dict[str, str] = {
    "pass@{k}  {one_run}: {one}%   {two_run}: {two}%   {n} problems": (
        "pass@{k}  {one_run}: {one}%   {two_run}: {two}%   {n} {n:задача|задачи|задач}"
    ),
    "difference   {value} points": "разность     {value} п. п.",
    "difference   {value} points (standard error {error})": "разность     {value} п. п. (стандартная ошибка {error})",
    "{level}% CI, new problems (total) {low} to {high}   ({method_said})": (
        "{level} % ДИ, новые задачи (всего) {low} … {high}   ({method_said})"
    ),
    "{level}% CI, these problems (sampling only) {low} to {high}   (normal)": (
        "{level} % ДИ, эти задачи (только сэмплирование) {low} … {high}   (нормальное приближение)"
    ),
    "paired t": "парный t",
    "paired t with pseudo pair": "парный t с псевдопарой",
    "paired t with skewness": "парный t с поправкой на асимметрию",
    "paired t with pseudo pair and skewness": "парный t с псевдопарой и поправкой на асимметрию",
    "{method_said} over problems; rerun: {rerun_said}; {permutation_said}": (
        "{method_said} по задачам; эти задачи: {rerun_said}; {permutation_said}"
    ),
    "{method_said} over problems; {permutation_said}": "{method_said} по задачам; {permutation_said}",
    "sampling variance of both runs, normal": "дисперсия сэмплирования обоих прогонов, нормальное приближение",
    "variance of the differences, normal": "дисперсия разностей, нормальное приближение",
    "sign-flip permutation": "перестановки знаков",
    "permutation of samples within problems": "перестановки образцов внутри задач",
    "{name}, methods: {methods_said}": "{name}, методы: {methods_said}",
    "assumption   {one_said}; {two_said}": "допущение    {one_said}; {two_said}",
    "samples are not independent, {why_said}: {n} of {m} problems are judged as if each had one sample in each run": (
        "образцы не независимы, {why_said}: {n} из {m} задач оценены так, будто в каждом прогоне у них один образец"
    ),
    "as the baseline says": "как сказано в базе",
    "all samples of every problem agree": "все образцы каждой задачи совпадают",
    "p            t {one}, permutation {two}": "p            t {one}, перестановки {two}",
    "p            t {one}, permutation {two}, exact McNemar {three}": (
        "p            t {one}, перестановки {two}, точный Макнемар {three}"
    ),
    "detectable   {value} points (smallest true difference that this comparison would usually see; these runs differ by "
    "less than "
    "runs with seeds of their own, for which `codeeval plan` answers)": (
        "различимо    {value} п. п. (наименьшая истинная разность, которую такое сравнение обычно заметит; эти прогоны "
        "различаются "
        "меньше, чем прогоны со своими зёрнами, о которых говорит `codeeval plan`)"
    ),
    "detectable   {value} points (smallest true difference that this comparison would usually see)": (
        "различимо    {value} п. п. (наименьшая истинная разность, которую такое сравнение обычно заметит)"
    ),
    "regressed: {n} problem beyond sampling noise": "стало хуже: {n} задача сверх шума сэмплирования",
    "fixed: {n} problem beyond sampling noise": "стало лучше: {n} задача сверх шума сэмплирования",
    "regressed: {n} problems beyond sampling noise": (
        "стало хуже: {n} {n:задача|задачи|задач} сверх шума сэмплирования"
    ),
    "fixed: {n} problems beyond sampling noise": "стало лучше: {n} {n:задача|задачи|задач} сверх шума сэмплирования",
    "regressed: {n} problem, with too few samples to tell from noise": (
        "стало хуже: {n} задача, но образцов слишком мало, чтобы отличить от шума"
    ),
    "fixed: {n} problem, with too few samples to tell from noise": (
        "стало лучше: {n} задача, но образцов слишком мало, чтобы отличить от шума"
    ),
    "regressed: {n} problems, with too few samples to tell from noise": (
        "стало хуже: {n} {n:задача|задачи|задач}, но образцов слишком мало, чтобы отличить от шума"
    ),
    "fixed: {n} problems, with too few samples to tell from noise": (
        "стало лучше: {n} {n:задача|задачи|задач}, но образцов слишком мало, чтобы отличить от шума"
    ),
    "{problem} -> {after}  (counts as one sample)": "{problem} -> {after}  (считается одним образцом)",
    "… and {n} more": "… и ещё {n}",
    "by chance alone {value} problems would be listed as regressed (p of as many as here: {p_value}, of a loss as large as the "
    "largest: {worst})": (
        "случайно в списке ухудшений оказалось бы {value} (p для стольких, сколько здесь: {p_value}, для потери не "
        "меньше наибольшей: "
        "{worst})"
    ),
    "p adjusted for {n} comparisons (Holm): {value}": "p с поправкой на {n} {n:сравнение|сравнения|сравнений} (Холм): {value}",
    "{value} points ({name})": "{value} п. п. ({name})",
    # Markdown
    "### pass@{k}: {name} and others": "### pass@{k}: {name} и другие",
    "### pass@{k}: {name} and {other}": "### pass@{k}: {name} и {other}",
    "| run | pass@k | difference (points) | {one_said} | {two_said} | standard error | p (permutation) | p (Holm) | regressed "
    "| fixed | detectable |": (
        "| прогон | pass@k | разность (п. п.) | {one_said} | {two_said} | стандартная ошибка | p (перестановки) | p "
        "(Холм) | хуже "
        "| лучше | различимо |"
    ),
    "| problem | {run} | before | after | p |": "| задача | {run} | до | после | p |",
    "| problem | change | baseline | this run | p |": "| задача | изменение | база | этот прогон | p |",
    "| {problem} | regressed | {rest} |": "| {problem} | хуже | {rest} |",
    "| {problem} | fixed | {rest} |": "| {problem} | лучше | {rest} |",
    "| {run} | {share} | {difference} | {low} to {high} | {a_low} to {b_high} | {rest} |": (
        "| {run} | {share} | {difference} | {low} … {high} | {a_low} … {b_high} | {rest} |"
    ),
    "> **warning:** {text_said}": "> **предупреждение:** {text_said}",
}

_GATE: dict[str, str] = {
    "PASS": "МОЖНО (PASS)",
    "FAIL": "НЕЛЬЗЯ (FAIL)",
    "INCONCLUSIVE": "НЕ РЕШЕНО (INCONCLUSIVE)",
    "PASS  {task}": "МОЖНО (PASS)  {task}",
    "FAIL  {task}": "НЕЛЬЗЯ (FAIL)  {task}",
    "INCONCLUSIVE  {task}": "НЕ РЕШЕНО (INCONCLUSIVE)  {task}",
    "PASS  {task} (advisory: does not count)": "МОЖНО (PASS)  {task} (справочно, не учитывается)",
    "FAIL  {task} (advisory: does not count)": "НЕЛЬЗЯ (FAIL)  {task} (справочно, не учитывается)",
    "INCONCLUSIVE  {task} (advisory: does not count)": "НЕ РЕШЕНО (INCONCLUSIVE)  {task} (справочно, не учитывается)",
    "{verdict_said}: {n} tasks judged together": "{verdict_said}: {n} {n:набор|набора|наборов} вместе",
    "not judged, no run was given: {names}": "не оценено, прогон не дан: {names}",
    "pass@1 changed by {value} points (between {low} and {high}): {why_said}": (
        "pass@1 изменился на {value} п. п. (от {low} до {high}): {why_said}"
    ),
    "pass@1 changed by {value} points (between {low} and {high}), and {n} problem regressed where chance explains {other} (p "
    "{p_value})": (
        "pass@1 изменился на {value} п. п. (от {low} до {high}), и ухудшилась {n} задача, а случайность объясняет "
        "{other} (p {p_value})"
    ),
    "pass@1 changed by {value} points (between {low} and {high}), and {n} problems regressed where chance explains {other} (p "
    "{p_value})": (
        "pass@1 изменился на {value} п. п. (от {low} до {high}), и ухудшились {n} {n:задача|задачи|задач}, а случайность "
        "объясняет {other} (p {p_value})"
    ),
    "pass@1 changed by {value} points (between {low} and {high}), and problem {problem} fell from {before} to {after}: "
    "chance lets "
    "some problem lose as much in {p_value} of cases": (
        "pass@1 изменился на {value} п. п. (от {low} до {high}), и задача {problem} упала с {before} до {after}: "
        "случайно какая-либо "
        "задача теряет столько с вероятностью {p_value}"
    ),
    "one and the same model would drop as far with a chance of {value} (fails below {limit}, from a drop of {least})": (
        "та же самая модель просела бы настолько с вероятностью {value} (провал ниже {limit}, при просадке от {least})"
    ),
    "a drop of the margin, {value}, or more is excluded": "просадка на допуск {value} или больше исключена",
    "a drop of the margin, {value}, is not excluded, and {why_said}; {advice_said}": (
        "просадка на допуск {value} не исключена, и {why_said}; {advice_said}"
    ),
    "the drop of {smaller} is smaller than {least}, the smallest that fails": (
        "просадка {smaller} меньше {least}, наименьшей, за которую следует провал"
    ),
    "a drop is likely, but not beyond doubt (p {p_value}, fails below {limit})": (
        "просадка вероятна, но не несомненна (p {p_value}, провал ниже {limit})"
    ),
    "no drop is shown": "просадка не показана",
    "about {n} samples per problem in both runs would decide if the difference stays": (
        "решили бы около {n} {n:образца|образцов|образцов} на задачу в обоих прогонах, если разность сохранится"
    ),
    "about {n} samples per problem in this run would decide if the difference stays": (
        "решили бы около {n} {n:образца|образцов|образцов} на задачу в этом прогоне, если разность сохранится"
    ),
    "about {n} samples per problem in both runs, or {m} in this run alone, would decide if the difference stays": (
        "решили бы около {n} {n:образца|образцов|образцов} на задачу в обоих прогонах или {m} в одном этом, если "
        "разность сохранится"
    ),
    "more samples won't decide if the difference stays": "больше образцов не поможет, если разность сохранится",
    "independent samples (a temperature above 0, a seed each) would tell more": (
        "больше сказали бы независимые образцы (температура выше 0, у каждого своё зерно)"
    ),
    "the baseline, at {one}%, is below the smallest drop that fails, {two} points: no run can fail": (
        "база, {one}%, ниже наименьшей просадки, за которую следует провал, {two} п. п.: ни один прогон не может провалиться"
    ),
    "there are too few problems and samples: not even a run with nothing right would fail": (
        "слишком мало задач и образцов: не провалился бы даже прогон без единого верного образца"
    ),
    "not checked: {digest}, which {name} does not record": "не проверено: {digest}, этого нет в записи: {name}",
    "the baseline was written by codeeval {one}, which is newer than this one, {two}": (
        "базу записал codeeval {one}, он новее этого, {two}"
    ),
    "which version of codeeval wrote the baseline is not known: it says {value}": (
        "неизвестно, какая версия codeeval записала базу: в ней указано {value}"
    ),
    "the baseline says pass_at_1 {one}, and its problems have {two}, which is what counts": (
        "в базе указано pass_at_1 {one}, а у её задач {two}; считается второе"
    ),
    "has no digest of {names}: nothing says that a candidate was asked the same": (
        "нет отпечатка {names}: ничто не говорит, что кандидата спрашивали о том же"
    ),
    "floor {value}%: pass@1 of {seen}% {said_said}": "порог {value}%: pass@1 {seen}% {said_said}",
    "lies below it beyond sampling noise": "ниже его сверх шума сэмплирования",
    "is below it, but no further than sampling noise reaches": "ниже его, но в пределах шума сэмплирования",
    "reaches it": "достигает его",
    "baseline {model} {one}% -> {other} {two}%, {n} problems under {protocol}, {kind_said}, margin {margin} points": (
        "база {model} {one}% -> {other} {two}%, {n} {n:задача|задачи|задач} по {protocol}, {kind_said}, допуск {margin} п. п."
    ),
    # Markdown
    "## {mark} codeeval gate: {verdict_said}": "## {mark} codeeval gate: {verdict_said}",
    "| task | verdict | baseline | this run | difference (points) | {one_said} or {two_said} | problems | regressed | fixed |": (
        "| набор | решение | база | этот прогон | разность (п. п.) | {one_said} или {two_said} | задач | хуже | лучше |"
    ),
    "| task | verdict | baseline | this run | difference (points) | {kind_said} | problems | regressed | fixed |": (
        "| набор | решение | база | этот прогон | разность (п. п.) | {kind_said} | задач | хуже | лучше |"
    ),
    "samples of a problem are taken for independent draws; intervals are of the long-run score, not of a second run": (
        "образцы одной задачи считаются независимыми; интервалы — для оценки при бесконечном сэмплировании, не для "
        "второго прогона"
    ),
    "| {task} | {mark} {verdict} | {one}% | {two}% | {value} | {low} to {high} | {rest} |": (
        "| {task} | {mark} {verdict} | {one}% | {two}% | {value} | {low} … {high} | {rest} |"
    ),
    "**{task}**, under {protocol}: {why_said}.": "**{task}**, по {protocol}: {why_said}.",
    "**{task}**: {why_said}.": "**{task}**: {why_said}.",
    "<details><summary>{n} regressed, {m} fixed beyond sampling noise, {k} changed with too few samples to tell (by chance alone "
    "{value} would be listed as regressed)</summary>": (
        "<details><summary>хуже {n}, лучше {m} сверх шума сэмплирования, у {k} образцов слишком мало, чтобы судить "
        "(случайно в списке "
        "ухудшений оказалось бы {value})</summary>"
    ),
    "<details><summary>{n} regressed, {m} fixed beyond sampling noise (by chance alone {value} would be listed as "
    "regressed)</summary>": (
        "<details><summary>хуже {n}, лучше {m} сверх шума сэмплирования (случайно в списке ухудшений оказалось бы "
        "{value})</summary>"
    ),
    "| … | {kind_said} | {n} more | | |": "| … | {kind_said} | ещё {n} | | |",
    "regressed": "хуже",
    "fixed": "лучше",
    "| … | {kind} | | {n} more | |": "| … | {kind} | | ещё {n} | |",
}

RELEASE: dict[str, str] = {**_COMPARE, **_GATE}
