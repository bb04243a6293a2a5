"""The sentences of the tab of one's own pairs, in Korean and English."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "tab.own": Words("내 데이터", "Your own pairs"),
    "own.about": Words(
        "x와 y의 쌍이 있으면 모델을 만들 수 있습니다. 넣고, 학습하고, 쓰고, 가져가세요. 모든 것은 이 컴퓨터(서버)에서만 쓰이고 마지막으로 쓴 지 24시간 뒤 지워집니다.",
        "Whoever has pairs of x and y can build a model: give them, train, use it, take it away. Everything stays on the machine that "
        "runs this page and is deleted 24 hours after it was last used.",
    ),
    "own.pairs": Words("1 쌍", "1 Pairs"),
    "own.train": Words("2 학습", "2 Train"),
    "own.use": Words("3 사용", "3 Use"),
    "own.paste": Words("쌍을 붙여 넣으세요 (한 줄에 x<탭>y)", "Paste pairs (one a line: x<tab>y)"),
    "own.file": Words(
        "또는 파일 (CSV, XLSX, JSONL …)",
        "Or a file (CSV, XLSX, JSONL …)",
    ),
    "own.examples": Words("또는 준비된 보기 (합성 데이터)", "Or a ready example (synthetic)"),
    "own.hub": Words("또는 Hugging Face 데이터셋 이름 (user/name)", "Or a Hugging Face dataset id (user/name)"),
    "own.kinds": Words(
        "CSV, TSV, XLSX, JSONL, .conllu, 이들의 zip, 라벨 폴더(글, 소리, 클립)의 zip · 20 MB까지. 한 줄이 한 단계인 숫자 표도 됩니다. 인코딩과 구분자는 짐작해서 알려 드립니다.",
        "CSV, TSV, XLSX, JSONL, .conllu, a zip of one, or a zip of label folders (texts, sounds, clips) · up to 20 MB. Also tables of numbers with a step a row. "
        "Encoding and delimiter are guessed and told.",
    ),
    "own.read": Words("읽기", "Read"),
    "own.row": Words("표의 한 줄은", "A row of the table is"),
    "own.row.pair": Words("한 쌍 (x와 y)", "a pair (x and y)"),
    "own.row.step": Words("한 단계 (숫자와 라벨)", "a step (numbers and a label)"),
    "own.numbers": Words("x의 숫자 열", "Columns of numbers (x)"),
    "own.sequence": Words("시퀀스를 가리키는 열", "Column that names sequences"),
    "own.no_sequence": Words("없음 (빈 줄로 나누거나, 긴 시퀀스 하나)", "none (blank lines, or one long sequence)"),
    "own.x": Words("x 열", "Column of x"),
    "own.y": Words("y(라벨) 열", "Column of y (labels)"),
    "own.preview": Words("첫 줄들", "The first pairs"),
    "own.shape": Words("꼴", "Shape"),
    "own.chosen": Words("직접 고른 꼴입니다.", "You chose this yourself."),
    "own.by_x": Words("x의 한 단계", "A step of x"),
    "own.by_y": Words("y의 한 단계", "A step of y"),
    "own.by.char": Words("글자", "character"),
    "own.by.jamo": Words("자모", "jamo"),
    "own.by.word": Words("단어", "word"),
    "own.by.numbers": Words("숫자 줄", "row of numbers"),
    "own.doctor": Words("데이터 의사", "The data doctor"),
    "own.found": Words("발견", "Finding"),
    "own.many": Words("수", "Count"),
    "own.example": Words("보기", "Example"),
    "own.healthy": Words("문제를 찾지 못했습니다.", "Nothing is wrong with these pairs."),
    "own.mend": Words("고를 것", "What to mend"),
    "own.mending": Words("고치기", "Mend"),
    "own.next": Words("다음: 학습", "Next: train"),
    "own.count": Words("쌍 {n:,}개, 열 {columns}개를 읽었습니다.", "{n:,} pairs read, from {columns} columns."),
    "own.first": Words("먼저 1단계에서 쌍을 넣어 주세요.", "Give pairs in step 1 first."),
    "own.nothing": Words("고치고 나면 남는 쌍이 없습니다.", "Nothing would be left after mending."),
    "own.engine": Words("엔진", "Engine"),
    "own.suggested": Words("추천", "Suggested"),
    "own.size": Words("크기 (작고 빠름 1 … 5 크고 느림)", "Size (1 small and fast … 5 large and slow)"),
    "own.advice": Words(
        "**{engine}** · {approach} · 파라미터 {parameters:,} · {steps:,}단계 · 예상 **{time}**  \n{reason}",
        "**{engine}** · {approach} · {parameters:,} parameters · {steps:,} steps · about **{time}**  \n{reason}",
    ),
    "own.go": Words("학습 시작", "Train"),
    "own.three": Words("세 엔진을 나란히", "Three engines side by side"),
    "own.stop": Words("멈추고 저장", "Stop and keep"),
    "own.more": Words("이어서 학습", "Go on training"),
    "own.which": Words("어느 모델", "Which model"),
    "own.link": Words(
        "탭을 닫아도 학습은 계속됩니다. 이 주소로 돌아오세요: {link}",
        "Closing the tab does not stop it. Come back by this link: {link}",
    ),
    "own.waiting": Words(
        "차례를 기다립니다: {place}번째, 약 {time} 뒤", "waiting, place {place} in the queue, about {time}"
    ),
    "own.running": Words("{step:,} / {steps:,} 단계 · 남은 시간 {left}", "step {step:,} of {steps:,} · {left} left"),
    "own.seconds": Words("{n}초", "{n} s"),
    "own.minutes": Words("{n}분", "{n} min"),
    "own.score": Words("점수", "Score"),
    "own.loss": Words("손실 (nat/기호)", "loss (nats/symbol)"),
    "own.exact": Words("따로 둔 쌍의 점수", "score on held-out pairs"),
    "own.norm": Words("기울기 크기 (자르기 전)", "gradient norm (before clipping)"),
    "own.baseline": Words(
        "기준: {name} {share:.1%} (따로 둔 {n:,}쌍)", "Baseline: {name} {share:.1%} ({n:,} held-out pairs)"
    ),
    "own.beats": Words(
        "기준 {name} {share:.1%}보다 낫습니다 (따로 둔 {n:,}쌍).",
        "Better than the baseline, {name}, {share:.1%} ({n:,} held-out pairs).",
    ),
    "own.beaten": Words(
        "기준 {name} {share:.1%}보다 낫지 **않습니다** (따로 둔 {n:,}쌍). 배우지 않아도 되는 문제이거나 데이터나 학습이 모자랍니다.",
        "**Not** better than the baseline, {name}, {share:.1%} ({n:,} held-out pairs): there is too little data or training, or nothing to learn.",
    ),
    "own.coach": Words("코치", "The coach"),
    "own.try": Words("써 보기", "Try it"),
    "own.rows": Words(
        "x는 숫자 줄입니다: 단계는 ‘;’나 줄바꿈으로, 숫자 {n}개는 띄어쓰기로 나눕니다({columns}). 모르는 칸은 ‘?’로 두세요.",
        "x is rows of numbers: part steps by “;” or a new line, and the {n} numbers of a step by spaces ({columns}); “?” is a missing one.",
    ),
    "own.made": Words(
        "파일을 올리면 한 단계가 숫자 {n}개인 줄로 바꿔 답합니다. 내려받은 모델은 파일이 아니라 아래 칸과 같은 숫자 줄을 받습니다.",
        "Upload a file: it becomes rows of {n} numbers and is answered. The downloaded model takes such rows, as in the box below, not the file.",
    ),
    "own.media": Words("소리나 클립 파일을 올려 답을 보세요", "Upload a sound or a clip and see the answer"),
    "own.no_file": Words(
        "이 모델은 파일을 읽지 않습니다. x를 적어 주세요.", "This model takes no files: write x instead."
    ),
    "own.errors": Words("따로 둔 쌍에서 틀린 것", "Held-out pairs"),
    "own.wrong": Words("틀린 것만", "Wrong ones only"),
    "own.show": Words("답하게 하기", "Answer them"),
    "own.answer": Words("답", "Answer"),
    "own.testing": Words("파일로 시험하기 (같은 꼴의 쌍, 2,000쌍까지)", "Test on a file of pairs (up to 2,000)"),
    "own.tested": Words(
        "{n:,}쌍에서 {share:.1%} (모르는 기호 때문에 뺀 것 {refused:,})",
        "{share:.1%} on {n:,} pairs ({refused:,} left out for unknown symbols)",
    ),
    "own.zip": Words("모델을 zip으로 만들기", "Make a zip of the model"),
    "own.zipped": Words("내려받기", "Download"),
    "own.zip.about": Words(
        "safetensors, 설정, 모델 카드, torch와 safetensors만 있으면 같은 답을 내는 predict.py",
        "safetensors, configuration, model card, and a predict.py that gives the same answers with torch and safetensors alone",
    ),
    "own.push": Words("Hugging Face Hub에 올리기 (비공개)", "Push to the Hugging Face Hub (private)"),
    "own.repo": Words("저장소 (user/name)", "Repository (user/name)"),
    "own.token": Words("내 쓰기 토큰 (저장하지 않습니다)", "Your own write token (kept nowhere)"),
    "own.pushed": Words("올렸습니다: {url}", "Pushed: {url}"),
    "own.untrained": Words("먼저 2단계에서 학습해 주세요.", "Train a model in step 2 first."),
}
