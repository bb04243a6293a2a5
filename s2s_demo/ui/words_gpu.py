"""What is said of a GPU that is lent, and of one that is not."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "gpu.quota": Words(
        "Hugging Face에서 지금 쓸 수 있는 GPU 시간을 다 썼습니다.",
        "The GPU time that Hugging Face gives you is used up for now.",
    ),
    "gpu.again": Words("GPU는 {wait} 뒤에 다시 빌릴 수 있습니다.", "A GPU can be borrowed again in {wait}."),
    "gpu.none_free": Words("지금 빌릴 수 있는 GPU가 없습니다.", "No GPU is free to be borrowed now."),
    "gpu.failed": Words(
        "빌린 GPU가 제시간에 답하지 않았거나 고장 났습니다.", "The borrowed GPU failed, or did not answer in time."
    ),
}
