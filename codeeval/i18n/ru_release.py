"""Lines of `compare` and `gate`, English template -> Russian; written as those of `ru_messages`. A test renders both and
looks for English words."""

from __future__ import annotations

_COMPARE: dict[str, str] = {
    "pass@{k}  {one_run}: {one}%   {two_run}: {two}%   {n} problems": (
        "pass@{k}  {one_run}: {one}%   {two_run}: {two}%   {n} {n:задача|задачи|задач}"
    ),
    "difference   {value} points": "разность     {value} п. п.",
    "population {low} to {high}   other problems of this kind ({method_said})": (
        "другие задачи     {low} … {high}   ({method_said})"
    ),
    "paired t": "парный t",
    "paired t with pseudo pair": "парный t с псевдопарой",
    "paired t with skewness": "парный t с поправкой на асимметрию",
    "paired t with pseudo pair and skewness": "парный t с псевдопарой и поправкой на асимметрию",
    "{method_said} over problems; rerun: sampling variance of both runs, normal; sign-flip permutation": (
        "{method_said} по задачам; те же задачи снова: дисперсия сэмплирования обоих прогонов, нормальное приближение; "
        "перестановки знаков"
    ),
    "{method_said} over problems; sign-flip permutation": "{method_said} по задачам; перестановки знаков",
    "{name}, methods: {methods_said}": "{name}, методы: {methods_said}",
    "rerun      {low} to {high}   these problems sampled again (normal)": (
        "те же задачи      {low} … {high}   если сэмплировать снова (нормальное приближение)"
    ),
    "p            t {one}, sign-flip permutation {two}": "p            t {one}, перестановки знаков {two}",
    "p            t {one}, sign-flip permutation {two}, exact McNemar {three}": (
        "p            t {one}, перестановки знаков {two}, точный Макнемар {three}"
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
    "… and {n} more": "… и ещё {n}",
    "by chance alone {value} problems would be listed as regressed (p of as many as here: {p_value})": (
        "случайно в списке ухудшений оказалось бы {value} (p для стольких, сколько здесь: {p_value})"
    ),
    "p adjusted for {n} comparisons (Holm): {value}": "p с поправкой на {n} {n:сравнение|сравнения|сравнений} (Холм): {value}",
    "{value} points ({name})": "{value} п. п. ({name})",
    # Markdown
    "### pass@{k}: {name} and others": "### pass@{k}: {name} и другие",
    "### pass@{k}: {name} and {other}": "### pass@{k}: {name} и {other}",
    "| run | pass@k | difference (points) | other problems | same problems again | p (permutation) | p (Holm) | regressed "
    "| fixed | detectable |": (
        "| прогон | pass@k | разность (п. п.) | другие задачи | те же задачи снова | p (перестановки) | p (Холм) | хуже | лучше "
        "| различимо |"
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
    "pass@1 changed by {value} points (between {low} and {high}), and {n} problems regressed where chance explains {other} (p "
    "{p_value})": (
        "pass@1 изменился на {value} п. п. (от {low} до {high}), и ухудшились {n} {n:задача|задачи|задач}, а случайность "
        "объясняет {other} (p {p_value})"
    ),
    "one and the same model would drop as far with a chance of {value} (fails below {limit}, from a drop of {least})": (
        "та же самая модель просела бы настолько с вероятностью {value} (провал ниже {limit}, при просадке от {least})"
    ),
    "a drop of the margin, {value}, or more is excluded": "просадка на допуск {value} или больше исключена",
    "neither a drop nor its absence is shown; {advice_said} if the difference stays": (
        "не показаны ни просадка, ни её отсутствие; {advice_said}, если разность сохранится"
    ),
    "about {n} samples per problem in both runs would decide": (
        "решили бы около {n} {n:образца|образцов|образцов} на задачу в обоих прогонах"
    ),
    "more samples won't decide": "больше образцов не поможет",
    "floor {value}%: pass@1 of {seen}% {said_said}": "порог {value}%: pass@1 {seen}% {said_said}",
    "lies below it beyond sampling noise": "ниже его сверх шума сэмплирования",
    "is below it, but no further than sampling noise reaches": "ниже его, но в пределах шума сэмплирования",
    "reaches it": "достигает его",
    "baseline {model} {one}% -> {other} {two}%, {n} problems under {protocol}, {kind_said} interval at {level}, margin {margin} "
    "points": (
        "база {model} {one}% -> {other} {two}%, {n} {n:задача|задачи|задач} по {protocol}, интервал «{kind_said}» {level}, "
        "допуск {margin} п. п."
    ),
    "rerun": "те же задачи снова",
    "population": "другие задачи",
    "detectable {value} points (smallest true difference that this gate would usually see)": (
        "различимо {value} п. п. (наименьшая истинная разность, которую такая проверка обычно заметит)"
    ),
    # Markdown
    "## {mark} codeeval gate: {verdict_said}": "## {mark} codeeval gate: {verdict_said}",
    "| task | verdict | baseline | this run | difference (points) | interval | problems | regressed | fixed |": (
        "| набор | решение | база | этот прогон | разность (п. п.) | интервал | задач | хуже | лучше |"
    ),
    "| {task} | {mark} {verdict} | {one}% | {two}% | {value} | {low} to {high} | {rest} |": (
        "| {task} | {mark} {verdict} | {one}% | {two}% | {value} | {low} … {high} | {rest} |"
    ),
    "**{task}**, under {protocol}: {why_said}.": "**{task}**, по {protocol}: {why_said}.",
    "<details><summary>{n} regressed, {m} fixed beyond sampling noise (by chance alone {value} would be listed as "
    "regressed)</summary>": (
        "<details><summary>хуже {n}, лучше {m} сверх шума сэмплирования (случайно в списке ухудшений оказалось бы "
        "{value})</summary>"
    ),
    "| … | {kind} | | {n} more | |": "| … | {kind} | | ещё {n} | |",
}

RELEASE: dict[str, str] = {**_COMPARE, **_GATE}
