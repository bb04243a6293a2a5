"""The sentences of the scoreboard and of the dialogue that chooses an engine, in Korean and English."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "lab.board": Words("점수판", "Scoreboard"),
    "lab.board.about": Words(
        "과제마다 모든 엔진을 나란히 놓습니다. 점수뿐 아니라 무엇을 치르고 얻은 점수인지도 봅니다. "
        "점수는 시험 세트에서 미리 잰 값이고, 시간과 메모리는 단추를 누르면 지금 이 기계에서 잽니다.",
        "Every engine side by side, task by task: the score, and what it costs. Scores were taken beforehand on the test set; "
        "time and memory are measured on this machine when you press the button.",
    ),
    "board.task": Words("과제", "Task"),
    "board.task.all": Words("모든 과제", "All tasks"),
    "board.find": Words("엔진 이름으로 거르기", "Filter by engine"),
    "board.copy": Words("마크다운으로 복사", "Copy as Markdown"),
    "board.copied": Words("복사했습니다", "Copied"),
    "board.csv": Words("CSV로 저장", "Download CSV"),
    "board.none": Words("맞는 줄이 없습니다.", "No row fits."),
    "board.count": Words("{n}줄", "{n} rows"),
    "board.sort": Words("눌러서 정렬", "press to sort"),
    "board.baseline": Words("기준", "baseline"),
    "board.chosen": Words("고른 엔진", "chosen"),
    "board.empty": Words("이 과제에는 아직 체크포인트가 없습니다.", "There is no checkpoint for this task yet."),
    "board.measure": Words("여기서 재기", "Measure here"),
    "board.stop": Words("멈추기", "Stop"),
    "board.unmeasured": Words(
        "시간과 메모리는 아직 재지 않았습니다. 과제마다 약 {seconds}초 걸립니다.",
        "Time and memory are not measured yet; it takes about {seconds} s.",
    ),
    "board.warming": Words("예열: {done} / {count} 엔진", "Warming up: {done} of {count} engines"),
    "board.measuring": Words(
        "재는 중: 엔진마다 {n} / {most}번, {seconds}초까지",
        "Measuring: {n} of {most} answers an engine, {seconds} s at most",
    ),
    "board.measured": Words(
        "엔진마다 답 하나씩 {n}번 · x {xs}개 (최대 {steps}단계) · {machine} · 측정 전 한 번씩 예열",
        "{n} single answers an engine · {xs} fixed x (up to {steps} steps) · {machine} · one warm-up each before",
    ),
    "board.gone": Words(" · 답하지 못한 엔진 {count}개", " · {count} engines could not answer"),
    "board.nobody": Words("답할 수 있는 엔진이 없습니다.", "No engine could answer."),
    "board.pick": Words(
        "과제를 하나 고르면 시간을 재고, 그림을 보고, 엔진을 고를 수 있습니다.",
        "Choose one task to measure time, see the picture and choose an engine.",
    ),
    "board.engine": Words("엔진", "Engine"),
    "board.score": Words("점수", "Score"),
    "board.score.exact": Words("정확히 맞힌 비율", "exact answers"),
    "board.score.accuracy": Words("정확도", "accuracy"),
    "board.score.other": Words("측정값 {name}", "{name}"),
    "board.score.range": Words("{least}에서 {most}까지, ", "{least} to {most}, "),
    "board.score.seeds": Words("시드 {count}개", "{count} seeds"),
    "board.score.folds": Words("폴드 {count}개", "{count} folds"),
    "board.score.one": Words("시드 1개", "one seed"),
    "board.trained": Words(
        "학습한 기계: {machine}. 몇 분만 배운 엔진의 낮은 점수는 거기까지 왔다는 뜻이지, 더 못 한다는 뜻이 아닙니다.",
        "Trained on: {machine}. A low score after few minutes says where an engine stood by then, not what it can reach.",
    ),
    "board.parameters": Words("파라미터", "Parameters"),
    "board.minutes": Words("학습(분)", "Training, min"),
    "board.p50": Words("답 하나 p50", "Answer p50"),
    "board.p95": Words("답 하나 p95", "Answer p95"),
    "board.state": Words("상태 64 → 256단계", "State, 64 → 256 steps"),
    "board.state.flat": Words("일정", "flat"),
    "board.state.grows": Words("한 단계에 {bytes}씩 자람", "grows {bytes} a step"),
    "board.state.other": Words("순서대로 읽게 만들 때", "if built to stream"),
    "board.peak": Words("답의 메모리", "Answer memory"),
    "board.back": Words("보는 범위", "Sees"),
    "board.back.steps": Words("뒤로 {n}", "{n} back"),
    "board.ahead.steps": Words("앞으로 {n}", "{n} ahead"),
    "board.far": Words("먼 의존", "Long range"),
    "board.far.chain": Words("{steps:,}자리 올림 사슬", "carry chains, {steps:,} digits"),
    "board.far.random": Words("{steps:,}자리 무작위 {share}", "{share} on random {steps:,} digits"),
    "board.far.adding": Words("더하기 문제 {steps}단계", "adding: {steps} steps"),
    "board.far.recall": Words("연상 {steps}쌍", "recall: {steps} pairs"),
    "board.far.none": Words("먼 거리는 하나도 풀지 못함", "none of the distances solved"),
    "board.how": Words("숫자마다 어떻게 쟀나", "How each number was measured"),
    "board.how.text": Words(
        "- **점수**: 과제의 첫 시험 세트, 답을 스스로 만들게 해서(teacher forcing 없음) 잰 값. 시드나 폴드가 여럿이면 평균과 최소~최대. "
        "기준 줄은 배우지 않거나 단순히 배운 답입니다.\n"
        "- **파라미터**: 학습되는 수의 개수. **학습(분)**: 시드 하나의 평균이며, 다른 일이 함께 돌던 기계라 상한입니다.\n"
        "- **답 하나 p50, p95**: 부호로 바꾼 x에서 답의 기호까지. 엔진들이 돌아가며 같은 x에 하나씩(배치 1) 답하므로 기계의 다른 일이 고루 "
        "섞입니다. 답이 길면 더 걸립니다. 영상은 프레임 인코더를 뺀 시간입니다. p95는 20번부터 적습니다.\n"
        "- **상태**: 64단계와 256단계 뒤 `step`이 들고 있는 텐서의 바이트(단정도, 가중치 제외). x를 한꺼번에 보는 모델은 상태를 들지 않으므로, "
        "같은 폭의 층을 순서대로 읽게 만들었을 때의 값이고 그렇게 적었습니다. 인코더-디코더는 x가 64, 256단계일 때 디코더의 상태입니다.\n"
        "- **답의 메모리**: 가장 긴 x에 답하는 동안 동시에 살아 있는 텐서의 최대 바이트(가중치 제외). CPU에서는 torch 연산이 돌려준 "
        "텐서를 셉니다(커널 안에서 잠깐 쓰는 자리는 안 보임). CUDA에서는 torch.cuda.max_memory_allocated입니다.\n"
        "- **보는 범위**: 답이 마지막 단계에서 뒤로 몇 단계까지, 그리고 한 단계가 앞으로 몇 단계까지 의존할 수 있는 길이 있는지(256단계까지 "
        "확인). 구조의 사실일 뿐, 배운 것이 아닙니다. 앞으로 0이면 입력이 들어오는 동안 답할 수 있습니다.\n"
        "- **먼 의존**: 덧셈은 가장 긴 올림 사슬에서 정확히 맞힌 비율. 그 밖에는 장거리 실험실의 격자에서 과반의 시드가 푼 가장 먼 거리이며, "
        "이 체크포인트가 아니라 그 실험의 작은 모델로 잰 값입니다. ‘–’는 재지 않았다는 뜻입니다.",
        "- **Score**: the task's first test set, answers generated, never teacher-forced. Over several seeds or folds: mean, and least to "
        "most. Baseline rows are answers that need no learning, or little.\n"
        "- **Parameters**: trained numbers. **Training**: minutes of one seed, the mean; an upper bound, as other work ran beside.\n"
        "- **Answer p50 and p95**: from the encoded x to the symbols of the answer. The engines take turns, one answer each (batch 1) on "
        "the same x, so that other work on the machine falls on all alike. A longer answer takes longer. For videos the frame encoder is left "
        "out. p95 is given from 20 answers on.\n"
        "- **State**: bytes of the tensors that `step` holds after 64 and after 256 steps (single precision, without the weights). A model that "
        "sees all of x at once holds none; its row shows the same layer built to read step by step, and says so. Of an encoder-decoder: the "
        "decoder's state for an x of 64 and of 256 steps.\n"
        "- **Answer memory**: the most bytes of tensors alive at once while the longest x is answered, without the weights. On a CPU "
        "the tensors that torch's operations return are counted (room a kernel takes inside itself is not seen); on CUDA it is "
        "torch.cuda.max_memory_allocated.\n"
        "- **Sees**: how far back from the last step the answer, and how far ahead a step, can depend on the input at all (tried up to 256). A "
        "fact of the wiring, not of what was learned. 0 ahead: it can work while the input is still coming.\n"
        "- **Long range**: for addition the exact answers on the longest chains of carries. Else the longest distance that most seeds solved "
        "in the grid of the long-range laboratory, by the small nets of that grid, not by this checkpoint. “–”: not measured.",
    ),
    "board.picture": Words("점수와 값", "Score against cost"),
    "board.picture.x": Words("가로축", "Across"),
    "board.picture.parameters": Words("파라미터 수", "parameters"),
    "board.picture.time": Words("답 하나의 시간 p50 (ms)", "time of one answer, p50 (ms)"),
    "board.picture.unmeasured": Words(
        "시간을 아직 재지 않았습니다. 위의 ‘여기서 재기’를 누르세요.",
        "Time is not measured yet: press “Measure here” above.",
    ),
    "board.picture.about": Words(
        "왼쪽 위일수록 좋습니다. 막대는 시드나 폴드의 최소~최대, 파선은 기준입니다.",
        "Up and to the left is better. Bars: least to most over seeds or folds; dashed: the baseline.",
    ),
    "board.picture.marks": Words("채운 표: {filled} · 빈 표: {open}", "Filled marks: {filled} · open marks: {open}"),
    "board.choose": Words("엔진 고르기", "Choosing an engine"),
    "board.choose.about": Words(
        "강의의 네 가지 고려 사항을 묻습니다. 대답마다 조건에 안 맞는 엔진이 점수판의 숫자로 걸러지고, 남은 것 중에서 고릅니다.",
        "The lecture's four considerations as four questions. Each answer removes engines by their number on the board; one of those left is chosen.",
    ),
    "board.choose.far": Words("답은 얼마나 먼 과거에 달려 있나요?", "How far back does an answer depend?"),
    "board.choose.far.own": Words("그 단계 하나", "its own step"),
    "board.choose.far.near": Words("가까운 이웃 (4단계)", "near neighbours (4 steps)"),
    "board.choose.far.sequence": Words("문장이나 장면 전체 (50단계)", "a whole sentence or scene (50 steps)"),
    "board.choose.far.far": Words("아주 먼 과거 (200단계)", "the far past (200 steps)"),
    "board.choose.where": Words(
        "어디서 돌고, 얼마나 빨리 답해야 하나요?", "Where does it run, and how fast must it answer?"
    ),
    "board.choose.where.server": Words("서버나 데스크톱, 급하지 않음", "server or desktop, no hurry"),
    "board.choose.where.person": Words("사람이 기다림 (100 ms 안)", "a person waits (100 ms)"),
    "board.choose.where.often": Words("쉼 없이 물음 (5 ms 안)", "asked all the time (5 ms)"),
    "board.choose.where.small": Words(
        "작은 기기 (가중치 1 MB, 일정한 상태)", "a small device (weights of 1 MB, flat state)"
    ),
    "board.choose.stream": Words(
        "입력이 들어오는 동안에도 일해야 하나요?", "Must it work while the input is still coming?"
    ),
    "board.choose.stream.no": Words("아니요, 다 들어온 뒤에", "no, the input is complete"),
    "board.choose.stream.yes": Words("예, 스트리밍", "yes, streaming"),
    "board.choose.reuse": Words("이미 학습된 모델을 다시 쓰나요?", "Do you reuse a trained model?"),
    "board.choose.reuse.yes": Words("예, 여기 있는 것 중 점수가 가장 높은 것", "yes, the best on this shelf"),
    "board.choose.reuse.no": Words("아니요, 내 데이터로 빨리 학습", "no, train my own, quickly"),
    "board.choose.baseline": Words("기준보다 나은가", "Better than the baseline?"),
    "board.choose.chosen": Words("고른 엔진", "The choice"),
    "board.choose.up": Words("점수판에서 보기 ↑", "Show it on the board ↑"),
    "board.choose.reason.only": Words(
        "조건을 통과하고 남은 것은 이것뿐입니다. 점수 {score}.", "It is the only one left; it scores {score}."
    ),
    "board.choose.reason.score": Words(
        "남은 {left}개 가운데 시험 점수가 가장 높습니다: {score}, 2위는 {other}.",
        "The best test score of the {left} that are left: {score}, against {other} for the runner-up.",
    ),
    "board.choose.reason.smaller": Words(
        "남은 {left}개 가운데 점수가 가장 높은 축이고({score}), 같은 점수 중 가장 작습니다: 파라미터 {parameters}개, 2위는 {other}개.",
        "None of the {left} that are left scores higher ({score}), and of the equals it is the smallest: {parameters} parameters, "
        "against {other} for the runner-up.",
    ),
    "board.choose.reason.minutes": Words(
        "남은 {left}개의 최고 점수 {best}에서 2점 안쪽({score})인 것 가운데 학습이 가장 짧습니다: {minutes}분.",
        "Within 2 points of the best score left ({score}; the best is {best}), it is the quickest to train: {minutes} min. {left} were left.",
    ),
    "board.choose.runner": Words("2위: {name}.", "Runner-up: {name}."),
    "board.choose.against.score": Words(
        "점수가 {points}점 낮습니다({other}).", "It scores {points} points less ({other})."
    ),
    "board.choose.against.smaller": Words(
        "점수는 같지만 파라미터가 {other}개로 더 큽니다.", "It scores the same but is larger: {other} parameters."
    ),
    "board.choose.against.minutes": Words("학습이 더 깁니다: {minutes}분.", "It takes longer to train: {minutes} min."),
    "board.choose.nobody": Words("다른 엔진은 남지 않았습니다.", "No other engine was left."),
    "board.choose.left": Words("{left}개 남음", "{left} left"),
    "board.choose.unmet": Words(
        "이 조건을 채우는 엔진이 없어, 가장 가까운 것을 남겼습니다.",
        "No engine meets this; those that come nearest stay.",
    ),
    "board.choose.unmet.baseline": Words(
        "남은 엔진 중 기준({baseline})을 넘는 것이 없습니다. 기준이 더 나은 선택일 수 있습니다. 가장 가까운 것을 남겼습니다.",
        "None of those left beats the baseline ({baseline}), which may be the better choice; the nearest stays.",
    ),
    "board.choose.unknown.where": Words(
        "{count}개는 p95가 아직 없어(답 20번부터) 속도로 거르지 않았습니다. ‘여기서 재기’를 누르세요.",
        "{count} have no p95 yet (it takes 20 answers), so none of them was removed for speed: press “Measure here”.",
    ),
    "board.choose.unknown.far": Words(
        "{count}개는 이 거리에서 재지 않아, 길이 있는지만 보았습니다.",
        "{count} were not tested that far: only whether there is a path was asked.",
    ),
    "board.choose.unknown.baseline": Words(
        "기준 점수가 없어 거르지 않았습니다.", "There is no baseline score; nothing was removed."
    ),
    "board.choose.why.back": Words(
        "{value}단계보다 먼 곳에서 오는 길이 없음 (필요 {asked})",
        "no path from more than {value} steps back ({asked} asked)",
    ),
    "board.choose.why.chain": Words(
        "{at}자리 올림 사슬에서 {value} (필요 {asked})", "{value} exact on carry chains of {at} digits ({asked} asked)"
    ),
    "board.choose.why.adding": Words(
        "더하기 문제를 {value}단계까지만 풂 (필요 {asked})",
        "solves the adding problem up to {value} steps ({asked} asked)",
    ),
    "board.choose.why.slow": Words("p95 {value} (허용 {asked})", "p95 {value} ({asked} allowed)"),
    "board.choose.why.weights": Words("가중치 {value} (허용 {asked})", "weights of {value} ({asked} allowed)"),
    "board.choose.why.grows": Words(
        "상태가 256단계에 {value}까지 자람 (64단계 {asked})", "its state grows to {value} at 256 steps ({asked} at 64)"
    ),
    "board.choose.why.ahead": Words(
        "{value}단계 뒤의 입력까지 봐야 답함", "looks {value} steps ahead before it answers"
    ),
    "board.choose.why.baseline": Words("점수 {value}, 기준 {asked}", "scores {value}, the baseline {asked}"),
    "board.choose.why.unscored": Words("시험하지 않음", "not scored"),
}
