"""A sound file to rows of numbers: mono at 8 kHz, made equally loud, then the logarithm of 24 mel bands, forty rows a second.

Stevens, Volkmann & Newman 1937 (the mel scale, in the formula of O'Shaughnessy 1987); Davis & Mermelstein 1980 (bands for speech).
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path

import av
import numpy as np

from s2s_demo.prediction import UserError, quoted

FEATURES = "log-mel, 8 kHz, 24 bands, 40 a second"
ENDINGS = (".wav", ".flac", ".ogg", ".oga", ".mp3")
HERTZ, HOP, WINDOW, BANDS = 8000, 200, 400, 24
RATE = HERTZ / HOP
SECONDS = 10
LEAST_RATE, MOST_RATE = 2_000, 768_000
"""Hertz. Brought to 8 kHz, one frame of fourteen bytes at 1 Hz would be gigabytes."""
LOWEST, HIGHEST = 60.0, 4000.0
SILENT, LOUD, FLOOR = 1e-4, 0.1, 1e-4
# No playlists: those name other files of this machine, or of others.
FORMATS = "wav,flac,ogg,mp3"


def read_samples(data: bytes | Path, name: str) -> tuple[np.ndarray, bool]:
    """((N,) float32 from −1 to 1, mono at 8 kHz, at most 10 seconds; whether there was more).

    Raises:
        UserError: it is no sound that can be read; the sentence names the file.
    """
    source = BytesIO(data) if isinstance(data, bytes) else f"file:{data.absolute()}"
    found, count, most = [], 0, SECONDS * HERTZ
    try:
        with av.open(source, options={"format_whitelist": FORMATS}, metadata_errors="ignore") as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=HERTZ)
            for frame in container.decode(container.streams.audio[0]):
                if not LEAST_RATE <= frame.sample_rate <= MOST_RATE:
                    raise ValueError(f"sample rate: expected {LEAST_RATE} to {MOST_RATE}, got {frame.sample_rate}")
                some = [part.to_ndarray()[0] for part in resampler.resample(frame)]
                found += [part for part in some if len(part)]
                count += sum(map(len, some))
                if count > most:
                    break
            else:
                found += [part.to_ndarray()[0] for part in resampler.resample(None)]
    except Exception as e:  # hostile bytes make a decoder raise anything
        if not count:
            raise UserError(
                f"‘{quoted(name)}’ 파일은 소리로 읽을 수 없습니다. WAV, FLAC, OGG, MP3 파일을 넣어 주세요.",
                f"‘{quoted(name)}’ cannot be read as a sound: give a WAV, FLAC, OGG or MP3 file.",
            ) from e
    sound = np.nan_to_num(np.concatenate(found) if found else np.zeros(0, "float32"))
    return np.clip(sound[:most], -1, 1), len(sound) > most


def mel_bands(sound_N: np.ndarray, name: str) -> np.ndarray:
    """(T, 24) float32: log10 of the energy in each mel band, the loudest moments brought to one level, from −4 for silence.

    Raises:
        UserError: it is silent, or shorter than a twentieth of a second; the sentence names the file.
    """
    if len(sound_N) < WINDOW or float(np.abs(sound_N).max()) < SILENT:
        raise UserError(
            f"‘{quoted(name)}’ 파일에는 소리가 없습니다. 소리가 담긴 파일을 넣어 주세요.",
            f"‘{quoted(name)}’ is silent: give a file with sound in it.",
        )
    frames_TW = np.lib.stride_tricks.sliding_window_view(sound_N, WINDOW)[::HOP]
    loud = np.sqrt(np.square(frames_TW).mean(1).max())
    spectrum_TK = np.abs(np.fft.rfft(frames_TW / loud * LOUD * np.hanning(WINDOW), axis=1)) ** 2
    return np.log10(np.maximum(spectrum_TK @ mel_filters().T, FLOOR)).astype("float32")


def band_names() -> tuple[str, ...]:
    """The middle of each band, e.g. "98 Hz"."""
    return tuple(f"{hertz:.0f} Hz" for hertz in _edges()[1:-1])


@lru_cache(maxsize=1)
def mel_filters() -> np.ndarray:
    """(24, K) weights: triangles that are equally wide on the mel scale, each from the middle of one neighbour to that of the other."""
    edges = _edges()
    hertz_K = np.fft.rfftfreq(WINDOW, 1 / HERTZ)
    rising = (hertz_K - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - hertz_K) / (edges[2:] - edges[1:-1])[:, None]
    weight_BK = np.clip(np.minimum(rising, falling), 0, None)
    nearest = np.abs(hertz_K - edges[1:-1, None]).argmin(1)
    weight_BK[np.arange(BANDS), nearest] = np.maximum(weight_BK[np.arange(BANDS), nearest], 0.5)  # none is empty
    return weight_BK


def _edges() -> np.ndarray:
    low, high = 2595 * np.log10(1 + np.array([LOWEST, HIGHEST]) / 700)
    return 700 * (10 ** (np.linspace(low, high, BANDS + 2) / 2595) - 1)
