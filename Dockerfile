# Seq2Seq Lab in a container: no root, nothing written but under /data.
#
#   docker build -t seq2seq-lab .                               for the CPU
#   docker build -t seq2seq-lab --build-arg DEVICE=cuda .       with CUDA's libraries
#   docker run --rm -p 7860:7860 --read-only -v seq2seq:/data seq2seq-lab          any -u UID:GID that may write to /data
#
# docs/hosting.md says more: memory, a reverse proxy, several replicas.
ARG PYTHON=3.12
FROM python:${PYTHON}-slim AS app

# cpu: PyTorch's own index has wheels without CUDA; cuda: the usual wheels carry it
ARG DEVICE=cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1

WORKDIR /app
COPY requirements.txt ./
RUN case "$DEVICE" in \
      cpu) pip install --extra-index-url https://download.pytorch.org/whl/cpu "$(grep -o '^torch==[0-9.]*' requirements.txt)+cpu" ;; \
      cuda) : ;; \
      *) echo "DEVICE is cpu or cuda, not '$DEVICE'" >&2; exit 1 ;; \
    esac \
 && pip install -r requirements.txt
COPY LICENSE README.md app.py ./
COPY checkpoints checkpoints
COPY s2s_demo s2s_demo
COPY train train

# whatever is written lies under /data, the one volume; everybody may write there, as -u may name any user
ENV GRADIO_SERVER_NAME=0.0.0.0 \
    GRADIO_SERVER_PORT=7860 \
    HOME=/data/home \
    TMPDIR=/data/tmp \
    GRADIO_TEMP_DIR=/data/tmp/gradio \
    S2S_RUNS=/data/runs \
    S2S_CACHE=/data/cache
RUN python -m compileall -q s2s_demo train \
 && useradd --uid 1000 --no-create-home --home-dir /data/home lab \
 && mkdir -p /data/home /data/tmp /data/cache && chmod -R 1777 /data
USER 1000:1000
VOLUME /data
EXPOSE 7860

HEALTHCHECK --interval=30s --timeout=10s --start-period=120s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['GRADIO_SERVER_PORT'] + '/healthz', timeout=8)"]
CMD ["python", "app.py"]
